"""Everything that Tallyman refuses or fails to do, as one tree.

An error carries facts in fields, never a sentence: ``bot/views/errors/`` is the only place
that turns one into words.

    TallymanError
      NotFound                 no such item, location, role, record ...
      NamesUnknown             some of several names are no names of anything
      Conflict
        AlreadyExists          the name or SKU is taken
        StaleVersion           what the person looked at has changed since
        IllegalStep            the thing's status does not allow this
        AlreadyDecided         somebody else was quicker
        KeyReused              the idempotency key belongs to another request
      RuleBroken
        InvalidValue           a typed value is not acceptable
        InsufficientStock      a place would go below zero
        LimitReached           a bound of the product is hit
        ...                    (one class per rule, below)
      NotAllowed               the person lacks a permission
      Unavailable              the database cannot serve now; nothing was changed
      KeyMissing               contact data cannot be sealed or opened
      SchemaOutdated           the database needs a migration
      GrantRefused             the database's owner may not hand out rights
      LoginRefused             the database does not let this user in
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal


class TallymanError(Exception):
    """The root: anything the product itself says no to."""


@dataclass(eq=False)
class NotFound(TallymanError):
    """No such thing in this guild's books; `noun` names the kind, `wanted` what was typed."""

    noun: str
    wanted: str = ""
    suggestions: tuple[str, ...] = ()


@dataclass(eq=False)
class NamesUnknown(TallymanError):
    """Several were named at once and these are not there, so none was taken."""

    noun: str
    names: tuple[str, ...]


class Conflict(TallymanError):
    """The books moved on, or already hold what was asked for."""


@dataclass(eq=False)
class AlreadyExists(Conflict):
    """Another row of this guild holds the value that must be unique."""

    noun: str
    field: str = "name"
    value: str = ""
    is_archived: bool = False
    status: str = ""


@dataclass(eq=False)
class StaleVersion(Conflict):
    """The thing was changed after the person looked at it."""

    noun: str


@dataclass(eq=False)
class IllegalStep(Conflict):
    """The thing's state does not allow this step."""

    noun: str
    label: str
    state: str
    step: str


@dataclass(eq=False)
class AlreadyDecided(Conflict):
    """What was to be decided has been, by somebody else or earlier."""

    label: str
    status: str
    decided_by: int
    decided_at: datetime
    record: int


@dataclass(eq=False)
class KeyReused(Conflict):
    """The idempotency key was used before by another person or for another request."""

    key: str


class RuleBroken(TallymanError):
    """A rule of the product forbids it, whoever asks."""


@dataclass(eq=False)
class InvalidValue(RuleBroken):
    """A typed value cannot be accepted; `reason` is a code that the translator knows."""

    field: str
    reason: str
    value: str = ""
    limit: Decimal | int | None = None


@dataclass(eq=False)
class InsufficientStock(RuleBroken):
    """A physical place holds less than the move needs."""

    item: str
    unit: str
    location: str
    available: Decimal
    wanted: Decimal


@dataclass(eq=False)
class LimitReached(RuleBroken):
    """A bound that keeps the product fast and its messages readable."""

    noun: str
    limit: int


@dataclass(eq=False)
class SamePlace(RuleBroken):
    """A move must change the place."""

    location: str


@dataclass(eq=False)
class NothingToDo(RuleBroken):
    """The books already say what was asked for."""

    noun: str
    label: str
    state: str = ""


@dataclass(eq=False)
class Archived(RuleBroken):
    """An archived item or place takes no part in moves."""

    noun: str
    label: str


@dataclass(eq=False)
class StillInUse(RuleBroken):
    """The thing holds stock, or others hang on it; `blocker` says which."""

    noun: str
    label: str
    blocker: str
    quantity: Decimal | None = None
    unit: str = ""


@dataclass(eq=False)
class UnitFixed(RuleBroken):
    """An item's unit cannot change once moves exist."""

    sku: str
    unit: str


@dataclass(eq=False)
class LocationNeeded(RuleBroken):
    """No place was named and none can be guessed: the person has to choose one."""

    verb: str
    item_id: int
    item: str
    unit: str
    quantity: Decimal
    note: str
    choices: tuple[tuple[int, str, Decimal], ...]  # location id, name, quantity there


@dataclass(eq=False)
class GrantExceeded(RuleBroken):
    """People grant only what they hold; `missing` is what the role holds beyond that.

    Or what it would hold, if that is what was asked for.
    """

    role: str
    missing: tuple[str, ...]
    is_asked_for: bool = False


@dataclass(eq=False)
class ChannelsForbidden(RuleBroken):
    """Discord does not let the bot make the channel that is missing."""

    channel: str


@dataclass(eq=False)
class EveryoneOnlyLooks(RuleBroken):
    """What everybody in the guild holds may let them look, nothing more."""

    role: str


@dataclass(eq=False)
class NothingInStock(RuleBroken):
    """No physical place holds any of the item."""

    item: str


@dataclass(eq=False)
class NotReversible(RuleBroken):
    """This record cannot be taken back; `reason` is a code that the translator knows."""

    record: int
    reason: str
    other_record: int | None = None
    minutes: int | None = None


@dataclass(eq=False)
class ReversalBlocked(RuleBroken):
    """What the record brought is no longer there, so it cannot go back."""

    record: int
    cause: InsufficientStock


@dataclass(eq=False)
class DoneBefore(RuleBroken):
    """The same person did the same a moment ago and may not have seen the answer."""

    record: int
    age: timedelta


@dataclass(eq=False)
class SelfApproval(RuleBroken):
    """Whoever had a hand in a thing since its last decision never decides about it."""

    noun: str
    label: str


@dataclass(eq=False)
class AlreadyRegistered(RuleBroken):
    """The person registered before; an e-mail that came with it was not taken."""

    since: datetime
    has_new_email: bool = False


@dataclass(eq=False)
class AccessKept(RuleBroken):
    """Nobody's access is switched off by themselves, and the owner's by nobody."""

    user_id: int
    is_oneself: bool = False


@dataclass(eq=False)
class ExportTooLarge(RuleBroken):
    """A file that Discord would not take; it was full at this record."""

    last: int


class StaleControl(RuleBroken):
    """A button or list that this version does not know, or whose state is not to be had."""


@dataclass(eq=False)
class NotAllowed(TallymanError):
    """The person lacks every one of `permissions`, any of which would have sufficed."""

    permissions: tuple[str, ...]
    reason: str = "missing"
    needs_all: bool = False


@dataclass(eq=False)
class Unavailable(TallymanError):
    """The database cannot serve right now; nothing was changed.

    Unless a commit's answer was lost: then nobody can know yet, and `is_certain` is false.
    """

    is_certain: bool = True


class KeyMissing(TallymanError):
    """Contact data cannot be sealed or opened: the key is not there, or it is another one."""


@dataclass(eq=False)
class GrantRefused(TallymanError):
    """The owner of the database cannot hand out rights; `reason` is a code, `user` the hinge.

    `may_not_create`: the user does not exist and the owner may not make it. `owns_not_all`: the
    tables belong to somebody else than this owner.
    """

    reason: str
    user: str


@dataclass(eq=False)
class LoginRefused(TallymanError):
    """The database does not know the user, the password is another, or it may not connect."""

    user: str


@dataclass(eq=False)
class SchemaOutdated(TallymanError):
    """The database's schema is not the one this version works with."""

    current: str | None
    expected: str


@dataclass(eq=False)
class BrokenBooks(TallymanError):
    """What the ledger says and what a table holds differ: a defect, never the person's fault."""

    detail: str
    at: datetime | None = field(default=None)
