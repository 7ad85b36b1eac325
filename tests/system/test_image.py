"""What the image holds: the steps of the Dockerfile, in a directory with what it copies.

No container runtime is at hand where these run, so the base images and the volume are left out.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy.engine import make_url

from bot.settings import SECRETS

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PROJECT = (ROOT / "pyproject.toml").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()


def copied() -> list[str]:
    """Name what the build copies, as far as .dockerignore lets it."""
    named = [
        source
        for line in re.findall(r"^COPY (?!--)(.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    allowed = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    return [source for source in named if source in allowed]


def test_the_build_copies_all_that_the_package_is_made_of() -> None:
    packages = re.search(r"^packages = \[(.+)\]$", PROJECT, re.MULTILINE)
    assert packages
    assert set(re.findall(r'"(\w+)"', packages[1])) <= set(copied())


def test_what_builds_the_package_is_pinned_and_no_build_fetches_more() -> None:
    assert re.search(r'requires = \["(hatchling.*)"\]', PROJECT)
    for lock in ("requirements.lock", "requirements-build.lock"):
        text = (ROOT / lock).read_text()
        pinned = len(re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE))
        assert pinned
        assert pinned == len(re.findall(r"== ?\S+(?: ;[^\\\n]+)? \\\n +--hash=sha256:", text))
    assert DOCKERFILE.count("--require-hashes") == 2
    assert "--no-build-isolation" in DOCKERFILE


def test_every_secret_of_compose_is_a_file_that_is_made(tmp_path: Path) -> None:
    script = shutil.copy(ROOT / "compose_secrets.py", tmp_path)
    environment = {**os.environ, "DISCORD_TOKEN": "the-token", "POSTGRES_PASSWORD": "kept"}
    for _ in range(2):
        subprocess.run([sys.executable, script], env=environment, check=True, capture_output=True)
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    mounted = set(re.findall(r"file: secrets/(\w+)", COMPOSE))
    assert mounted <= set(made)
    assert made["owner_url"] == "postgresql://tallyman:kept@database:5432/tallyman"
    assert len({made[name] for name in ("owner_url", "app_url", "backup_url")}) == 3
    for setting, name in re.findall(r"(\w+)_FILE: /run/secrets/(\w+)", COMPOSE):
        assert setting.lower() in SECRETS or setting == "POSTGRES_PASSWORD"
        assert name in mounted
    in_clear = {name for name in SECRETS if re.search(rf"\b{name.upper()}:", COMPOSE)}
    assert in_clear == set()
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def test_secrets_of_compose_fit_whatever_the_password_is(tmp_path: Path) -> None:
    script = shutil.copy(ROOT / "compose_secrets.py", tmp_path)
    (tmp_path / "secrets").mkdir(mode=0o755)
    # As an editor leaves it, and as a run that was broken off does.
    (tmp_path / "secrets" / "owner_password").write_text("p@ss/w%rd#1\n")
    (tmp_path / "secrets" / "data_key").touch()
    environment = {**os.environ, "DISCORD_TOKEN": "the-token"}
    subprocess.run([sys.executable, script], env=environment, check=True, capture_output=True)
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert make_url(made["owner_url"]).password == "p@ss/w%rd#1"
    assert make_url(made["owner_url"]).host == "database"
    assert len(made["data_key"]) >= 40
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def test_the_bot_of_compose_gets_every_setting_that_is_no_secret() -> None:
    bot = COMPOSE[COMPOSE.index("\n  bot:") : COMPOSE.index("\n  backup:")]
    log = COMPOSE[COMPOSE.index("x-log:") : COMPOSE.index("\nservices:")]
    settings = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    # Its database is the one beside it: no pooler stands between, and no other user migrates.
    settings -= {"POSTGRES_IMAGE", "DATABASE_POOLER", "HTTP_HOST", "HTTP_PORT"}
    settings -= {name.upper() for name in SECRETS}
    assert settings <= set(re.findall(r'(\w+): "\$\{\1:-[^}]*\}"', bot + log))
    assert {"CLOCK_CHECK", "DATABASE_ECHO", "AUDIT_LOG"} <= settings


def test_an_empty_token_is_asked_for_again(tmp_path: Path) -> None:
    script = shutil.copy(ROOT / "compose_secrets.py", tmp_path)
    unset = {name: text for name, text in os.environ.items() if name != "DISCORD_TOKEN"}
    given = {**unset, "DISCORD_TOKEN": " "}
    done = subprocess.run(
        [sys.executable, script], env=given, check=False, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "DISCORD_TOKEN" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "secrets" / "discord_token").exists()


@pytest.mark.soak
def test_the_demo_runs_from_what_the_image_holds(tmp_path: Path) -> None:
    source, venv = tmp_path / "src", tmp_path / "venv"
    source.mkdir()
    for name in copied():
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}

    def run(*command: str | Path) -> None:
        subprocess.run(command, cwd=source, env=environment, check=True)

    locked = ("install", "--quiet", "--no-deps", "--require-hashes", "--requirement")
    run(sys.executable, "-m", "venv", tmp_path / "builder")
    run(sys.executable, "-m", "venv", venv)
    builder = tmp_path / "builder" / "bin" / "pip"
    run(builder, *locked, "requirements-build.lock")
    run(venv / "bin" / "pip", *locked, "requirements.lock")
    offline = ("--quiet", "--no-deps", "--no-index")
    wheels = tmp_path / "wheels"
    run(builder, "wheel", *offline, "--no-build-isolation", "--wheel-dir", wheels, ".")
    run(venv / "bin" / "pip", "install", *offline, next(wheels.glob("*.whl")))

    empty = tmp_path / "empty"
    empty.mkdir()
    tallyman = venv / "bin" / "tallyman"
    for words in (("db", "upgrade"), ("db", "check"), ("audit", "verify")):
        subprocess.run([tallyman, *words], cwd=empty, env=environment, check=True)
    with subprocess.Popen(
        [tallyman, "demo"], cwd=empty, env=environment, stdout=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None
        page = re.search(r"http\S+", demo.stdout.readline())
        assert page
        for path in ("", "static/main.js"):
            with urlopen(page[0] + path) as answer:  # its own address
                assert answer.status == HTTPStatus.OK
        demo.send_signal(signal.SIGINT)
        assert demo.wait(10) == 0
