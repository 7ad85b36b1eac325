"""The root of everything that Tallyman refuses or fails to do, as one tree.

An error carries facts in fields, never a sentence: ``bot/views/errors/`` is the only place
that turns one into words. What only one noun can raise is beside its domain module.

    TallymanError
      NotFound                 no such item, location, role, record ...
      Ambiguous                what was typed means several things
        InsideNeeded           locations inside the one that was named hold the item
        NothingToUndo, NotRepeatable, NotBound, NotRegistered
      NamesUnknown             some of several names do not exist
      Conflict
        AlreadyExists          the name or SKU is taken
          ItemExists, LocationExists, SupplierExists, LooksAlike
        StaleVersion           the thing was changed since the person looked at it
        IllegalStep            the thing's status does not allow this
        AlreadyDecided         another person was quicker
        KeyReused              the idempotency key belongs to another request
      RuleBroken
        InvalidValue           a typed value is not acceptable
        LimitReached           a bound of the product is hit
        NothingToDo            the books already say so
          AlreadyArchived, AlreadyInUse, AlreadyBound, AlreadyDeactivated, AlreadyActive,
          SettingUnchanged, MemberUnchanged, DayClosed
        Archived               an archived thing takes no part in moves
        StillInUse             it holds stock, or others depend on it
          ItemInStock, LocationNotEmpty, LocationHasLocations
        SelfApproval, StaleControl, TooManyAtOnce, HeavyWorkUnderWay
        of stock               InsufficientStock, SameLocation, NothingInStock, LocationNeeded,
                               NotReversible, ReversalBlocked
        of locations           InsideItself
        of items               UnitFixed, WrongUnit, NotWhole
        of quantities          AmbiguousQuantity
        of records             DoneBefore, ExportTooLarge
        of roles               GrantExceeded, EveryoneOnlyLooks
        of members             AlreadyRegistered, AccessKept, ReactivationExceeded,
                               TooManyChanges, MemberLeft
        of settings            SetUpUnchanged, NotSetUp
      NotAllowed               the person lacks a permission
      Unavailable              the database cannot serve now; nothing was changed
      ClockBehind              the clock is minutes behind the newest record
      KeyMissing               contact data cannot be encrypted or decrypted
      SchemaOutdated           the database needs a migration
      SchemaUnknown            the database's schema is of another version of the program
      UnknownRevision          no such revision, or none on the way
      NoBooks                  the database is missing, or another program's
      GrantRefused             the database's owner cannot grant privileges
      LoginRefused             the database does not let this user in
      BrokenBooks              the ledger and a table differ: a defect
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias


class TallymanError(Exception):
    """The root: anything the product itself says no to."""


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


class Conflict(TallymanError):
    """The books moved on, or already contain what was asked for."""


@dataclass(eq=False)
class AlreadyExists(Conflict):
    """Another row of this guild has the value that must be unique."""

    noun: str
    field: str = "name"
    value: str = ""


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
    """The decision was already made, by another person or earlier."""

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
    whether `/my register` would give it to them, and which Discord roles bring it.
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


# What ails a database, in the word that `/readyz` says. The first four pass, or are another node's
# or an operator's to change; the others need a repair.
Trouble: TypeAlias = Literal[
    "busy",
    "unreachable",
    "changing over",
    "login refused",
    "no such database",
    "disk full",
    "read-only",
    "disk failing",
    "damaged",
    "clock behind",
]


@dataclass(eq=False)
class Unavailable(TallymanError):
    """The database cannot serve right now; nothing was changed.

    Unless a commit's answer was lost: then the outcome is unknown, and `is_certain` is false.
    """

    is_certain: bool = True
    trouble: Trouble = "busy"


@dataclass(eq=False)
class ClockBehind(TallymanError):
    """This machine's clock is minutes behind the newest record of the guild's books."""

    now: datetime
    newest: datetime


class KeyMissing(TallymanError):
    """Contact data cannot be encrypted or decrypted: the key is missing or another one."""


@dataclass(eq=False)
class GrantRefused(TallymanError):
    """The owner of the database cannot grant privileges to `user`; `reason` is a code.

    `may_not_create`: the user does not exist and the owner may not create it. `owns_not_all`:
    another user owns some of the tables.
    """

    reason: str
    user: str


@dataclass(eq=False)
class LoginRefused(TallymanError):
    """The database does not know the user, rejects the password, or refuses the connection."""

    user: str


@dataclass(eq=False)
class SchemaOutdated(TallymanError):
    """The database's schema is not the one this version works with."""

    current: str | None
    expected: str


@dataclass(eq=False)
class SchemaUnknown(TallymanError):
    """The database's schema is not known to this version: a newer one made it, most often."""

    current: str
    newest: str


@dataclass(eq=False)
class UnknownRevision(TallymanError):
    """An operator asked for a revision that does not exist, or that is not an earlier one."""

    wanted: str
    current: str | None
    known: tuple[str, ...]


@dataclass(eq=False)
class NoBooks(TallymanError):
    """An address leads to no books of this program; `reason` is a code.

    `no_folder`, `is_folder`, `no_file`: what is at the path `place`. `foreign`: a database with
    tables that are not ours.
    """

    reason: str
    place: str


@dataclass(eq=False)
class BrokenBooks(TallymanError):
    """The ledger and a table differ: a defect, never the person's fault."""

    detail: str
    at: datetime | None = field(default=None)
