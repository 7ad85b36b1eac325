"""`tallyman doctor`: every problem is printed with its fix, and no check is left out."""

import re
from dataclasses import replace

import pytest

from simulator.permissions import Permission
from simulator.world import Channel
from tests.conftest import SOAK
from tests.system.conftest import DATA_KEY, DATABASE_PASSWORD, DISCORD_TOKEN, Office

LINE = re.compile(r"[✓!✗] [A-Z<].*")


async def examined(
    office: Office, *, is_fresh: bool = False, **environment: str
) -> tuple[int, list[str]]:
    """Call the doctor; every line is a finding, and none tells a secret."""
    environment["LOG_LEVEL"] = "ERROR"
    code, said = await office.tallyman("doctor", is_fresh=is_fresh, **environment)
    assert not [secret for secret in (DATA_KEY, DATABASE_PASSWORD, DISCORD_TOKEN) if secret in said]
    lines = said.splitlines()
    assert lines
    assert not [line for line in lines if not LINE.match(line)], said
    assert code == any(line.startswith("✗") for line in lines)
    return code, lines


def line_with(text: str, lines: list[str]) -> str:
    (found,) = (line for line in lines if text in line)
    return found


def forbid(channel: Channel, permission: Permission) -> None:
    """Take a right from the bot in a channel."""
    assert channel.guild is not None
    own = channel.overwrites[channel.guild.me.user.id]
    channel.overwrites[own.id] = replace(own, allow=own.allow & ~permission, deny=permission)


@pytest.mark.only_on("sqlite")
async def test_a_bot_that_is_well_is_said_to_be_so_while_it_runs(
    office: Office, engine: str
) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        code, lines = await examined(office, is_fresh=SOAK)
        assert code == 0, lines
        assert line_with("DISCORD_TOKEN is that of", lines).startswith("✓")
        assert line_with("the audit channel #audit", lines).startswith(f"✓ {depot.guild.name}")
        assert line_with("the approvals channel", lines).startswith("✓")
        assert line_with("Schema is current", lines).startswith("✓")
        assert line_with("Discord has the", lines).startswith("✓")
        assert line_with("clock", lines).startswith("✓")
        if engine == "postgresql":
            assert line_with("`tallyman db grant`", lines).startswith("!")
        else:
            assert not [line for line in lines if not line.startswith("✓")]
        assert not bot.output.count("Traceback")
        assert await bot.terminate() == 0


@pytest.mark.only_on("sqlite")
async def test_a_channel_that_the_bot_cannot_use_is_named_with_what_it_lacks(
    office: Office,
) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        assert await bot.terminate() == 0
    forbid(depot.audit, Permission.SEND_MESSAGES)
    code, lines = await examined(office)
    assert code == 1
    audit = line_with("#audit", lines)
    assert audit.startswith("✗")
    assert "I need these permissions: Send Messages" in audit
    assert line_with("the approvals channel", lines).startswith("✓")


@pytest.mark.only_on("sqlite")
async def test_everything_else_is_looked_at_without_a_token(office: Office) -> None:
    code, lines = await examined(office, DISCORD_TOKEN="")
    assert code == 1
    assert "developers/applications" in line_with("✗ DISCORD_TOKEN is not set", lines)
    assert line_with("Schema is current", lines)
    assert line_with("Devices of this machine can be linked", lines).startswith("✓")
    code, lines = await examined(office, DISCORD_TOKEN="not-the-token", HTTP_HOST="0.0.0.0")
    assert line_with("Devices cannot be linked", lines).startswith("!")
    assert code == 1
    assert line_with("DISCORD_TOKEN was refused", lines).startswith("✗")
    assert "not-the-token" not in "\n".join(lines)


@pytest.mark.usefixtures("unwatched")
@pytest.mark.soak_on("sqlite")
async def test_an_outdated_schema_is_said_with_the_command_to_type(
    office: Office, engine: str
) -> None:
    assert (await office.tallyman("db", "downgrade", "base"))[0] == 0
    code, lines = await examined(office)
    assert code == (engine == "postgresql")
    assert "tallyman db upgrade" in line_with("Schema is missing", lines)
    assert line_with("DISCORD_TOKEN is that of", lines).startswith("✓")
    assert line_with("Discord has other commands", lines).startswith("!")
    assert (await office.tallyman("db", "upgrade"))[0] == 0


@pytest.mark.only_on("postgresql")
async def test_discord_is_looked_at_without_a_database(office: Office) -> None:
    nowhere = f"postgresql://postgres:{DATABASE_PASSWORD}@/books?host={office.directory}"
    absent = re.sub(r"/[^/]*\?", "/no_such_books?", office.environment["DATABASE_URL"])
    for url, fix in ((nowhere, "server runs"), (absent, "no database of this name")):
        code, lines = await examined(office, DATABASE_URL=url, DATA_KEY="")
        assert code == 1
        assert fix in line_with("✗ DATABASE_URL leads to no usable database", lines)
        assert line_with("DATA_KEY is not set", lines).startswith("✗")
        assert line_with("DISCORD_TOKEN is that of", lines).startswith("✓")


@pytest.mark.only_on("sqlite")
async def test_looking_for_books_makes_none(office: Office) -> None:
    absent = office.directory / "absent.db"
    code, lines = await examined(office, DATABASE_URL=f"sqlite:///{absent}", DATA_KEY="")
    assert code == 0
    assert line_with("There are no books yet", lines).startswith("✓")
    assert line_with("a key is generated beside the file", lines).startswith("✓")
    assert not list(office.directory.glob("absent.db*"))
    code, lines = await examined(office, DATABASE_URL=f"sqlite:///{absent}/books.db")
    assert code == 1
    assert "mkdir" in line_with("There is no directory", lines)


@pytest.mark.only_on("sqlite")
async def test_a_guild_that_the_bot_left_and_one_without_channels_are_said(
    office: Office,
) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        assert await bot.terminate() == 0
    del office.discord.world.guilds[depot.guild.id]
    code, lines = await examined(office, DISCORD_SHARDS="1")
    assert code == 0
    assert line_with("the bot is not in it", lines).startswith("!")
