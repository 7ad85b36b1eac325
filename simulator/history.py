"""A past that is caught up on: a bot that reports a month seems to have been there all along."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.messages import Message

# A message that follows at once is of now: the moments in it are cut to the second.
_PROMPT = timedelta(minutes=1)
_MOMENT = re.compile(r"<t:(\d{1,11})(?::\w)?>")


def backdate(message: Message) -> None:
    """Date a message as the last moment in its text, if that is past, in a world that does so.

    The id follows, because ids are what clients order messages by.
    """
    world = message.channel.world
    moments = _MOMENT.findall(message.text) if world.backdates else []
    if not moments:
        return
    at = datetime.fromtimestamp(int(moments[-1]), UTC)
    if at < message.created_at - _PROMPT:
        message.created_at = at
        message.id = world.clock.snowflake(at)
