"""What `tallyman doctor` found: one line each, with a mark, and how to mend it."""

from dataclasses import dataclass
from typing import Literal

Mark = Literal["✓", "!", "✗"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; what is not well says how to mend it."""

    mark: Mark
    text: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.mark} {self.text}" + (f": {self.mend}" if self.mend else "")


def well(text: str) -> Finding:
    """Say that something is as it should be."""
    return Finding("✓", text)


def worth_a_look(text: str, mend: str) -> Finding:
    """Say that something works, but not for ever or not for everybody."""
    return Finding("!", text, mend)


def broken(text: str, mend: str) -> Finding:
    """Say that something keeps the bot from working."""
    return Finding("✗", text, mend)
