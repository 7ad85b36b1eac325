"""What the rules about roles refuse."""

from collections.abc import Mapping
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
    """People grant and take away only what they hold; `missing` is what they lack of that.

    The role grants it, or it would if that is what was asked for, or it is to be taken away.
    """

    role: str
    missing: tuple[str, ...]
    is_asked_for: bool = False
    is_taken: bool = False


@dataclass(eq=False)
class DefaultRoleExceeded(RuleBroken):
    """The default role grants at most what employees hold; `beyond` is what is more."""

    role: str
    beyond: tuple[str, ...]


@dataclass(eq=False)
class EveryoneOnlyLooks(RuleBroken):
    """A role that everyone in the guild holds may only grant permissions to look."""

    role: str


def names_among(known: Mapping[int, str], joined: str) -> set[int]:
    """Return the ids of the roles whose names a record joined with commas; raises KeyError.

    Names contain commas themselves, so the longest name that fits is tried first.
    """
    if not joined:
        return set()
    for role_id, name in sorted(known.items(), key=lambda each: -len(each[1])):
        if joined == name:
            return {role_id}
        if joined.startswith(f"{name}, "):
            rest = {id_: other for id_, other in known.items() if id_ != role_id}
            try:
                return {role_id} | names_among(rest, joined[len(name) + 2 :])
            except KeyError:
                continue
    raise KeyError(joined)
