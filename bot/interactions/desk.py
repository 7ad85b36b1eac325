"""The desk: how every interaction is taken, carried out and answered.

A write is promised (noted and acknowledged) before it runs and answered after it committed; a
read is answered directly, or acknowledged when it takes longer than a second. Every error of
every command, button, select and modal ends here as a private sentence.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import discord
from aiohttp import ClientError
from discord import app_commands
from loguru import logger

from bot.database.delivery.promised_answers import PendingAnswers
from bot.database.operations import OPERATIONS, Operation
from bot.database.service import DatabaseService, RequestT, ResultT
from bot.domain.actors import Actor
from bot.errors import DoneBefore, TallymanError, Unavailable
from bot.interactions.actors import actor_of
from bot.interactions.card_updates import Cards
from bot.interactions.retries import call_discord
from bot.interactions.timing import Outcome, Taken, outcome_of
from bot.logs import log_context, new_reference
from bot.views.errors import sentences as errors
from bot.views.follow_ups import choices_after
from bot.views.replies import Reply, render
from bot.views.text import MAX_CHOICE, clip

T = TypeVar("T")

_NOTE_SECONDS = 0.7
_DIRECT_SECONDS = 1.0
_SUGGEST_SECONDS = 1.0
_FORM_SECONDS = 2.0
_UNKNOWN_INTERACTION = 10062


@dataclass(slots=True)
class _Promise:
    """What was promised under which key, and how it came out."""

    key: str
    taken: Taken
    is_update: bool = False
    is_refused: bool = False
    is_certain: bool = True


class Desk:
    """Takes interactions, runs operations and shows answers; cogs and buttons share one.

    `on_answer` callbacks are told how each one came out; they must not raise or block.
    """

    def __init__(self, db: DatabaseService) -> None:
        self.db = db
        self.pending = PendingAnswers(db)
        self.cards = Cards(db)
        self.on_answer: list[Callable[[Taken], None]] = []
        self._under_way: set[asyncio.Task[Any]] = set()

    async def finish(self, *, within_seconds: float) -> None:
        """Wait until everything that people were promised has been answered."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within_seconds)

    async def write(
        self,
        interaction: discord.Interaction[Any],
        operation: Operation[RequestT, ResultT],
        request: Callable[[], RequestT],
        *,
        key: str | None = None,
        is_update: bool = False,
    ) -> None:
        """Run a change and show its answer privately.

        `request` reads what was typed; what it raises is shown as well. Someone who may have
        missed the answer to the same request is asked back first. `key` makes several clicks
        one: the interaction's id unless told. An update replaces the message clicked on.
        """

        async def work(actor: Actor) -> Reply:
            wanted = request()
            if operation.is_repeatable:
                unshown = await self.pending.find_unshown(actor, operation, wanted)
                if unshown is not None:
                    raise DoneBefore(*unshown)
            result = await self.db.run(operation, wanted, actor, key or str(interaction.id))
            return render(result)

        await self.change(interaction, work, key=key, is_update=is_update)

    async def change(
        self,
        interaction: discord.Interaction[Any],
        work: Callable[[Actor], Awaitable[Reply]],
        *,
        key: str | None = None,
        is_update: bool = False,
    ) -> None:
        """Promise an answer, do the work, show what came of it; the work runs at most once."""
        with self._context(interaction), self._counted(interaction) as taken:
            promise = _Promise(key or str(interaction.id), taken, is_update=is_update)
            await self._change(interaction, work, promise)

    async def read(
        self,
        interaction: discord.Interaction[Any],
        work: Callable[[Actor], Awaitable[Reply]],
        *,
        is_update: bool = False,
    ) -> None:
        """Show what a look-up found, privately; an update replaces the message clicked on."""
        with self._context(interaction), self._counted(interaction) as taken:
            task = asyncio.ensure_future(self._look_up(interaction, work, taken))
            await asyncio.wait({task}, timeout=_DIRECT_SECONDS)
            response = interaction.response
            if not task.done():
                if not await self._acknowledge(interaction, is_update=is_update):
                    taken.outcome = "failed"
                    return
                await self._show_late(interaction, *(await task), is_update=is_update)
                return
            reply, is_refusal = task.result()
            if is_update and not is_refusal:
                await call_discord(lambda: response.edit_message(**reply.for_editing()))
                return
            await call_discord(lambda: response.send_message(ephemeral=True, **reply.for_sending()))

    async def ask(
        self,
        interaction: discord.Interaction[Any],
        work: Callable[[Actor], Awaitable[discord.ui.Modal]],
    ) -> None:
        """Show a form, or privately what speaks against it.

        A form cannot follow an acknowledgement, so a slow database is a refusal here.
        """
        with self._context(interaction), self._counted(interaction):
            task = asyncio.ensure_future(work(actor_of(interaction)))
            await asyncio.wait({task}, timeout=_FORM_SECONDS)
            if not task.done():
                task.cancel()
                raise Unavailable
            made = task.result()
            await call_discord(lambda: interaction.response.send_modal(made))

    async def suggest(
        self,
        interaction: discord.Interaction[Any],
        work: Callable[[Actor], Awaitable[Sequence[tuple[str, str]]]],
    ) -> list[app_commands.Choice[str]]:
        """Return choices as (shown, value); nothing at all rather than an error or a wait."""
        with self._context(interaction), self._timed(interaction) as taken:
            task = asyncio.ensure_future(self._find(interaction, work, taken))
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

    async def refuse(self, interaction: discord.Interaction[Any], error: BaseException) -> None:
        """Explain an error privately, whatever was answered before."""
        with self._context(interaction), self._timed(interaction) as taken:
            await self._refuse(interaction, error, taken)

    # Steps

    async def _refuse(
        self, interaction: discord.Interaction[Any], error: BaseException, taken: Taken
    ) -> None:
        reply, taken.outcome = _explain(error)
        if interaction.response.is_done():
            await call_discord(
                lambda: interaction.followup.send(ephemeral=True, **reply.for_sending())
            )
            return
        await call_discord(
            lambda: interaction.response.send_message(ephemeral=True, **reply.for_sending())
        )

    async def _change(
        self,
        interaction: discord.Interaction[Any],
        work: Callable[[Actor], Awaitable[Reply]],
        promise: _Promise,
    ) -> None:
        try:
            actor = actor_of(interaction)
        except app_commands.NoPrivateMessage as error:
            await self._refuse(interaction, error, promise.taken)
            return
        if not await self._promise(interaction, actor, promise):
            return
        try:
            reply = await work(actor)
        except Exception as error:  # noqa: BLE001  # an edge that reports
            reply, promise.taken.outcome = _explain(error)
            promise.is_refused = True
            promise.is_certain = not isinstance(error, Unavailable) or error.is_certain
        await self._deliver(interaction, reply, actor, promise)

    async def _promise(
        self, interaction: discord.Interaction[Any], actor: Actor, promise: _Promise
    ) -> bool:
        """Note the interaction, then acknowledge it; the note may take its time to be kept.

        The note is a claim as well: an event that is delivered twice at once, to whatever
        process, is carried out and answered by whoever noted it first.
        """
        note = asyncio.ensure_future(
            self.pending.promise(actor, promise.key, interaction.application_id, interaction.token)
        )
        await asyncio.wait({note}, timeout=_NOTE_SECONDS)
        note.add_done_callback(_log_failed_note)
        if note.done() and not note.exception() and not note.result():
            promise.taken.outcome = "elsewhere"
            if promise.key != str(interaction.id):
                # Another tap on the same button: the first one is answered.
                await self._acknowledge(interaction, is_update=True)
            return False
        if await self._acknowledge(interaction, is_update=promise.is_update):
            return True
        promise.taken.outcome = "failed"
        return False

    async def _acknowledge(
        self, interaction: discord.Interaction[Any], *, is_update: bool = False
    ) -> bool:
        """Tell Discord that an answer follows; False if Discord no longer waits for one."""
        try:
            if is_update:
                await call_discord(interaction.response.defer)
            else:
                await call_discord(
                    lambda: interaction.response.defer(ephemeral=True, thinking=True)
                )
        except discord.NotFound as error:
            if error.code != _UNKNOWN_INTERACTION:
                raise
            logger.info("Discord no longer waits for this interaction; it is not carried out")
            return False
        except (discord.HTTPException, ClientError, OSError) as error:
            logger.warning("The interaction could not be acknowledged: {}", type(error).__name__)
            return False
        return True

    async def _deliver(
        self,
        interaction: discord.Interaction[Any],
        reply: Reply,
        actor: Actor,
        promise: _Promise,
    ) -> None:
        try:
            await self._show_late(
                interaction, reply, promise.is_refused, is_update=promise.is_update
            )
        except (discord.HTTPException, ClientError, OSError) as error:
            logger.warning("The answer could not be shown yet: {}", type(error).__name__)
            promise.taken.outcome = "failed"
            await self._note(self.pending.fail(actor.guild_id, promise.key))
            return
        if promise.is_certain:
            await self._note(self.pending.forget(actor.guild_id, promise.key))

    async def _show_late(
        self,
        interaction: discord.Interaction[Any],
        reply: Reply,
        is_refusal: bool,  # noqa: FBT001  # a pair with the reply
        *,
        is_update: bool,
    ) -> None:
        """Show an answer after the acknowledgement; a refusal leaves the message clicked on."""
        if is_update and is_refusal:
            await call_discord(
                lambda: interaction.followup.send(ephemeral=True, **reply.for_sending())
            )
            return
        await call_discord(lambda: interaction.edit_original_response(**reply.for_editing()))

    async def _note(self, note: Awaitable[None]) -> None:
        try:
            await note
        except Unavailable:
            logger.warning("The database is away; the answer will be shown once more later")

    async def _find(
        self,
        interaction: discord.Interaction[Any],
        work: Callable[[Actor], Awaitable[Sequence[tuple[str, str]]]],
        taken: Taken,
    ) -> Sequence[tuple[str, str]]:
        try:
            return await work(actor_of(interaction))
        except (TallymanError, app_commands.AppCommandError) as error:
            taken.outcome = outcome_of(error, is_explained=True)
            logger.debug("No suggestions: {}", type(error).__name__)
            return []

    async def _look_up(
        self,
        interaction: discord.Interaction[Any],
        work: Callable[[Actor], Awaitable[Reply]],
        taken: Taken,
    ) -> tuple[Reply, bool]:
        """Return what was found, or the refusal, and whether it is one."""
        try:
            return await work(actor_of(interaction)), False
        except Exception as error:  # noqa: BLE001  # an edge that reports
            reply, taken.outcome = _explain(error)
            return reply, True

    @contextmanager
    def _timed(self, interaction: discord.Interaction[Any]) -> Iterator[Taken]:
        """Tell how an interaction came out; one that raises is told of where that is explained."""
        taken = Taken.of(interaction)
        yield taken
        if taken.outcome != "elsewhere":
            for notify in self.on_answer:
                notify(taken)

    @contextmanager
    def _counted(self, interaction: discord.Interaction[Any]) -> Iterator[Taken]:
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            with self._timed(interaction) as taken:
                yield taken
        finally:
            self._under_way.discard(task)

    def _context(self, interaction: discord.Interaction[Any]) -> Any:
        return log_context(
            guild_id=interaction.guild_id,
            user_id=interaction.user.id,
            interaction_id=interaction.id,
        )


def load_answer(operation_name: str, answer: str) -> Reply:
    """Show the answer that a receipt keeps, as it was shown or should have been."""
    return render(OPERATIONS[operation_name].load_result(answer))


def _explain(error: BaseException) -> tuple[Reply, Outcome]:
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    text = errors.explain(error)
    outcome = outcome_of(error, is_explained=text is not None)
    if text is not None:
        return choices_after(error, text), outcome
    reference = new_reference()
    logger.bind(reference=reference).opt(exception=error).error("An interaction failed")
    return Reply(errors.unexpected(reference)), outcome


def _log_failed_note(note: asyncio.Future[bool]) -> None:
    if not note.cancelled() and (error := note.exception()) is not None:
        logger.warning("An interaction could not be noted: {}", type(error).__name__)
