"""What the rules about members and their access refuse."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import NotFound, NothingToDo, RuleBroken


@dataclass(eq=False)
class NotRegistered(NotFound):
    """No data is stored about the actor."""

    noun: str = field(default="profile", init=False)


@dataclass(eq=False)
class MemberUnchanged(NothingToDo):
    """The member already has these roles or this e-mail address; `label` is their id."""

    noun: str = field(default="member", init=False)


class AlreadyDeactivated(MemberUnchanged):
    """The member was deactivated before."""


class AlreadyActive(MemberUnchanged):
    """The member is not deactivated."""


@dataclass(eq=False)
class AlreadyRegistered(RuleBroken):
    """The actor registered before; an e-mail address that came with it was not stored."""

    since: datetime
    has_new_email: bool = False


@dataclass(eq=False)
class TooManyChanges(RuleBroken):
    """The actor changed their own profile too often within an hour; `again_at` is when they may."""

    again_at: datetime


@dataclass(eq=False)
class MemberLeft(RuleBroken):
    """The person is not in the guild: a role assigned now would expire when they come back."""

    user_id: int


@dataclass(eq=False)
class ReactivationExceeded(RuleBroken):
    """The member would get permissions back that the actor does not hold."""

    user_id: int
    missing: tuple[str, ...]


@dataclass(eq=False)
class DeactivationExceeded(RuleBroken):
    """The member holds permissions that the actor does not, and so could not take away."""

    user_id: int
    missing: tuple[str, ...]


@dataclass(eq=False)
class AccessKept(RuleBroken):
    """Members cannot deactivate themselves; neither the owner nor this program can be."""

    user_id: int
    is_oneself: bool = False
    is_program: bool = False
