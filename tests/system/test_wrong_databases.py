"""Every command, over every file that is no database of ours: a sentence, and no traceback."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import SOAK
from tests.system.conftest import Office

pytestmark = pytest.mark.only_on("sqlite")

COMMANDS = {
    "run": ("run",),
    "upgrade": ("db", "upgrade"),
    "downgrade": ("db", "downgrade", "0003", "--yes"),
    "check": ("db", "check"),
    "backup": ("db", "backup", "new.backup"),
    "restore": ("db", "restore", "good.backup"),
    "rekey": ("db", "rekey"),
    "verify": ("audit", "verify"),
    "export": ("audit", "export", "new.jsonl"),
    "sync": ("commands", "sync"),
    "demo": ("demo", "--keep", "{file}"),
}
# What makes new books where there are none.
MAKERS = {"run", "upgrade", "restore", "sync", "demo"}


def make_folder(file: Path, _books: Path) -> None:
    file.mkdir()


def make_garbage(file: Path, _books: Path) -> None:
    file.write_bytes(b"no database of anyone " * 1000)


def make_torn(file: Path, books: Path) -> None:
    """Books whose pages behind the first were overwritten."""
    whole = books.read_bytes()
    file.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))


def make_foreign(file: Path, _books: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE song (title TEXT)")


def make_newer(file: Path, books: Path) -> None:
    shutil.copy(books, file)
    with closing(sqlite3.connect(file)) as database:
        database.execute("INSERT INTO book VALUES (1, 0, 99, '', 1)")
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()


def make_emptied(file: Path, _books: Path) -> None:
    """A schema of our number and nothing else."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        database.execute("INSERT INTO alembic_version VALUES ('0001')")
        database.commit()


FILES: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "folder": (make_folder, "wrong.db"),
    "garbage": (make_garbage, "wrong.db is damaged"),
    "torn": (make_torn, "damaged"),
    "foreign": (make_foreign, "another program"),
    "newer": (make_newer, "9999"),
    "emptied": (make_emptied, "another program"),
}


@pytest.fixture
def books(database_url: str) -> Path:
    return Path(database_url.removeprefix("sqlite+aiosqlite:///"))


def contents(file: Path) -> Iterator[bytes]:
    if file.is_file():
        yield file.read_bytes()[100:]  # the header says how it was opened last


@pytest.mark.parametrize("what", FILES if SOAK else ["garbage"])
async def test_a_wrong_file_is_said_by_every_command_and_left_as_it_is(
    office: Office, books: Path, what: str
) -> None:
    """T13."""
    make, word = FILES[what]
    assert (await office.tallyman("db", "backup", "good.backup"))[0] == 0
    file = office.directory / "wrong.db"
    make(file, books)
    before = list(contents(file))
    for name, words in COMMANDS.items():
        code, said = await office.tallyman(
            *(each.format(file=file) for each in words), DATABASE_URL=f"sqlite:///{file}"
        )
        lines = [line for line in said.splitlines() if " | " not in line]
        assert code == 1, (name, said)
        assert "Traceback" not in said, (name, said)
        assert len(lines) == 1, (name, said)
        assert word in said or name == "restore", (name, said)
    assert list(contents(file)) == before


async def test_a_missing_file_or_folder_is_said_and_nothing_is_made(office: Office) -> None:
    missing = office.directory / "missing.db"
    assert (await office.tallyman("db", "backup", "good.backup"))[0] == 0
    for name, words in COMMANDS.items():
        if name in MAKERS:
            continue
        code, said = await office.tallyman(*words, DATABASE_URL=f"sqlite:///{missing}")
        assert (code, "There are no books at" in said) == (1, True), (name, said)
    assert not list(office.directory.glob("missing*"))
    for name, words in COMMANDS.items() if SOAK else ():
        file = missing / "books.db"
        arguments = (each.format(file=file) for each in words)
        code, said = await office.tallyman(*arguments, DATABASE_URL=f"sqlite:///{file}")
        assert code == 1, (name, said)
        assert str(missing) in said, (name, said)
        assert "Traceback" not in said, (name, said)
