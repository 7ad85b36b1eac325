"""`make demo` on a machine that is not a developer's."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.simulator.demos import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what make looks at, with an installer that only writes down what it is asked."""
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    write(tmp_path / "bin" / "uv", 'echo "$@" >> installed')
    write(tmp_path / ".venv" / "bin" / "tallyman", 'echo "tallyman $@"')
    return tmp_path


def write(script: Path, line: str) -> Path:
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f"#!/bin/sh\n{line}\n")
    script.chmod(0o755)
    return script


def make(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--silent", *arguments, f"UV={checkout}/bin/uv"],
        cwd=checkout,
        # Not what the make above was told, if one runs these tests.
        env={"PATH": os.environ["PATH"]},
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_demo_installs_what_the_bot_needs_and_no_development_tools(checkout: Path) -> None:
    ran = make(checkout, "demo")
    assert (ran.stdout, ran.returncode) == ("tallyman demo\n", 0), ran.stderr
    asked = (checkout / "installed").read_text()
    assert "-r requirements.lock" in asked
    assert "requirements-dev.lock" not in asked
    # The environment of the demo becomes the one of a developer, and stays the demo's as well.
    assert make(checkout, "install").returncode == 0
    assert "pip sync" in (checkout / "installed").read_text()
    (checkout / "installed").unlink()
    assert make(checkout, "demo").stdout == "tallyman demo\n"
    assert not (checkout / "installed").exists()


def test_a_python_that_is_too_old_is_said_in_one_sentence(checkout: Path) -> None:
    old = write(
        checkout / "python3.10",
        'case "$2" in *platform*) echo "this is 3.10.14";; *) exit 3;; esac',
    )
    for python, reason in ((str(old), "this is 3.10.14"), ("python0", "python0 does not run")):
        ran = make(checkout, "demo", f"PYTHON={python}")
        said = f"Tallyman needs Python 3.11 or newer; {reason}."
        assert ran.stderr.splitlines()[0].startswith(said)
        assert ran.returncode != 0
        assert not (checkout / "installed").exists()
