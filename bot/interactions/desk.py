"""The desk: how every interaction is taken, carried out and answered.

A write is promised (noted and acknowledged) before it runs and answered after it committed; a
read is answered directly, or promised as well when it takes longer than a second. Every error of
every command, button, select and modal ends here as a private sentence.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from functools import partial

import discord
from discord import app_commands

from bot.database.delivery.promised_answers import PendingAnswers
from bot.database.operations import Operation, Query, RequestT, ResultT
from bot.database.reads import Declared
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.shards import ALL_GUILDS, Share
from bot.errors import TooManyAtOnce, Unavailable
from bot.interactions.actors import actor_of
from bot.interactions.answers import acknowledge, refusal_to, show_after, show_at_once, show_late
from bot.interactions.asked import Asked, made_of
from bot.interactions.card_updates import Cards
from bot.interactions.clients import Interaction
from bot.interactions.contexts import speaking_to
from bot.interactions.founding import Founding
from bot.interactions.lag import LoopLag
from bot.interactions.last_checks import LastChecks
from bot.interactions.limits import SUGGESTIONS_COST, Limits
from bot.interactions.look_ups import Found, Work, find, look_up, within
from bot.interactions.notices import Notices
from bot.interactions.promises import LOOK_UP, Promise, Promises
from bot.interactions.retries import call_discord
from bot.interactions.timing import Taken, UnderWay
from bot.interactions.waiting import follow_up_key
from bot.views.replies import Reply, render
from bot.views.text import MAX_CHOICE, clip

_DIRECT_SECONDS = 1.0
_SUGGEST_SECONDS = 1.0
_RIGHTS_SECONDS = 0.7
# In an interaction's extras: it was let in, whatever is asked of the desk for it.
_ADMITTED = "admitted"
_AUTOCOMPLETE = discord.InteractionType.autocomplete
_FORM_SECONDS = 2.0


class Desk:
    """Takes interactions, runs operations and shows answers; cogs and buttons share one.

    `on_answer` callbacks learn how each one came out; they must not raise or block.
    """

    def __init__(self, db: DatabaseService, share: Share = ALL_GUILDS) -> None:
        self.db = db
        # Where people open the scanner's page; None where no device could.
        self.page_url: str | None = None
        self.pending = PendingAnswers(db, share)
        self.cards = Cards(db)
        self.notices = Notices(db, share)
        self.last_checks = LastChecks()
        self._promises = Promises(self.pending, db.condition.refuse_late)
        self._under_way = UnderWay()
        self.limits = Limits(lag_seconds=LoopLag())
        self.founding = Founding(db, self.limits)
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
        view: Callable[[ResultT], Awaitable[Reply]] | None = None,
        is_update: bool = False,
    ) -> None:
        """Run a change and show its answer privately, by its type or by another `view` of it.

        After a crash it is shown by its type: a view may add what the books must not keep.
        What a callable `request` raises is shown as well. A user who may have missed the answer
        to the same request is asked back first. `key` makes several clicks one: the
        interaction's id by default. An update replaces the message clicked on.
        """

        async def work(actor: Actor, promise: Promise) -> Reply:
            wanted = await made_of(request)
            missed = self._promises.find_missed(actor, promise, operation, wanted)
            result = await self.db.run(operation, wanted, actor, promise.key, missed=missed)
            return render(result) if view is None else await view(result)

        await self._carry_out(interaction, work, operation, request, key=key, is_update=is_update)

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
            result = await self.db.query(query, await made_of(request), actor)
            return render(result) if view is None else view(result)

        await self.read(interaction, work, is_update=is_update)

    async def change(
        self,
        interaction: Interaction,
        work: Work[Reply],
        declared: Declared,
        *,
        key: str | None = None,
        is_update: bool = False,
    ) -> None:
        """Promise an answer, do the work, show what came of it; the work runs at most once.

        `declared` is the operation or query whose right the work takes.
        """

        async def work_alone(actor: Actor, _promise: Promise) -> Reply:
            return await work(actor)

        await self._carry_out(interaction, work_alone, declared, None, key=key, is_update=is_update)

    async def _carry_out(
        self,
        interaction: Interaction,
        work: Callable[[Actor, Promise], Awaitable[Reply]],
        declared: Declared,
        request: object,
        *,
        key: str | None,
        is_update: bool = False,
    ) -> None:
        follow_up = follow_up_key(interaction)
        key, is_update = key or follow_up, is_update or follow_up is not None
        async with self._taken(interaction) as taken:
            if taken is None:
                return
            promise = Promise(key or str(interaction.id), taken, is_update=is_update)
            try:
                actor = actor_of(interaction)
                if not self.db.reads.knows_right(declared, actor):
                    await self._require_right(declared, request, actor, promise.key)
                if not await self._promises.give(interaction, actor, promise):
                    return
            except Exception as error:  # noqa: BLE001  # an edge that reports
                # Neither noted nor acknowledged: nothing was written for it, whatever comes.
                self._promises.remember_refusal(interaction)
                await self._refuse(interaction, error, taken)
                return
            try:
                reply = await work(actor, promise)
            except Exception as error:  # noqa: BLE001  # an edge that reports
                reply, taken.outcome = refusal_to(interaction, error)
                promise.is_refused = True
                promise.is_certain = not isinstance(error, Unavailable) or error.is_certain
            await self._keep(interaction, actor, promise, reply)

    async def _keep(
        self, interaction: Interaction, actor: Actor, promise: Promise, reply: Reply
    ) -> None:
        keep = partial(self._promises.keep, interaction, actor, promise)
        await self.notices.show(interaction, reply, keep, is_update=promise.is_update)

    async def read(
        self, interaction: Interaction, work: Work[Reply], *, is_update: bool = False
    ) -> None:
        """Show what a look-up found, privately; an update replaces the message clicked on."""
        is_update = is_update or follow_up_key(interaction) is not None
        async with self._taken(interaction) as taken:
            if taken is None:
                return
            task = asyncio.ensure_future(look_up(interaction, work, taken))
            await asyncio.wait({task}, timeout=_DIRECT_SECONDS)
            if not task.done():
                await self._show_late(interaction, task, taken, is_update=is_update)
                return
            reply, is_refusal = task.result()
            show = partial(show_at_once, interaction, is_refusal=is_refusal, is_update=is_update)
            await self.notices.show(interaction, reply, show, is_update=is_update)

    async def ask(self, interaction: Interaction, work: Work[discord.ui.Modal]) -> None:
        """Show a form, or privately a refusal.

        A form cannot follow an acknowledgement, so a slow database is a refusal here.
        """
        async with self._taken(interaction) as taken:
            if taken is None:
                return
            late = self.db.condition.refuse_late
            made = await within(_FORM_SECONDS, work(actor_of(interaction)), late)
            await call_discord(lambda: interaction.response.send_modal(made))

    async def suggest(
        self, interaction: Interaction, work: Work[Found]
    ) -> list[app_commands.Choice[str]]:
        """Return choices as (shown, value); none instead of an error or a long wait."""
        async with self._taken(interaction, cost=SUGGESTIONS_COST) as taken:
            if taken is None:
                return []
            try:
                found = await within(_SUGGEST_SECONDS, find(interaction, work, taken))
            except Unavailable:
                taken.outcome = "failed"
                return []
        return [
            app_commands.Choice(name=clip(name, MAX_CHOICE), value=value)
            for name, value in found[:25]
            if 0 < len(value) <= MAX_CHOICE
        ]

    async def refuse(self, interaction: Interaction, error: BaseException) -> None:
        """Explain an error privately, whatever was answered before."""
        if isinstance(error, TooManyAtOnce):
            if not error.is_told:
                return
            interaction.extras[_ADMITTED] = True
        async with self._taken(interaction) as taken:
            if taken is not None:
                await self._refuse(interaction, error, taken)

    @asynccontextmanager
    async def _taken(
        self, interaction: Interaction, *, cost: float = 1.0
    ) -> AsyncIterator[Taken | None]:
        """Let an interaction in, once, and count it; None for one of too many, now refused."""
        with (
            speaking_to(interaction),
            self._under_way.counted(interaction) as taken,
            ExitStack() as it,
        ):
            if _ADMITTED not in interaction.extras:
                person = (interaction.guild_id or 0, interaction.user.id)
                try:
                    it.enter_context(self.limits.entered(*person, cost=cost))
                except TooManyAtOnce as error:
                    taken.outcome = "refused"
                    if error.is_told and interaction.type is not _AUTOCOMPLETE:
                        await self._refuse(interaction, error, taken)
                    yield None
                    return
                interaction.extras[_ADMITTED] = True
            yield taken

    async def _require_right(
        self, declared: Declared, request: object, actor: Actor, key: str
    ) -> None:
        asked = None if callable(request) else request
        checking = self.db.reads.require_right(declared, asked, actor, key)
        await within(_RIGHTS_SECONDS, checking, self.db.condition.refuse_late)

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
        try:
            if not await self._promises.give(interaction, actor, promise):
                return
        except Unavailable as error:
            task.cancel()
            await self._refuse(interaction, error, taken)
            return
        reply, _ = await task
        await self._keep(interaction, actor, promise, reply)

    async def _refuse(self, interaction: Interaction, error: BaseException, taken: Taken) -> None:
        reply, taken.outcome = refusal_to(interaction, error)
        show = show_after if interaction.response.is_done() else show_at_once
        await show(interaction, reply)
