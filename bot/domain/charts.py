"""Charts as data: what is drawn, in words and numbers."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from bot.domain.item_days import Candle
from bot.errors import RuleBroken

ChartKind = Literal["level", "price", "value", "moves", "abc"]
MIN_DAYS: Final = 2
MAX_DAYS: Final = 366


@dataclass(eq=False)
class ChartNeedsItem(RuleBroken):
    """A chart of this kind is about one item."""

    kind: ChartKind


@dataclass(eq=False)
class ChartTakesNo(RuleBroken):
    """A chart of this kind takes no such option."""

    kind: ChartKind
    option: Literal["item", "location"]


@dataclass(eq=False)
class NothingToDraw(RuleBroken):
    """Nothing happened in that time that a chart of this kind shows."""

    kind: ChartKind
    days: int
    item: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class StepLine:
    """Values that hold from a day until the next one; None where nothing holds.

    Of a filled one the area below is drawn, and not each step marked.
    """

    name: str
    steps: tuple[tuple[date, Fraction | None], ...]
    is_filled: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """Values of single days."""

    name: str
    points: tuple[tuple[date, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Values of weeks, by their Mondays, or of days; those of the other direction are below zero.

    Plain ones have no colour of their own.
    """

    name: str
    values: tuple[tuple[date, Fraction], ...]
    days: int = 7
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class Candles:
    """Days, or weeks by their Mondays; named is what the two kinds of them mean."""

    rose: str
    fell: str
    values: tuple[Candle, ...]
    days: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A value that holds all along, such as a limit."""

    name: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Panel:
    """What shares an axis of values: all of it is in one unit, which the label names.

    `height` is compared with that of other panels.
    """

    label: str
    lines: tuple[StepLine, ...] = ()
    points: Points | None = None
    rules: tuple[Rule, ...] = ()
    bars: tuple[Bars, ...] = ()
    candles: Candles | None = None
    height: Fraction = Fraction(1)


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
    since: date | None = None


@dataclass(frozen=True, slots=True)
class RankedBar:
    """A bar of a ranking: its name, how long it is, what is written behind it, and its class."""

    name: str
    value: Fraction
    text: str
    style: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """Bars below each other, the longest on top; `styles` name the classes in their order."""

    title: str
    label: str
    bars: tuple[RankedBar, ...]
    styles: dict[str, str]
    description: str


Drawing = Chart | Ranking
