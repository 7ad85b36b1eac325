"""What the rules about roles refuse."""

from dataclasses import dataclass, field

from bot.errors import NotFound, NothingToDo, RuleBroken


@dataclass(eq=False)
class NotBound(NotFound):
    """The Discord role does not grant the app role `wanted`."""

    noun: str = field(default="binding", init=False)


@dataclass(eq=False)
class AlreadyBound(NothingToDo):
    """The Discord role already grants the app role."""

    noun: str = field(default="role", init=False)


@dataclass(eq=False)
class GrantExceeded(RuleBroken):
    """People grant only what they hold; `missing` is what the role holds beyond that.

    Or what it would hold, if that is what was asked for.
    """

    role: str
    missing: tuple[str, ...]
    is_asked_for: bool = False


@dataclass(eq=False)
class EveryoneOnlyLooks(RuleBroken):
    """A role that everyone in the guild holds may only grant permissions to look."""

    role: str
