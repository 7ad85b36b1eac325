"""Look-ups: work that only reads, how it is waited for, and what it comes to."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from discord import app_commands
from loguru import logger

from bot.domain.actors import Actor
from bot.errors import TallymanError, Unavailable
from bot.interactions.actors import actor_of
from bot.interactions.answers import refusal_of
from bot.interactions.clients import Interaction
from bot.interactions.timing import Taken, outcome_of
from bot.interactions.waiting import waiting_of
from bot.views.replies import Reply

T = TypeVar("T")
Work = Callable[[Actor], Awaitable[T]]
Found = Sequence[tuple[str, str]]


async def within(
    seconds: float, work: Awaitable[T], refuse: Callable[[], Unavailable] = Unavailable
) -> T:
    """Return what the work returns; one that takes longer is given up, and Unavailable raised."""
    task = asyncio.ensure_future(work)
    await asyncio.wait({task}, timeout=seconds)
    if not task.done():
        # Not awaited: a connection that is dead takes its time to be cancelled.
        task.cancel()
        raise refuse()
    return task.result()


async def look_up(interaction: Interaction, work: Work[Reply], taken: Taken) -> tuple[Reply, bool]:
    """Return what was found, or the refusal, and whether it is one."""
    try:
        return await work(actor_of(interaction)), False
    except Exception as error:  # noqa: BLE001  # an edge that reports
        reply, taken.outcome = refusal_of(error, waiting_of(interaction))
        return reply, True


async def find(interaction: Interaction, work: Work[Found], taken: Taken) -> Found:
    """Return suggestions; none where they are refused."""
    try:
        return await work(actor_of(interaction))
    except (TallymanError, app_commands.AppCommandError) as error:
        taken.outcome = outcome_of(error, is_explained=True)
        logger.debug("No suggestions: {}", type(error).__name__)
        return []
