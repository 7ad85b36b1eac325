"""Locations: their paths, and what their rules refuse."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from bot.domain.names import key_of
from bot.domain.stock import LOCATION_KINDS
from bot.errors import AlreadyExists, InvalidValue, LimitReached, RuleBroken, StillInUse

# Between the names of a path, as it is shown; no name contains the sign.
SEPARATOR: Final = " \u203a "
_SIGN: Final = SEPARATOR.strip()
# How deep locations may be inside each other: a path stays readable, and fits an index.
MAX_DEPTH: Final = 8
# Stands for the beginning of a path that was cut to fit.
_CUT: Final = "\u2026"
_MAX_SHORT: Final = 100
# What people type between names; in a name these are allowed, so they are tried last.
_TYPED_SIGNS: Final = re.compile(r"[/\\>\u00bb\u2192]")


class TypedPath(NamedTuple):
    """A path as it was typed, to be compared with paths' keys."""

    key: str
    last: str  # the key of the last name
    is_whole: bool  # from the outermost location on
    is_end: bool  # certainly not from there on


def join_path(above: str, name: str) -> str:
    """Return the path of a location inside another; raises LimitReached for too many levels."""
    path = f"{above}{SEPARATOR}{name}"
    require_depth(path)
    return path


def require_depth(path: str) -> None:
    """Raise LimitReached for a path of too many levels."""
    if path.count(_SIGN) + 1 > MAX_DEPTH:
        raise LimitReached("level of locations", MAX_DEPTH)


def require_single_name(name: str) -> str:
    """Return the name unless it contains the sign that divides paths; raises InvalidValue."""
    if _SIGN in name:
        raise InvalidValue(field="name", reason="path_sign", value=_SIGN)
    return name


def require_kind(kind: str) -> str:
    """Return what a location is for; raises InvalidValue for what no location is."""
    if kind not in LOCATION_KINDS:
        raise InvalidValue(field="kind", reason="unknown_kind", value=kind)
    return kind


def read_path(typed: str) -> TypedPath | None:
    """Return what was typed as a path, None if it is a single name."""
    pieces = typed.split(_SIGN) if _SIGN in typed else _TYPED_SIGNS.split(typed)
    names = [key_of(piece) for piece in pieces]
    kept = [name for name in names if name and name != _CUT]
    if len(names) == 1 or not kept:
        return None
    return TypedPath(SEPARATOR.join(kept), kept[-1], names[0] == "", names[0] == _CUT)


def typed_names(typed: str) -> list[str]:
    """Return the names of what may be a path with a sign of the keyboard, as they were typed."""
    if _SIGN in typed:
        return [typed]
    names = [piece.strip() for piece in _TYPED_SIGNS.split(typed)]
    return names if all(names) else [typed]


def short_path(path: str) -> str:
    """Return a path in at most a hundred characters, without its beginning if it is longer."""
    names = path.split(SEPARATOR)
    for first in range(len(names)):
        kept = ([_CUT] if first else []) + names[first:]
        if len(SEPARATOR.join(kept)) <= _MAX_SHORT:
            return SEPARATOR.join(kept)
    return names[-1]


def anchored(path: str) -> str:
    """Return how to type an outermost location whose name others inside have as well."""
    return f"{_SIGN} {path}"


@dataclass(eq=False)
class LocationExists(AlreadyExists):
    """Another location, perhaps an archived one, has this name."""

    noun: str = field(default="location", init=False)
    is_archived: bool = False
    archived_id: int = 0


@dataclass(eq=False)
class LocationNotEmpty(StillInUse):
    """A location with stock cannot be archived; `item` is one that is in stock there."""

    location: str
    item: str
    quantity: Decimal
    unit: str


@dataclass(eq=False)
class LocationHasLocations(StillInUse):
    """A location with locations inside cannot be archived; `inside` is one of them."""

    location: str
    inside: str


@dataclass(eq=False)
class InsideItself(RuleBroken):
    """A location cannot be put into itself or into what is inside it."""

    location: str
    parent: str
