"""Findings of `tallyman doctor`: one line each, with a mark, and how to fix it."""

from dataclasses import dataclass
from typing import Literal

Mark = Literal["✓", "!", "✗"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; a problem says how to fix it."""

    mark: Mark
    text: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.mark} {self.text}" + (f": {self.fix}" if self.fix else "")


def well(text: str) -> Finding:
    """Report a check that passed."""
    return Finding("✓", text)


def worth_a_look(text: str, fix: str) -> Finding:
    """Report something that works, with a reservation."""
    return Finding("!", text, fix)


def broken(text: str, fix: str) -> Finding:
    """Report something that prevents the bot from working."""
    return Finding("✗", text, fix)
