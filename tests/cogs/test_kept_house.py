"""Tests begin in copies of one house: each is as if it had just been opened."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.cogs.fixtures import open_world
from tests.cogs.kept_house import KeptHouse
from tests.cogs.world import House
from tests.database.clock import Clock
from tests.database.kept_books import read_but_keys
from tests.database.servers import Databases


async def _read(house: House) -> dict[str, Any]:
    """Return all rows, and the guild as Discord and the bot know it."""
    guild, backend = house.bot_guild, house.world.env.backend
    return {
        "rows": await read_but_keys(house.world.db),
        "roles": {role.id: (role.name, role.permissions) for role in guild.roles},
        "channels": {
            channel.id: (
                channel.name,
                {each.id: given.pair() for each, given in channel.overwrites.items()},
            )
            for channel in guild.channels
        },
        "discord": deepcopy((backend.guilds, backend.channels, backend.users, backend.messages)),
        "commands": backend.commands,
    }


async def test_a_kept_house_is_as_one_that_was_opened(
    databases: Databases, tmp_path: Path, house: House
) -> None:
    assert house is house.world.house
    kept = await _read(house)
    await house.world.stop()

    async with open_world(databases.copy_sqlite(tmp_path / "opened.db"), Clock()) as world:
        opened = await _read(await world.open_house())

    assert kept == opened
    assert kept["rows"]["receipt"]
    assert kept["discord"][0]


async def test_what_is_done_in_one_house_is_not_done_in_the_next(
    databases: Databases, tmp_path: Path, kept_house: KeptHouse, house: House
) -> None:
    before = await _read(house)
    await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    house.join("buyer")
    house.guild.create_role("night shift")
    await house.world.tell_audit()
    assert await _read(house) != before
    await house.world.stop()

    url = databases.copy_sqlite(tmp_path / "next.db")
    async with open_world(url, Clock(), kept_house) as world:
        assert world.house is not None
        assert await _read(world.house) == before
