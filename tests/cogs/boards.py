"""Boards as everybody in their channel sees them, and letting the bot look at them."""

import asyncio
from dataclasses import dataclass
from typing import Any

import discord
from simcord.components import walk_components

from bot.jobs.boards import BoardJob
from tests.cogs.phones import Answer, require_silent
from tests.cogs.world import House, World

_BUTTON, _DISPLAY, _SECTION = 2, 10, 9


@dataclass(frozen=True)
class Board:
    """A public message that shows the state of something."""

    text: str
    buttons: dict[str, str]  # label -> custom id; of equal labels the last
    rows: dict[str, str]  # what a row says -> the custom id of the button beside it
    message: discord.Message


def boards(house: House) -> list[Board]:
    """Read the boards on the floor, the oldest first."""
    found = []
    for message in house.channel.history():
        stored = house.world.env.backend.get_message(message.channel.id, message.id)
        require_silent(stored)
        parts = list(walk_components(stored.components))
        buttons = [each for each in parts if each.get("type") == _BUTTON]
        sections = [each for each in parts if each.get("type") == _SECTION]
        found.append(
            Board(
                text="\n".join(c["content"] for c in parts if c.get("type") == _DISPLAY),
                buttons={each["label"]: each["custom_id"] for each in buttons},
                rows={
                    each["components"][0]["content"]: each["accessory"]["custom_id"]
                    for each in sections
                },
                message=message,
            )
        )
    return sorted(found, key=lambda each: each.message.id)


def board(house: House) -> Board:
    """Read the only board."""
    (only,) = boards(house)
    return only


def board_job(world: World) -> BoardJob:
    """Return the job that looks at boards."""
    return next(job for job in world.app.jobs if isinstance(job, BoardJob))


async def look(world: World, *, after_seconds: float = 6.0) -> None:
    """Let time pass, boards be compared with the books, and drawn where they differ."""
    world.clock.advance(seconds=after_seconds)
    await world._run(board_job(world))
    await world.tell_audit()


async def follow(world: World) -> None:
    """Let the bot do what it was woken for, as its loops do."""
    with world.env.time_context():
        await board_job(world).run_round()
    await world.deliver_woken()
    await asyncio.sleep(0)


async def create(house: House, kind: str, **options: Any) -> Answer:
    """Let the manager create a board on the floor, and its message be posted."""
    made = await house.manager.type("board create", channel=house.channel, kind=kind, **options)
    await house.world.tell_audit()
    return made
