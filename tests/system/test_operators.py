"""What an operator types: `run` where it cannot, `db`, `health`, signals."""

import signal
from typing import Any

import pytest

from bot import __version__
from bot.database.admin import revisions
from simulator import LoopbackDiscord
from tests.conftest import SOAK
from tests.database.admin.test_migrate import before
from tests.system.conftest import DATA_KEY, START_SECONDS, Office
from tests.system.depots import OPENING_RECORDS
from tests.system.health import port_of, status_of, until_ready
from tests.system.ledger import require_sound


@pytest.mark.only_on("sqlite")
async def test_health_says_whether_the_bot_can_serve(office: Office) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        port = await port_of(bot)
        assert await status_of(port, "/livez") == (200, {"alive": True})
        await until_ready(port)
        checks = {"database": "ok", "gateway": "ok", "deliveries": "ok"}
        assert await status_of(port, "/readyz") == (200, {"ready": True, "checks": checks})
        assert (await office.tallyman("health", is_fresh=True, HTTP_PORT=str(port)))[0] == 0
        assert await bot.terminate() == 0
    code, said = await office.tallyman("health", HTTP_PORT=str(port))
    assert (code, said.splitlines()[-1]) == (1, "The bot is not ready.")
    assert "Traceback" not in said


@pytest.mark.only_on("sqlite")
async def test_run_without_a_token_says_how_to_get_one(office: Office) -> None:
    code, said = await office.tallyman("run", DISCORD_TOKEN="")
    assert code == 1
    assert "https://discord.com/developers/applications" in said
    assert "Traceback" not in said


@pytest.mark.only_on("sqlite")
async def test_a_token_that_discord_refuses_is_said_and_never_shown(office: Office) -> None:
    for command in (("run",), ("commands", "sync")):
        code, said = await office.tallyman(*command, DISCORD_TOKEN="not-the-token")
        assert code == 1
        assert "DISCORD_TOKEN was refused" in said
        assert "Traceback" not in said
        assert "not-the-token" not in said
    assert not office.discord.world.commands


@pytest.mark.only_on("postgresql")
async def test_run_on_postgresql_needs_the_data_key(office: Office) -> None:
    code, said = await office.tallyman("run", DATA_KEY="")
    assert code == 1
    assert "DATA_KEY is not set" in said


@pytest.mark.only_on("postgresql")
async def test_run_without_a_server_says_so_in_words(office: Office) -> None:
    url = f"postgresql://postgres:{'pass' * 4}word@/books?host={office.directory}"
    for command in (("run",), ("db", "upgrade")):
        code, said = await office.tallyman(*command, DATABASE_URL=url)
        assert code == 1
        assert "Traceback" not in said
        assert "DATABASE_URL" in said
        assert "password" not in said


@pytest.mark.usefixtures("unwatched")
async def test_an_outdated_schema_is_upgraded_on_sqlite_and_refused_on_postgresql(
    office: Office, engine: str
) -> None:
    newest, is_fresh = revisions.newest_revision(), SOAK and engine == "sqlite"
    older = before(newest)
    code, said = await office.tallyman("db", "downgrade", older, is_fresh=is_fresh)
    assert (code, f"Schema is now {older}" in said) == (0, True)
    code, said = await office.tallyman("db", "check", is_fresh=is_fresh)
    assert code == 1
    assert "tallyman db upgrade" in said
    if engine == "postgresql":
        code, said = await office.tallyman("run")
        assert code == 1
        assert "tallyman db upgrade" in said
        assert "Traceback" not in said
        code, said = await office.tallyman("db", "upgrade", is_fresh=True)
        assert (code, f"Schema is now {newest}" in said) == (0, True)
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        await depot.require_in_order(OPENING_RECORDS)
        assert await bot.terminate() == 0
    assert (await office.tallyman("db", "check"))[0] == 0


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
async def test_a_signal_lets_what_was_begun_be_finished(
    office: Office, number: signal.Signals
) -> None:
    discord = office.discord
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        taking: dict[str, Any] = {"item": "BOLT-8", "location": "A1"}
        unheard = discord.fault("POST", "/interactions/*/callback", hold=True, times=3)
        begun = depot.clerk.send_slash("take", quantity="1", **taking)
        looking = depot.clerk.send_slash("find", query="BOLT-8")
        waiting = depot.boss.send_slash("take", quantity="2", **taking)
        await unheard.wait_hit(3)
        async with office.ledger.writing_barred():
            bot.signal(number)
            await bot.wait_for_output("Stopping")
            unheard.release()
        assert "Took" in (await begun.answered()).content
        assert "Took" in (await waiting.answered()).content
        assert "BOLT-8" in (await looking.answered()).text
        assert await bot.wait() == 0
    await discord.bot_gone()
    await office.ledger.require_nobody_inside()
    assert await require_sound(office.ledger, depot.guild.id) == OPENING_RECORDS + 2


@pytest.mark.only_on("sqlite")
async def test_what_takes_longer_than_ten_seconds_is_answered_after_the_next_start(
    office: Office,
) -> None:
    discord = office.discord
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        unheard = discord.fault("PATCH", "/webhooks/*", hold=True)
        taken = depot.clerk.send_slash("take", item="BOLT-8", location="A1")
        await unheard.wait_hit()
        assert await bot.terminate(timeout=20) == 0
        unheard.abandon()
        await office.ledger.require_nobody_inside()
    async with office.bot() as bot:
        await office.ready(bot)
        assert "Took" in (await taken.answered()).content
        await depot.require_in_order(OPENING_RECORDS + 1)


@pytest.mark.only_on("sqlite")
async def test_two_processes_share_the_guilds_by_shards(office: Office) -> None:
    """Also that a process is told of its own guilds alone."""
    discord = office.discord
    discord.gateway._shards = 2
    async with office.bot(DISCORD_SHARDS="0/2") as even, office.bot(DISCORD_SHARDS="1/2") as odd:
        await discord.gateway.pulse.until(
            lambda: len(discord.gateway.live) > 1, START_SECONDS, "both"
        )
        await office.ready(even)
        depots = [await office.depot()]
        while len({depot.guild.id >> 22 & 1 for depot in depots}) < 2:
            depots.append(await office.depot())
        for depot in depots:
            await depot.require_in_order(OPENING_RECORDS)
            depot.require_prompt()
        assert {session.shard for session in discord.gateway.live} == {(0, 2), (1, 2)}
        assert await odd.terminate() == 0
        taken = await next(d for d in depots if not d.guild.id >> 22 & 1).clerk.slash(
            "take", item="BOLT-8", location="A1"
        )
        assert "Took" in taken.content
        assert await even.terminate() == 0


def test_a_server_is_asked_for_its_shards() -> None:
    assert LoopbackDiscord(shards=2).gateway.describe()["shards"] == 2


@pytest.mark.only_on("sqlite")
async def test_rekey_says_how_many_values_it_sealed(office: Office) -> None:
    keys = f"new-key-of-the-office-0123456789,{DATA_KEY}"
    assert (await office.tallyman("db", "upgrade"))[0] == 0
    code, said = await office.tallyman("db", "rekey", is_fresh=SOAK, DATA_KEY=keys)
    assert (code, said.splitlines()[0]) == (0, "Re-encrypted: 0.")
    assert "new-key" not in said


@pytest.mark.only_on("sqlite")
async def test_rekey_makes_no_key_for_books_that_are_not_there(office: Office) -> None:
    address = f"sqlite:///{office.directory / 'mistyped.db'}"
    code, said = await office.tallyman("db", "rekey", DATABASE_URL=address, DATA_KEY="")
    assert (code, "tallyman db upgrade" in said) == (1, True)
    assert not list(office.directory.glob("mistyped*key*"))


@pytest.mark.only_on("sqlite")
async def test_books_are_dropped_only_when_an_operator_is_sure(office: Office) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        assert await bot.terminate() == 0
    code, said = await office.tallyman("db", "downgrade", "base")
    assert (code, "needs --yes" in said) == (1, True), said
    assert "audit_event (" in said
    assert "Running downgrade" not in said
    assert await require_sound(office.ledger, depot.guild.id) == OPENING_RECORDS
    code, said = await office.tallyman("db", "downgrade", "base", "--yes")
    assert code == 0, said
    assert said.count("Running downgrade 0001 -> ") == 1
    assert "The previous books are in" in said


async def test_the_version_is_said_and_a_mistyped_setting_is_warned_of(office: Office) -> None:
    assert await office.tallyman("--version") == (0, f"tallyman {__version__}\n")
    _, said = await office.tallyman("doctor", LOG_LEVEL="INFO", DISCORD_TOKN="x")
    assert said.count("DISCORD_TOKN is no setting; did you mean DISCORD_TOKEN?") == 1
    assert "alembic" not in said
