"""The desk: how every interaction is taken, carried out and answered.

A write is promised (noted and acknowledged) before it runs and answered after it committed; a
read is answered directly, or promised as well when it takes longer than a second. Every error of
every command, button, select and modal ends here as a private sentence.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from inspect import isawaitable
from typing import TypeAlias, TypeVar, cast

import discord
from discord import app_commands
from loguru import logger

from bot.database.delivery.promised_answers import PendingAnswers
from bot.database.operations import Operation, Query, RequestT, ResultT
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.records import DoneBefore
from bot.domain.shards import ALL_GUILDS, Share
from bot.errors import TallymanError, Unavailable
from bot.interactions.actors import actor_of
from bot.interactions.answers import acknowledge, refusal_of, show_after, show_at_once, show_late
from bot.interactions.card_updates import Cards
from bot.interactions.clients import Interaction
from bot.interactions.promises import LOOK_UP, Promise, Promises
from bot.interactions.retries import call_discord
from bot.interactions.timing import Taken, UnderWay, outcome_of
from bot.locales import use_locale
from bot.logs import log_context
from bot.views.replies import Reply, render
from bot.views.text import MAX_CHOICE, clip

T = TypeVar("T")
# A request, or what makes it when its turn has come: reading what was typed or attached.
Asked: TypeAlias = T | Callable[[], T | Awaitable[T]]
Work = Callable[[Actor], Awaitable[T]]
Found = Sequence[tuple[str, str]]

_DIRECT_SECONDS = 1.0
_SUGGEST_SECONDS = 1.0
_FORM_SECONDS = 2.0


class Desk:
    """Takes interactions, runs operations and shows answers; cogs and buttons share one.

    `on_answer` callbacks learn how each one came out; they must not raise or block.
    """

    def __init__(self, db: DatabaseService, share: Share = ALL_GUILDS) -> None:
        self.db = db
        self.pending = PendingAnswers(db, share)
        self.cards = Cards(db)
        self._promises = Promises(self.pending)
        self._under_way = UnderWay()
        self.on_answer = self._under_way.on_answer

    async def finish(self, *, within_seconds: float) -> None:
        """Wait until everything that people were promised has been answered."""
        await self._under_way.finish(within_seconds=within_seconds)
        await self.pending.finish()

    async def write(
        self,
        interaction: Interaction,
        operation: Operation[RequestT, ResultT],
        request: Asked[RequestT],
        *,
        key: str | None = None,
        is_update: bool = False,
    ) -> None:
        """Run a change and show its answer privately.

        What a callable `request` raises is shown as well. A user who may have missed the answer
        to the same request is asked back first. `key` makes several clicks one: the
        interaction's id by default. An update replaces the message clicked on.
        """

        async def work(actor: Actor, promise: Promise) -> Reply:
            wanted = await _read(request)
            if operation.is_repeatable:
                missed = await self._promises.find_missed(actor, promise, operation, wanted)
                if missed is not None:
                    raise DoneBefore(*missed)
            result = await self.db.run(operation, wanted, actor, promise.key)
            return render(result)

        await self._carry_out(interaction, work, key=key, is_update=is_update)

    async def show(
        self,
        interaction: Interaction,
        query: Query[RequestT, ResultT],
        request: Asked[RequestT],
        *,
        view: Callable[[ResultT], Reply] | None = None,
        is_update: bool = False,
    ) -> None:
        """Run a query and show its result privately, by its type or by another `view` of it."""

        async def work(actor: Actor) -> Reply:
            result = await self.db.query(query, await _read(request), actor)
            return render(result) if view is None else view(result)

        await self.read(interaction, work, is_update=is_update)

    async def change(
        self,
        interaction: Interaction,
        work: Work[Reply],
        *,
        key: str | None = None,
        is_update: bool = False,
    ) -> None:
        """Promise an answer, do the work, show what came of it; the work runs at most once."""

        async def work_alone(actor: Actor, _promise: Promise) -> Reply:
            return await work(actor)

        await self._carry_out(interaction, work_alone, key=key, is_update=is_update)

    async def _carry_out(
        self,
        interaction: Interaction,
        work: Callable[[Actor, Promise], Awaitable[Reply]],
        *,
        key: str | None,
        is_update: bool,
    ) -> None:
        with _context(interaction), self._under_way.counted(interaction) as taken:
            promise = Promise(key or str(interaction.id), taken, is_update=is_update)
            try:
                actor = actor_of(interaction)
            except app_commands.NoPrivateMessage as error:
                await self._refuse(interaction, error, taken)
                return
            if not await self._promises.give(interaction, actor, promise):
                return
            try:
                reply = await work(actor, promise)
            except Exception as error:  # noqa: BLE001  # an edge that reports
                reply, taken.outcome = refusal_of(error)
                promise.is_refused = True
                promise.is_certain = not isinstance(error, Unavailable) or error.is_certain
            await self._promises.keep(interaction, actor, promise, reply)

    async def read(
        self, interaction: Interaction, work: Work[Reply], *, is_update: bool = False
    ) -> None:
        """Show what a look-up found, privately; an update replaces the message clicked on."""
        with _context(interaction), self._under_way.counted(interaction) as taken:
            task = asyncio.ensure_future(_look_up(interaction, work, taken))
            await asyncio.wait({task}, timeout=_DIRECT_SECONDS)
            if not task.done():
                await self._show_late(interaction, task, taken, is_update=is_update)
                return
            reply, is_refusal = task.result()
            await show_at_once(interaction, reply, is_refusal=is_refusal, is_update=is_update)

    async def ask(self, interaction: Interaction, work: Work[discord.ui.Modal]) -> None:
        """Show a form, or privately a refusal.

        A form cannot follow an acknowledgement, so a slow database is a refusal here.
        """
        with _context(interaction), self._under_way.counted(interaction):
            task = asyncio.ensure_future(work(actor_of(interaction)))
            await asyncio.wait({task}, timeout=_FORM_SECONDS)
            if not task.done():
                task.cancel()
                raise Unavailable
            made = task.result()
            await call_discord(lambda: interaction.response.send_modal(made))

    async def suggest(
        self, interaction: Interaction, work: Work[Found]
    ) -> list[app_commands.Choice[str]]:
        """Return choices as (shown, value); none instead of an error or a long wait."""
        with _context(interaction), self._under_way.timed(interaction) as taken:
            task = asyncio.ensure_future(_find(interaction, work, taken))
            await asyncio.wait({task}, timeout=_SUGGEST_SECONDS)
            if not task.done():
                taken.outcome = "failed"
                # Not awaited: a connection that is dead takes its time to be cancelled.
                task.cancel()
                return []
            found = task.result()
        return [
            app_commands.Choice(name=clip(name, MAX_CHOICE), value=value)
            for name, value in found[:25]
            if 0 < len(value) <= MAX_CHOICE
        ]

    async def refuse(self, interaction: Interaction, error: BaseException) -> None:
        """Explain an error privately, whatever was answered before."""
        with _context(interaction), self._under_way.timed(interaction) as taken:
            await self._refuse(interaction, error, taken)

    async def _show_late(
        self,
        interaction: Interaction,
        task: asyncio.Future[tuple[Reply, bool]],
        taken: Taken,
        *,
        is_update: bool,
    ) -> None:
        if is_update:
            # The message clicked on stays as it is until then: nothing to be noted for a crash.
            if not await acknowledge(interaction, is_update=True):
                taken.outcome = "failed"
                return
            reply, is_refusal = await task
            await show_late(interaction, reply, is_refusal=is_refusal, is_update=True)
            return
        promise = Promise(f"{LOOK_UP}{interaction.id}", taken)
        actor = actor_of(interaction)
        if await self._promises.give(interaction, actor, promise):
            reply, _ = await task
            await self._promises.keep(interaction, actor, promise, reply)

    async def _refuse(self, interaction: Interaction, error: BaseException, taken: Taken) -> None:
        reply, taken.outcome = refusal_of(error)
        show = show_after if interaction.response.is_done() else show_at_once
        await show(interaction, reply)


async def _read(request: Asked[RequestT]) -> RequestT:
    if not callable(request):
        return request
    made = request()
    return cast("RequestT", await made if isawaitable(made) else made)


async def _look_up(interaction: Interaction, work: Work[Reply], taken: Taken) -> tuple[Reply, bool]:
    """Return what was found, or the refusal, and whether it is one."""
    try:
        return await work(actor_of(interaction)), False
    except Exception as error:  # noqa: BLE001  # an edge that reports
        reply, taken.outcome = refusal_of(error)
        return reply, True


async def _find(interaction: Interaction, work: Work[Found], taken: Taken) -> Found:
    try:
        return await work(actor_of(interaction))
    except (TallymanError, app_commands.AppCommandError) as error:
        taken.outcome = outcome_of(error, is_explained=True)
        logger.debug("No suggestions: {}", type(error).__name__)
        return []


@contextmanager
def _context(interaction: Interaction) -> Iterator[None]:
    """Log who acts, and say everything in the language of their Discord."""
    with (
        use_locale(interaction.locale.value),
        log_context(
            guild_id=interaction.guild_id,
            user_id=interaction.user.id,
            interaction_id=interaction.id,
        ),
    ):
        yield
