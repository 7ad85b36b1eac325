"""What the page takes from other projects: pinned, listed, licensed, small, and made again."""

import gzip
import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.web.shell import write_shell
from tests.web.app.played import APP

ROOT = Path(__file__).parents[3]
SCANNER = ROOT / "scanner"
VENDOR = APP / "vendor"
LISTED = json.loads((VENDOR / "vendor.json").read_text())

needs_npm = pytest.mark.skipif(
    shutil.which("npm") is None or not (SCANNER / "node_modules" / "installed").is_file(),
    reason="needs npm and `make vendor`",
)


def test_every_vendored_file_is_the_one_that_is_listed() -> None:
    files = [file for part in LISTED["parts"] for file in part["files"]]
    files += [source["licence_text"] for part in LISTED["parts"] for source in part["packages"]]

    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}

    assert found == {file["path"] for file in files} | {"vendor.json"}
    for file in files:
        content = (VENDOR / file["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"], file["path"]


def test_vendored_versions_are_those_of_the_lock_which_names_no_host() -> None:
    text = (SCANNER / "package-lock.json").read_text()
    locked = json.loads(text)["packages"]

    for source in (source for part in LISTED["parts"] for source in part["packages"]):
        if "version" in source:
            pinned = locked[f"node_modules/{source['name']}"]
            assert (pinned["version"], pinned["integrity"]) == (
                source["version"],
                source["integrity"],
            )
    assert '"resolved"' not in text


@needs_npm
def test_the_vendored_files_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    made = tmp_path / "vendor"
    subprocess.run(["node", "vendor.mjs", str(made)], cwd=SCANNER, check=True)

    for path in sorted(made.rglob("*")):
        if path.is_file():
            committed = VENDOR / path.relative_to(made)
            assert path.read_bytes() == committed.read_bytes(), committed


def test_the_page_with_its_wasm_fits_into_its_budget() -> None:
    shell = write_shell(APP).removeprefix(b"self.SHELL = ").removesuffix(b";\n")

    sizes = {
        name: len(gzip.compress((APP / name).read_bytes(), 9))
        for name in json.loads(shell)["files"]
    }

    assert sum(sizes.values()) < 1_200_000, sizes
