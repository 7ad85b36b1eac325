"""The database or the installation cannot do it now: for its operator to change."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from bot.errors.root import TallymanError

# What ails a database, in the word that `/readyz` says. The first four pass, or are another node's
# or an operator's to change; the others need a repair.
Trouble: TypeAlias = Literal[
    "busy",
    "unreachable",
    "changing over",
    "login refused",
    "no such database",
    "wrong schema",
    "no rights",
    "disk full",
    "read-only",
    "disk failing",
    "damaged",
    "clock behind",
    "clock ahead",
]


@dataclass(eq=False)
class Unavailable(TallymanError):
    """The database cannot serve right now; nothing was changed.

    Unless a commit's answer was lost: then the outcome is unknown, and `is_certain` is false.
    """

    is_certain: bool = True
    trouble: Trouble = "busy"
    # The file, where the database is one and it is known.
    place: str = ""


@dataclass(eq=False, kw_only=True)
class ClockWrong(Unavailable):
    """This machine's clock is minutes ahead of Discord's or behind it."""

    now: datetime
    right: datetime


@dataclass(eq=False)
class ClockBehind(TallymanError):
    """This machine's clock is minutes behind the newest record of the guild's books."""

    now: datetime
    newest: datetime


class KeyMissing(TallymanError):
    """Contact data cannot be encrypted or decrypted: the key is missing or another one."""


class ValueDamaged(KeyMissing):
    """A value is no text that the key which it names encrypted for its row and column."""


@dataclass(eq=False)
class KeyUnreadable(TallymanError):
    """There is a key file, but `file` cannot be read, for a `reason` in a few words."""

    file: str
    reason: str


@dataclass(eq=False)
class GrantRefused(TallymanError):
    """The owner of the database cannot grant privileges to `user`; `reason` is a code.

    `may_not_create`: the user does not exist and the owner may not create it. `owns_not_all`:
    another user owns some of the tables.
    """

    reason: str
    user: str


@dataclass(eq=False)
class DistributionRefused(TallymanError):
    """The tables cannot be distributed over Citus; `reason` is a code.

    `no_extension`: the database has no Citus. `not_coordinator`: the address leads to another node.
    `in_use`: `detail` connections are open. `failed`: it says itself why, in `detail`.
    """

    reason: str
    detail: str = ""


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
    tables that are not ours. `elsewhere`: our tables are in the schema `place`, and search_path
    begins with another.
    """

    reason: str
    place: str


@dataclass(eq=False)
class BackupRefused(TallymanError):
    """The operator must fix something first, and nothing was changed; no secret is in it."""

    problem: str

    def __str__(self) -> str:
        return self.problem


@dataclass(eq=False)
class BrokenBooks(TallymanError):
    """The ledger and a table differ: a defect, never the person's fault."""

    detail: str
    at: datetime | None = field(default=None)
