"""Charts as data: what is drawn, in words and numbers."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class StepLine:
    """Values that hold from a day until the next one; None where nothing holds."""

    name: str
    steps: tuple[tuple[date, Fraction | None], ...]


@dataclass(frozen=True, slots=True)
class Points:
    """Values of single days."""

    name: str
    points: tuple[tuple[date, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """What shares an axis of values: all of it is in one unit, which the label names."""

    label: str
    lines: tuple[StepLine, ...] = ()
    points: Points | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels over the same days, up to one; the description is for those who do not see it.

    `styles` are the names of the lines in an order that stays: a name looks the same in each panel.
    """

    title: str
    panels: tuple[Panel, ...]
    until: date
    styles: tuple[str, ...]
    description: str
