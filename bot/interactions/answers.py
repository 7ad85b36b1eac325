"""Answers on their way to Discord: acknowledging, showing, and explaining what went wrong."""

import discord
from aiohttp import ClientError
from discord import app_commands
from loguru import logger

from bot.database.operations import OPERATIONS
from bot.interactions.clients import Interaction
from bot.interactions.retries import call_discord
from bot.interactions.timing import AnswerOutcome, outcome_of
from bot.interactions.typed import typed_into
from bot.interactions.waiting import waiting_of
from bot.logs import new_reference
from bot.views import errors
from bot.views.follow_ups import choices_after, with_typed
from bot.views.replies import Reply, render
from bot.views.waiting import WaitingCommand

_UNKNOWN_INTERACTION = 10062


async def acknowledge(interaction: Interaction, *, is_update: bool = False) -> bool:
    """Acknowledge the interaction; False if Discord no longer waits for an answer."""
    try:
        if is_update:
            await call_discord(interaction.response.defer)
        else:
            await call_discord(lambda: interaction.response.defer(ephemeral=True, thinking=True))
    except discord.NotFound as error:
        if error.code != _UNKNOWN_INTERACTION:
            raise
        logger.info("Discord no longer waits for this interaction; it is not carried out")
        return False
    except (discord.HTTPException, ClientError, OSError) as error:
        logger.warning("The interaction could not be acknowledged: {}", type(error).__name__)
        return False
    return True


async def show_at_once(
    interaction: Interaction, reply: Reply, *, is_refusal: bool = False, is_update: bool = False
) -> None:
    """Show an answer as the first response; a refusal leaves the message clicked on."""
    response = interaction.response
    try:
        if is_update and not is_refusal:
            shown = reply.as_page() if _is_on_page(interaction) else reply
            await call_discord(lambda: response.edit_message(**shown.for_editing()))
            return
        await call_discord(lambda: response.send_message(ephemeral=True, **reply.for_sending()))
    except discord.NotFound as error:
        if error.code != _UNKNOWN_INTERACTION:
            raise
        # A process behind its time meets it often, and a traceback each would take the rest of it.
        logger.info("Discord no longer waits for this interaction; its answer is not shown")


async def show_late(
    interaction: Interaction, reply: Reply, *, is_refusal: bool = False, is_update: bool = False
) -> None:
    """Show an answer after the acknowledgement; a refusal leaves the message clicked on."""
    if is_update and is_refusal:
        await show_after(interaction, reply)
        return
    shown = reply.as_page() if is_update and _is_on_page(interaction) else reply
    await call_discord(lambda: interaction.edit_original_response(**shown.for_editing()))


async def show_after(interaction: Interaction, reply: Reply) -> None:
    """Show a message of its own after the answer."""
    await call_discord(lambda: interaction.followup.send(ephemeral=True, **reply.for_sending()))


def _is_on_page(interaction: Interaction) -> bool:
    """Whether what was pressed is on a page of components, which cannot become text again."""
    message = interaction.message
    return message is not None and message.flags.components_v2


def load_answer(operation_name: str, answer: str) -> Reply:
    """Show the answer that a receipt keeps, as it was shown or should have been."""
    return render(OPERATIONS[operation_name].load_result(answer))


def refusal_to(interaction: Interaction, error: BaseException) -> tuple[Reply, AnswerOutcome]:
    """Return what the person who did something is shown of an error.

    Discord closes a form that was sent: the lines that were typed into it come back.
    """
    reply, outcome = refusal_of(error, waiting_of(interaction))
    return with_typed(reply, typed_into(interaction)), outcome


def refusal_of(
    error: BaseException, waiting: WaitingCommand | None = None
) -> tuple[Reply, AnswerOutcome]:
    """Return what a person is shown of an error; an unexpected one is logged with a reference.

    Where a choice would do, its buttons go on with the command that waits for it.
    """
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    text = errors.explain(error)
    outcome = outcome_of(error, is_explained=text is not None)
    if text is not None:
        return choices_after(error, text, waiting), outcome
    reference = new_reference()
    logger.bind(reference=reference).opt(exception=error).error("An interaction failed")
    return Reply(errors.unexpected(reference)), outcome
