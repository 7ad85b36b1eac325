"""What is counted of an interaction: its kind, its name among ours, how it came out, how long."""

import time
from dataclasses import dataclass, field
from typing import Any, Literal

import discord

from bot.errors import Unavailable
from bot.interactions.dispatch import find_control_name

Outcome = Literal["ok", "refused", "failed", "elsewhere"]

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
    outcome: Outcome = "ok"
    began_at: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, interaction: discord.Interaction[Any]) -> "Taken":
        """Name an interaction by our own words; what nobody declared is `other`."""
        return cls(_KINDS.get(interaction.type, _OTHER), _name_of(interaction))

    @property
    def seconds(self) -> float:
        """How long ago it was taken."""
        return time.monotonic() - self.began_at


def outcome_of(error: BaseException, *, is_explained: bool) -> Outcome:
    """Tell a refusal, which is the person's to mend, from a failure, which is the operator's."""
    return "refused" if is_explained and not isinstance(error, Unavailable) else "failed"


def _name_of(interaction: discord.Interaction[Any]) -> str:
    data: Any = interaction.data or {}
    custom_id = data.get("custom_id")
    if custom_id is not None:
        return find_control_name(str(custom_id)) or _OTHER
    command = interaction.command
    return _OTHER if command is None else command.qualified_name
