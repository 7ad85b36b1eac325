"""What is counted of an interaction: its kind, its name among ours, how it came out, how long."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import discord

from bot.errors import Unavailable
from bot.interactions.clients import Interaction
from bot.interactions.dispatch import find_control_name

AnswerOutcome = Literal["ok", "refused", "failed", "elsewhere"]

_GIVE_UP_SECONDS = 1.0
_OTHER = "other"
_KINDS = {
    discord.InteractionType.application_command: "command",
    discord.InteractionType.autocomplete: "autocomplete",
    discord.InteractionType.component: "control",
    discord.InteractionType.modal_submit: "form",
}


@dataclass(slots=True)
class Taken:
    """An interaction under way; `elsewhere` means that another process answers it."""

    kind: str
    command: str
    outcome: AnswerOutcome = "ok"
    began_at: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, interaction: Interaction) -> "Taken":
        """Return the bot's own name for an interaction; an undeclared control is `other`."""
        return cls(_KINDS.get(interaction.type, _OTHER), _name_of(interaction))

    @property
    def seconds(self) -> float:
        """Return how long ago it was taken."""
        return time.monotonic() - self.began_at


class UnderWay:
    """The interactions under way; `on_answer` callbacks must not raise or block."""

    def __init__(self) -> None:
        self.on_answer: list[Callable[[Taken], None]] = []
        self._tasks: set[asyncio.Task[Any]] = set()

    async def finish(self, *, within_seconds: float) -> None:
        """Wait until every interaction has been answered, also those that arrive meanwhile.

        What takes longer is given up: a look-up; a unit that has begun goes on by itself.
        """
        deadline = time.monotonic() + within_seconds
        # What arrived last has a task that has not begun.
        await asyncio.sleep(0)
        while tasks := self._tasks - {asyncio.current_task()}:
            left = deadline - time.monotonic()
            if left <= 0:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks, timeout=_GIVE_UP_SECONDS)
                return
            await asyncio.wait(tasks, timeout=left)
            await asyncio.sleep(0)

    @contextmanager
    def counted(self, interaction: Interaction) -> Iterator[Taken]:
        """Report how an interaction came out, and let `finish` wait for it.

        One that raises is reported where it is explained.
        """
        task = asyncio.current_task()
        assert task is not None
        if task not in self._tasks:
            # Until the task ends: discord.py itself sends suggestions after they were found.
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        taken = Taken.of(interaction)
        yield taken
        if taken.outcome != "elsewhere":
            for notify in self.on_answer:
                notify(taken)


def outcome_of(error: BaseException, *, is_explained: bool) -> AnswerOutcome:
    """Return `refused` for what the person can fix, `failed` for what the operator has to."""
    return "refused" if is_explained and not isinstance(error, Unavailable) else "failed"


def _name_of(interaction: Interaction) -> str:
    data: Any = interaction.data or {}
    custom_id = data.get("custom_id")
    if custom_id is not None:
        return find_control_name(str(custom_id)) or _OTHER
    command = interaction.command
    return _OTHER if command is None else command.qualified_name
