"""What was named does not exist, or may be several things."""

from dataclasses import dataclass
from decimal import Decimal

from bot.errors.root import TallymanError


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that may have been meant: what names it, and what helps to choose.

    A button that goes on with the command puts `id` in the place of what was typed.
    """

    noun: str
    id: int
    label: str  # an item's SKU, a location's path, a name
    name: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    is_archived: bool = False


@dataclass(eq=False)
class NotFound(TallymanError):
    """No such thing in this guild's books; `noun` names the kind, `wanted` what was typed.

    The suggestions are guesses: they resemble what was typed, and are not it.
    """

    noun: str
    wanted: str = ""
    suggestions: tuple[Candidate, ...] = ()


@dataclass(eq=False)
class Ambiguous(TallymanError):
    """What was typed means several things, of which these are the first."""

    noun: str
    wanted: str
    candidates: tuple[Candidate, ...]
    has_more: bool = False


@dataclass(eq=False)
class NamesUnknown(TallymanError):
    """Several things were named and these do not exist, so nothing was changed."""

    noun: str
    names: tuple[str, ...]
