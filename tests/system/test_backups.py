"""`tallyman db backup` and `restore`, typed beside a bot that works."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import SOAK
from tests.database.servers import PostgresqlServer
from tests.system.conftest import DATA_KEY, Office
from tests.system.depots import OPENING_RECORDS, TAKING, record_of
from tests.system.ledger import require_sound

STOPPED = 128 + signal.SIGTERM
POLL_SECONDS = 0.002
OTHER_KEY = "b3RoZXIta2V5LW9mLXRoZS1iYWNrdXBzLTAxMjM0NTY="
PROOF_MARK = b"\nproved by tallyman, "


@pytest_asyncio.fixture
async def equipped(office: Office, engine: str, request: pytest.FixtureRequest) -> Office:
    """An office whose PATH holds the server's own programs."""
    if engine == "postgresql":
        server: PostgresqlServer = request.getfixturevalue("postgresql")
        server.let_go()
        programs = server.programs
        office.environment["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return office


def is_private(path: Path) -> bool:
    return path.stat().st_mode & 0o077 == 0


async def test_books_are_backed_up_beside_the_bot_and_put_back_without_it(
    equipped: Office, engine: str
) -> None:
    is_fresh = SOAK and engine == "sqlite"
    office, file = equipped, equipped.directory / "books.backup"
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        guild = depot.guild.id
        code, said = await office.tallyman("db", "backup", str(file), is_fresh=is_fresh)
        assert code == 0, said
        assert f"guild {guild}, head #{OPENING_RECORDS}" in said
        assert "The encryption key of contact data is not in it" in said
        assert is_private(file)
        assert DATA_KEY.encode() not in file.read_bytes()
        assert record_of(await depot.clerk.slash("take", **TAKING)) == OPENING_RECORDS + 1
        code, said = await office.tallyman("db", "restore", str(file), "--replace", "--yes")
        assert (code, "stop the bot first" in said) == (1, True), said
        assert await require_sound(office.ledger, guild) == OPENING_RECORDS + 1
        assert await bot.terminate() == 0

    for words, why in (((), "add --replace"), (("--replace",), "needs --yes")):
        code, said = await office.tallyman("db", "restore", str(file), *words)
        assert (code, why in said) == (1, True), said
        assert "Traceback" not in said
    assert await require_sound(office.ledger, guild) == OPENING_RECORDS + 1

    code, said = await office.tallyman(
        "db", "restore", str(file), "--replace", "--yes", is_fresh=is_fresh
    )
    assert code == 0, said
    assert f"guild {guild}, head #{OPENING_RECORDS}" in said
    # The number that was shown before is given out again, and its record says so.
    assert await require_sound(office.ledger, guild) == OPENING_RECORDS + 1
    async with office.bot() as bot:
        await office.ready(bot)
        shown = await depot.boss.slash("audit show", record=str(OPENING_RECORDS + 1))
        assert "Restored the books from a backup" in shown.message.embeds[0]["description"]
        assert f"(#{OPENING_RECORDS + 1})" in shown.message.embeds[0]["description"]
        assert record_of(await depot.clerk.slash("take", **TAKING)) == OPENING_RECORDS + 2
        assert await bot.terminate() == 0


def content_of(path: Path) -> bytes:
    return path.read_bytes()


def enlarge(url: str) -> None:
    """Make a copy of the books take a moment."""
    with contextlib.closing(sqlite3.connect(url.partition("///")[2])) as books:
        books.execute("CREATE TABLE padding AS SELECT randomblob(99000000) AS padding")
        books.commit()


def list_hidden(directory: Path) -> list[str]:
    return [path.name for path in directory.glob(".*") if "books" in path.name]


async def until_it_writes(directory: Path) -> None:
    while not list_hidden(directory):  # noqa: ASYNC110  # another process
        await asyncio.sleep(POLL_SECONDS)


async def test_a_backup_that_is_stopped_leaves_nothing_behind(
    equipped: Office, engine: str
) -> None:
    office, file = equipped, equipped.directory / "books.backup"
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        assert await bot.terminate() == 0
    if engine == "sqlite":
        enlarge(office.environment["DATABASE_URL"])
    async with office.process("-m", "bot", "db", "backup", str(file)) as backup:
        await backup.wait_until_ready(until_it_writes(office.directory))
        assert await backup.terminate() == STOPPED, backup.output
        assert "Traceback" not in backup.output
    assert list_hidden(office.directory) == []
    assert not file.exists()
    assert await require_sound(office.ledger, depot.guild.id) == OPENING_RECORDS


@pytest.mark.only_on("sqlite")
async def test_a_restore_that_is_stopped_changes_nothing_and_leaves_no_hidden_copy(
    office: Office,
) -> None:
    url = office.environment["DATABASE_URL"]
    file, books = office.directory / "first.backup", Path(url.partition("///")[2])
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        assert (await office.tallyman("db", "backup", str(file)))[0] == 0
        assert record_of(await depot.clerk.slash("take", **TAKING)) == OPENING_RECORDS + 1
        assert await bot.terminate() == 0
    enlarge(url)
    words = ("db", "restore", str(file), "--replace", "--yes")
    async with office.process("-m", "bot", *words) as restore:
        await restore.wait_until_ready(until_it_writes(books.parent))
        assert await restore.terminate() == STOPPED, restore.output
        assert "Traceback" not in restore.output
    assert list_hidden(books.parent) == []
    assert await require_sound(office.ledger, depot.guild.id) == OPENING_RECORDS + 1


@pytest.mark.only_on("sqlite")
async def test_books_move_to_the_other_engine_and_back_at_the_command_line(
    office: Office, postgresql: PostgresqlServer
) -> None:
    office.environment["PATH"] = f"{postgresql.programs}{os.pathsep}{os.environ['PATH']}"
    async with office.bot() as bot:
        await office.ready(bot)
        await office.depot()
        assert await bot.terminate() == 0
    name = f"moved_{os.getpid()}"
    server = postgresql.create(name, template="template1")
    file = f"sqlite:///{office.directory / 'back.db'}"
    own = office.environment["DATABASE_URL"]
    for place, (before, after) in enumerate(((own, server), (server, file))):
        steps = (
            (("db", "backup", f"{place}.backup"), before),
            (("db", "restore", f"{place}.backup"), after),
            (("audit", "verify"), after),
        )
        for words, url in steps:
            code, said = await office.tallyman(*words, DATABASE_URL=url)
            assert code == 0, said
        assert "problems found" not in said
        assert f"{OPENING_RECORDS + place + 1} records" in said  # a restore is one
    postgresql.drop(name)


@pytest.mark.only_on("sqlite")
async def test_a_backup_that_no_key_here_proves_is_restored_only_when_told_so(
    office: Office,
) -> None:
    url, file = office.environment["DATABASE_URL"], office.directory / "books.backup"
    books, elsewhere = Path(url.partition("///")[2]), office.directory / "elsewhere.db"
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        assert (await office.tallyman("db", "backup", str(file)))[0] == 0
        assert record_of(await depot.clerk.slash("take", **TAKING)) == OPENING_RECORDS + 1
        assert await bot.terminate() == 0
    others, bare = office.directory / "others.backup", office.directory / "bare.backup"
    made = await office.tallyman("db", "backup", str(others), DATA_KEY=OTHER_KEY)
    assert made[0] == 0, made
    # Those who have the file and no key can cut the proof off and change what is left.
    content = file.read_bytes()
    bare.write_bytes(content[: content.rindex(PROOF_MARK)])
    for unproved, warning in ((bare, "has a checksum only"), (others, "with a key that is not")):
        restore = ("db", "restore", str(unproved))
        before = content_of(books)
        for words in ((*restore,), (*restore, "--replace")):
            code, said = await office.tallyman(*words)
            assert (code, warning in said) == (1, True), said
            assert "a backup that no key here proves needs --yes" in said
            assert "Nothing was changed." in said
        assert content_of(books) == before
        code, said = await office.tallyman(*restore, DATABASE_URL=f"sqlite:///{elsewhere}")
        assert (code, elsewhere.exists()) == (1, False), said
    code, said = await office.tallyman("db", "restore", str(bare), "--replace", "--yes")
    assert code == 0, said
    assert said.index("has a checksum only") < said.index("The database contains the books")
    assert await require_sound(office.ledger, depot.guild.id) == OPENING_RECORDS + 1
