"""Members: what Discord says of a member now, asked at most once a minute for each."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import discord
from aiohttp import ClientError

from bot.domain.actors import Membership
from bot.domain.sync import RIGHTS_FRESH
from bot.errors import Unavailable
from bot.interactions.retries import call_discord

_ASK_SECONDS: Final = 4.0
_MAX_REMEMBERED: Final = 10_000

Person = tuple[int, int]


class Members:
    """Asks Discord for members by id, also in guilds that this process does not know.

    What it said is remembered for RIGHTS_FRESH; callers at the same time share one question.
    """

    def __init__(self, client: discord.Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._answers: OrderedDict[Person, tuple[float, Membership | None]] = OrderedDict()
        self._questions: dict[Person, asyncio.Task[Membership | None]] = {}

    async def ask(self, guild_id: int, user_id: int) -> Membership | None:
        """Return what Discord says of a member, None if they are none; raises Unavailable."""
        person = (guild_id, user_id)
        known = self._answers.get(person)
        if known is not None and self._clock() - known[0] < RIGHTS_FRESH.total_seconds():
            return known[1]
        question = self._questions.get(person)
        if question is None:
            question = asyncio.create_task(self._ask(person), name="a member's roles")
            self._questions[person] = question
            question.add_done_callback(lambda done: self._end(person, done))
        # Shielded: one caller that hangs up must not take the answer from the others.
        return await asyncio.shield(question)

    def name_of_guild(self, guild_id: int) -> str:
        """Return a guild's name, empty if this process does not know the guild."""
        guild = self._client.get_guild(guild_id)
        return guild.name if guild is not None else ""

    async def _ask(self, person: Person) -> Membership | None:
        asked_at = self._clock()
        if self._client.is_closed() or self._client.application_id is None:
            raise Unavailable
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                found = await self._fetch(*person)
        # Not even in the guild: it says no more of a member than that they have left.
        except (discord.NotFound, discord.Forbidden):
            found = None
        except (discord.DiscordException, ClientError, OSError) as error:
            raise Unavailable from error
        self._answers[person] = (asked_at, found)
        self._answers.move_to_end(person)
        if len(self._answers) > _MAX_REMEMBERED:
            self._answers.popitem(last=False)
        return found

    async def _fetch(self, guild_id: int, user_id: int) -> Membership | None:
        http = self._client.http
        member: Any = await call_discord(lambda: http.get_member(guild_id, user_id))
        joined_at = member.get("joined_at")
        return Membership(
            discord_role_ids=frozenset({*map(int, member["roles"]), guild_id}),
            joined_at=datetime.fromisoformat(joined_at) if joined_at else None,
            is_owner=await self._owner_of(guild_id) == user_id,
        )

    async def _owner_of(self, guild_id: int) -> int | None:
        known = self._client.get_guild(guild_id)
        if known is not None:
            return known.owner_id
        http = self._client.http
        guild: Any = await call_discord(lambda: http.get_guild(guild_id, with_counts=False))
        return int(guild["owner_id"])

    def _end(self, person: Person, question: asyncio.Task[Membership | None]) -> None:
        del self._questions[person]
        # All callers may be gone: then nothing else would ever look at the error.
        if not question.cancelled():
            question.exception()
