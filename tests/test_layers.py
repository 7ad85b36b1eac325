"""The import contracts of pyproject.toml: a planted breach of each is found by `make check`."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# By contract: a module, new or not, and a line in it that the contract forbids.
BREACHES = {
    "Imports point downward": ("bot.domain.planted_upward", "import bot.services"),
    "The bot and the simulated Discord do not know each other": (
        "bot.views.planted_simulator",
        "import simulator",
    ),
    "The simulator's world knows neither wire nor page": (
        "simulator.world",
        "import simulator.page",
    ),
    "Only the edges know Discord": ("bot.services.planted_discord", "import discord"),
    "Only the database package knows SQL": ("bot.jobs.planted_sql", "import sqlalchemy"),
}


@pytest.mark.slow
def test_a_breach_of_each_contract_is_found(tmp_path: Path) -> None:
    for package in ("bot", "simulator"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for module, line in BREACHES.values():
        path = tmp_path.joinpath(*module.split(".")).with_suffix(".py")
        with path.open("a") as file:
            file.write(f"{line}\n")

    linter = Path(sys.executable).parent / "lint-imports"
    found = subprocess.run(
        [linter, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert found.returncode == 1
    reports = found.stdout.split("\n\n\n")
    for contract, (module, _) in BREACHES.items():
        report = next(it for it in reports if f"{contract}\n-----" in it)
        assert module in report, found.stdout


def test_each_contract_has_a_breach() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = {contract["name"] for contract in config["tool"]["importlinter"]["contracts"]}
    assert names == set(BREACHES)
