"""What was there before the visitor came: lines that people wrote, commands that they sent."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator import ClientRefused, InteractionFailed, NoAnswer
from simulator.messages import Message
from simulator.page.person import Person

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


async def play(stage: Stage, opening: list[Json]) -> None:
    """Send the opening's commands, one after the other; one that is refused is left out."""
    for line in opening:
        person = _person(stage, line)
        if person is not None and "command" in line:
            with suppress(ClientRefused, InteractionFailed, NoAnswer):
                await person.slash(line["command"], **line["values"])


def _person(stage: Stage, line: Json) -> Person | None:
    member, channel = stage.member_named(line["member"]), stage.channel_named(line["channel"])
    return Person(stage.world, member, channel) if member and channel else None
