"""The hash chain over a guild's records: canonical JSON in, a hex digest out.

Each record has a format number: the list of fields that its hash covers. A new column is a new
format, so records from before it hash as they always did.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import orjson

_EVENT: Final = frozenset(
    {
        "guild_id",
        "record",
        "at",
        "actor_id",
        "source",
        "action",
        "subject_type",
        "subject_id",
        "subject",
        "detail",
        "reverses",
    }
)
_MOVE: Final = frozenset({"line", "item_id", "source_id", "target_id", "quantity", "actor_id"})
# What rows of the newest format have beside what is hashed.
_BESIDE_EVENT: Final = frozenset({"hash"})
_BESIDE_MOVE: Final = frozenset({"guild_id", "record"})

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Format:
    """Which fields of a record are hashed, and whether the others have their neutral values."""

    event: frozenset[str]
    move: frozenset[str]
    # Hashed unless it is None: the program before format 2 added the column this way.
    unless_none: str | None = None
    is_neutral: Callable[[Row, Sequence[Row]], bool] | None = None


def _has_nothing_of_format_2(event: Row, moves: Sequence[Row]) -> bool:
    # A column that the hash does not cover may only have the value that follows from the others:
    # any other value was written by someone else.
    kind = "system" if event["actor_id"] == 0 else "member"
    return event["actor_kind"] == kind and all(
        move["lot_id"] == 0 and move["unit_cost"] is None and move["currency"] is None
        for move in moves
    )


FORMATS: Final[Mapping[int, Format]] = {
    1: Format(_EVENT, _MOVE, "operation_id", _has_nothing_of_format_2),
    2: Format(
        _EVENT | {"format", "actor_kind", "operation_id"},
        _MOVE | {"lot_id", "unit_cost", "currency"},
    ),
}
NEWEST_FORMAT: Final = max(FORMATS)


def first_link(guild_id: int) -> str:
    """Return the head of an empty chain; it differs by guild, so chains cannot be swapped."""
    return hashlib.sha256(b"tallyman book %d" % guild_id).hexdigest()


def next_link(previous: str, event: Row, moves: Sequence[Row] = ()) -> str:
    """Return the hash of an event by its format: its fields, its moves and the previous hash.

    Raises ValueError as `hashed_content` does.
    """
    content = [previous, *hashed_content(event, moves)]
    at = event["at"]
    # An instant with microseconds is written by the writer itself as `_plain` would, in a tenth
    # of the time; it is the only one.
    is_plain = type(at) is datetime and at.tzinfo is UTC and at.microsecond
    return hashlib.sha256(_write(content) if is_plain else canonical_json(content)).hexdigest()


def hashed_content(
    event: Row, moves: Sequence[Row] = ()
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the fields of an event and of its moves that its format hashes.

    Raises ValueError for an unknown format, and where a field that the format does not hash has
    anything but its neutral value.
    """
    form = FORMATS.get(event["format"])
    if form is None:
        raise ValueError("no such record format")
    if form.is_neutral is not None and not form.is_neutral(event, moves):
        raise ValueError("the record has values that its format does not cover")
    chained = _pick(event, form.event, _BESIDE_EVENT)
    if form.unless_none is not None and event[form.unless_none] is not None:
        chained[form.unless_none] = event[form.unless_none]
    return chained, [_pick_move(move, form.move) for move in moves]


def _pick_move(move: Row, names: frozenset[str]) -> dict[str, Any]:
    picked = _pick(move, names, _BESIDE_MOVE)
    quantity = picked["quantity"]
    # As `_plain` would write it: the writer of JSON takes four times as long to ask for that.
    if type(quantity) is Decimal:
        picked["quantity"] = _spell(quantity)
    return picked


def _pick(row: Row, names: frozenset[str], beside: frozenset[str]) -> dict[str, Any]:
    """Return the named values of a row; a row of the table is copied, in half of the time."""
    if row.keys() == names:
        return dict(row)
    if row.keys() != names | beside:
        return {name: row[name] for name in names}
    picked = dict(row)
    for name in beside:
        del picked[name]
    return picked


def canonical_json(value: Any) -> bytes:
    """Write a value in the one form that equal values share: sorted keys, exact decimals."""
    return orjson.dumps(
        value, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    )


def _write(value: Any) -> bytes:
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _spell(value)
    if isinstance(value, datetime):
        at = value if value.tzinfo is UTC else value.astimezone(UTC)
        return at.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _spell(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError("not a finite decimal")
    # Every digit as the column has it, never rounded: 0.0121 and 0.0124 are two prices.
    return f"{value or value.copy_abs():f}"
