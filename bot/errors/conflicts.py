"""The books moved on, or already contain what was asked for."""

from dataclasses import dataclass
from datetime import datetime

from bot.errors.root import TallymanError


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
class Overtaken(Conflict):
    """Someone else changed the thing after the person looked at it."""

    noun: str
    label: str
    status: str
    changed_by: int
    changed_at: datetime
    record: int


@dataclass(eq=False)
class KeyReused(Conflict):
    """The idempotency key was used before by another person or for another request."""

    key: str
