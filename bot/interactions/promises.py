"""Promised answers: noted before an interaction is acknowledged, removed once they were shown."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import discord
from aiohttp import ClientError
from loguru import logger

from bot.database.delivery.missed_answers import Noted
from bot.database.delivery.promised_answers import PendingAnswers
from bot.database.entries import Missed
from bot.database.operations import Operation, RequestT, ResultT
from bot.domain.actors import Actor
from bot.errors import Unavailable
from bot.interactions.answers import acknowledge, load_answer, show_late
from bot.interactions.clients import Interaction
from bot.interactions.timing import Taken
from bot.locales import current_locale
from bot.views.replies import Reply

# In the key of a look-up's promise: it may run for minutes, and no receipt will answer it.
LOOK_UP: Final = "look-up-"
# When the note must be there, counted from the interaction: Discord waits for three seconds. A
# look-up has used one of them when it comes to promise anything.
_NOTED_AFTER_SECONDS = 1.0
_LOOK_UP_NOTED_AFTER_SECONDS = 1.4
_LEAST_SECONDS = 0.2
_MAX_REFUSED = 10_000


@dataclass(slots=True)
class Promise:
    """What was promised under which key, and how it came out."""

    key: str
    taken: Taken
    is_update: bool = False
    is_refused: bool = False
    is_certain: bool = True
    noted: Noted = field(default_factory=lambda: Noted(is_first=True))


class Promises:
    """Gives promises and keeps them; what a dying process leaves, the answer job shows."""

    def __init__(self, pending: PendingAnswers, refuse_late: Callable[[], Unavailable]) -> None:
        self._pending = pending
        self._refuse_late = refuse_late
        # Interactions that were refused without a note, or under another's key.
        self._refused: OrderedDict[int, None] = OrderedDict()

    async def give(self, interaction: Interaction, actor: Actor, promise: Promise) -> bool:
        """Note the interaction, then acknowledge it; return True if it is to be carried out.

        The note is a claim as well: an event that is delivered twice at once, to whatever
        process, is carried out and answered by the one that noted it first. Raises Unavailable
        when it cannot be noted in time: a crash would leave the person with "thinking...".
        """
        if interaction.id in self._refused:
            promise.taken.outcome = "elsewhere"
            return False
        note = asyncio.ensure_future(
            self._pending.promise(
                actor,
                promise.key,
                interaction.application_id,
                interaction.token,
                locale=current_locale(),
            )
        )
        is_late = promise.key.startswith(LOOK_UP)
        due = _LOOK_UP_NOTED_AFTER_SECONDS if is_late else _NOTED_AFTER_SECONDS
        await asyncio.wait({note}, timeout=max(_LEAST_SECONDS, due - promise.taken.seconds))
        if not note.done():
            note.add_done_callback(partial(self._withdraw, actor, promise))
            raise self._refuse_late()
        promise.noted = note.result()
        if not promise.noted.is_first:
            promise.taken.outcome = "elsewhere"
            if promise.key.removeprefix(LOOK_UP) != str(interaction.id):
                await self._show_first(interaction, actor, promise)
            return False
        if await acknowledge(interaction, is_update=promise.is_update):
            return True
        promise.taken.outcome = "failed"
        return False

    async def keep(
        self, interaction: Interaction, actor: Actor, promise: Promise, reply: Reply
    ) -> bool:
        """Show the answer; return True if it was shown.

        One that cannot be shown, or is not certain yet, stays noted.
        """
        try:
            await show_late(
                interaction, reply, is_refusal=promise.is_refused, is_update=promise.is_update
            )
        except (discord.HTTPException, ClientError, OSError) as error:
            logger.warning("The answer could not be shown yet: {}", type(error).__name__)
            promise.taken.outcome = "failed"
            await _note(self._pending.fail(actor.guild_id, promise.key))
            return False
        if promise.is_certain:
            # Under a key of its own alone: another tap on the same button may well succeed.
            is_refusal = promise.is_refused and promise.key == str(interaction.id)
            self._pending.note_shown(actor.guild_id, promise.key, is_refusal=is_refusal)
            if promise.is_refused:
                self.remember_refusal(interaction)
        else:
            self._pending.note_lost(actor.guild_id, promise.key)
        return True

    def remember_refusal(self, interaction: Interaction) -> None:
        """Remember that it was refused: delivered again, it is not carried out either."""
        self._refused[interaction.id] = None
        if len(self._refused) > _MAX_REFUSED:
            self._refused.popitem(last=False)

    def find_missed(
        self,
        actor: Actor,
        promise: Promise,
        operation: Operation[RequestT, ResultT],
        request: RequestT,
    ) -> list[Missed]:
        """List this operation's requests whose answers this user may have missed.

        Raises DoneBefore for the very same request.
        """
        if not operation.is_repeatable or not promise.noted.unshown:
            return []
        return self._pending.find_missed(promise.noted, actor, promise.key, operation, request)

    async def _show_first(self, interaction: Interaction, actor: Actor, promise: Promise) -> None:
        """Answer another tap on the same button: with the first one's answer, if that got lost."""
        try:
            lost = await self._pending.find_lost(actor.guild_id, promise.key)
        except Unavailable:
            lost = None
        if lost is None:
            await acknowledge(interaction, is_update=True)
        elif await acknowledge(interaction, is_update=promise.is_update):
            await self.keep(interaction, actor, promise, load_answer(*lost))

    def _withdraw(self, actor: Actor, promise: Promise, note: asyncio.Future[Noted]) -> None:
        """Delete a note that came too late: its person has read that nothing was changed."""
        if note.cancelled() or note.exception() is not None:
            return
        if note.result().is_first:
            self._pending.note_shown(actor.guild_id, promise.key)


async def _note(note: Awaitable[None]) -> None:
    try:
        await note
    except Unavailable:
        logger.warning("The database is away; the answer will be shown once more later")
