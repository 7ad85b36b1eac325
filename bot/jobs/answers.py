"""Unanswered interactions: people who still see "thinking..." get their answer after all."""

from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import discord
from aiohttp import ClientError
from loguru import logger

from bot.database.delivery.promise_statements import TOKEN_LIFE
from bot.database.delivery.promised_answers import PendingAnswers, Waiting
from bot.errors import Unavailable
from bot.interactions.answers import load_answer
from bot.interactions.promises import LOOK_UP
from bot.jobs.loop import Job
from bot.locales import use_locale
from bot.views import errors
from bot.views.replies import Reply

_APPLICATION = discord.WebhookType.application.value
# A living process answers well within this time; longer waits were left by a dead one.
_FORGOTTEN = timedelta(seconds=5)
# Without a receipt nothing was committed, but a slow unit may still be on its way.
_NOTHING_COMMITTED = timedelta(seconds=20)
# A look-up changes nothing, so only patience ends it; verifying large books takes minutes.
_LOOKED_UP = timedelta(minutes=5)


class AnswerJob(Job):
    """Edits the answers of interactions that were promised one and did not get it.

    While this process knows of one that was not shown it looks every other second, otherwise only
    now and then for what a dead process left.
    """

    # With the grace that others are given: those who wait for a dead process do so for 35 seconds.
    quiet_seconds = 15.0
    busy_seconds = 2.0

    def __init__(self, client: discord.Client, pending: PendingAnswers) -> None:
        super().__init__()
        self._client = client
        self._pending = pending
        self._is_first_round = True
        self._unreadable: set[tuple[int, str]] = set()
        pending.on_lost.append(self.wake)

    @property
    def interval_seconds(self) -> float:  # type: ignore[override]
        """How long the loop waits for the next round."""
        return self.busy_seconds if self._pending.has_lost else self.quiet_seconds

    async def run_once(self) -> None:
        """Answer everyone who waits too long; at the start, everyone who waits at all."""
        older_than = timedelta(0) if self._is_first_round else _FORGOTTEN
        waiting = await self._pending.list_waiting(older_than=older_than)
        self._is_first_round = False
        for person in waiting:
            self.require_right_clock()
            if self._pending.age_of(person) > TOKEN_LIFE:
                self._give_up(person)
                continue
            try:
                with use_locale(person.locale):
                    reply = self._reply_to(person)
            except Exception as error:  # noqa: BLE001  # an edge that reports
                await self._put_off(person, error)
                continue
            if reply is not None:
                await self._show(person, reply)
        # That nothing is deleted while a node of the database is away keeps no one waiting.
        with suppress(Unavailable):
            await self._pending.purge()

    def _give_up(self, person: Waiting) -> None:
        """Drop an interaction whose token has expired: no one can answer it now."""
        self._unreadable.discard((person.guild_id, person.key))
        self._pending.note_shown(person.guild_id, person.key)

    async def _put_off(self, person: Waiting, error: Exception) -> None:
        """Let an answer that this version cannot read wait for one that can; log it once."""
        key = (person.guild_id, person.key)
        if key not in self._unreadable:
            self._unreadable.add(key)
            logger.opt(exception=error).error(
                "The answer of {} in guild {} cannot be read", person.operation, person.guild_id
            )
        await self._pending.fail(person.guild_id, person.key)

    def _reply_to(self, person: Waiting) -> Reply | None:
        if person.operation is not None and person.answer is not None:
            return load_answer(person.operation, person.answer)
        patience = _LOOKED_UP if person.key.startswith(LOOK_UP) else _NOTHING_COMMITTED
        if self._pending.age_of(person) < patience:
            return None
        return Reply(errors.interrupted())

    async def _show(self, person: Waiting, reply: Reply) -> None:
        try:
            await self._edit(person, reply)
        except discord.NotFound:
            # It was never acknowledged in time, or its message is gone: no one waits here.
            logger.info("No one waits for this answer any more")
        except (discord.HTTPException, ClientError, OSError) as error:
            logger.info("An answer could still not be shown: {}", type(error).__name__)
            await self._pending.fail(person.guild_id, person.key)
            return
        self._pending.note_shown(person.guild_id, person.key)

    async def _edit(self, person: Waiting, reply: Reply) -> None:
        """Make the message that was promised, or clicked on, the answer."""
        data: Any = {"id": person.application_id, "type": _APPLICATION, "token": person.token}
        webhook = discord.Webhook.from_state(data, state=self._client._connection)  # noqa: SLF001
        original: Any = "@original"
        try:
            await webhook.edit_message(original, **reply.for_editing())
        except discord.HTTPException as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            # A page of components takes no plain text; the answer is shown below it.
            await webhook.send(ephemeral=True, **reply.for_sending())
