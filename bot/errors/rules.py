"""A rule of the product or a right of the actor is against it."""

from dataclasses import dataclass
from decimal import Decimal

from bot.errors.root import TallymanError


class RuleBroken(TallymanError):
    """A rule of the product forbids it for every actor."""


@dataclass(eq=False)
class InvalidValue(RuleBroken):
    """A typed value cannot be accepted; `reason` is a code that the translator knows."""

    field: str
    reason: str
    value: str = ""
    limit: Decimal | int | None = None


@dataclass(eq=False)
class LimitReached(RuleBroken):
    """A bound that keeps the product fast and its messages readable."""

    noun: str
    limit: int


@dataclass(eq=False)
class NothingToDo(RuleBroken):
    """The books already say what was asked for."""

    noun: str
    label: str


class AlreadyArchived(NothingToDo):
    """It was archived before."""


class AlreadyInUse(NothingToDo):
    """It is not archived, so there is nothing to restore."""


@dataclass(eq=False)
class Archived(RuleBroken):
    """An archived item or location takes no part in moves."""

    noun: str
    label: str
    archived_id: int = 0


class StillInUse(RuleBroken):
    """The thing holds stock, or others depend on it."""


@dataclass(eq=False)
class SelfApproval(RuleBroken):
    """An actor who changed a thing since its last approval cannot decide about it."""

    noun: str
    label: str


class StaleControl(RuleBroken):
    """A button or list that this version does not know, or whose state is gone."""


@dataclass(eq=False)
class TooManyAtOnce(RuleBroken):
    """A person or a guild sends more than its share; `is_told` if an answer is due again."""

    is_told: bool = True


class HeavyWorkUnderWay(RuleBroken):
    """Another verification or export of the same books has not ended yet."""


@dataclass(eq=False)
class NotAllowed(TallymanError):
    """The person lacks every one of `permissions`, any of which would have sufficed.

    The rest says what to do about it: whether the guild is set up and they may do that,
    whether `/my register` would give it to them, and which Discord roles grant it.
    """

    permissions: tuple[str, ...]
    reason: str = "missing"
    needs_all: bool = False
    guild_id: int = 0
    is_set_up: bool = True
    may_set_up: bool = False
    is_owner: bool = False
    may_register: bool = False
    discord_role_ids: tuple[int, ...] = ()
