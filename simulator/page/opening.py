"""What was there before the visitor came: lines that people wrote, commands that they sent."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator import ClientRefused, InteractionFailed, NoAnswer, options
from simulator.messages import Message
from simulator.page.person import Person, read_values

QUIET_SECONDS = 0.4
# The bot posts lane after lane, with pauses: one quiet moment is not the end.
QUIET_ROUNDS = 2
MOST_ROUNDS = 20

if TYPE_CHECKING:
    from simulator.page.stage import Stage
    from simulator.refusals import Json


def write_past(stage: Stage, opening: list[Json]) -> None:
    """Put up what people wrote, dated as the opening says (`at` in seconds)."""
    for line in opening:
        person = _person(stage, line)
        if person is None or "say" not in line:
            continue
        at = datetime.fromtimestamp(line["at"], UTC)
        key = stage.world.clock.snowflake(at)
        person.channel.post(Message(key, person.channel, person.user, at, line["say"]))


async def settle(stage: Stage) -> None:
    """Wait until the bot has posted what it owed, but not for long; none of it is news."""
    quiet = 0
    for _ in range(MOST_ROUNDS):
        before = _count(stage)
        await asyncio.sleep(QUIET_SECONDS)
        quiet = quiet + 1 if _count(stage) == before else 0
        if quiet == QUIET_ROUNDS:
            break
    stage.know_all()


def _count(stage: Stage) -> int:
    return sum(len(channel.log) for channel in stage.world.channels.values())


async def play(stage: Stage, opening: list[Json]) -> None:
    """Send the opening's commands, one after the other; one that is refused is left out."""
    for line in opening:
        person = _person(stage, line)
        if person is not None and "command" in line:
            with suppress(ClientRefused, InteractionFailed, NoAnswer):
                leaf = options.find(stage.world, person.guild, line["command"]).leaf
                values = read_values(stage.guild, leaf, line["values"])
                await person.slash(line["command"], **values)


def _person(stage: Stage, line: Json) -> Person | None:
    member, channel = stage.member_named(line["member"]), stage.channel_named(line["channel"])
    return Person(stage.world, member, channel) if member and channel else None
