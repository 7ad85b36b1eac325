"""What a record says besides who, when and what: its lines, changed fields and a note.

A record with more lines than people read in one answer keeps them in the ledger alone, where each
is one row: the detail, the receipt and the answer have the count. Reading them from the ledger
gives names as they are now and no levels; a short record keeps both as they were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import orjson

from bot.domain.changes import Change
from bot.domain.dated import Dated
from bot.domain.document_contents import RecordContents
from bot.domain.falls import LET_FALL
from bot.domain.quantities import format_quantity
from bot.domain.requests import SUPPLIED, SuppliedLine
from bot.domain.stock import NO_LOT, MovedLine

MAX_KEPT_LINES: Final = 10
_UNDATED: Final[Mapping[int, Dated]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RecordedEnd:
    """A location of a recorded move, with its level before and after if the record kept it."""

    id: int
    name: str
    before: Decimal | None = None
    after: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """A move as its record shows it."""

    item_id: int
    sku: str
    unit: str
    quantity: Decimal
    source: RecordedEnd
    target: RecordedEnd
    lot_id: int = NO_LOT
    lot: str = ""
    expires_on: date | None = None
    # The record of the count that it keeps true, if it was posted for that.
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class RecordDetail:
    """A record's detail as it was read; `line_count` counts lines that are in the ledger alone."""

    lines: tuple[RecordedLine, ...] = ()
    line_count: int = 0
    changes: tuple[Change, ...] = ()
    note: str = ""
    # When a device did it, if the record was made later, and which counts it keeps true.
    happened_at: datetime | None = None
    corrects: tuple[int, ...] = ()

    @property
    def has_lines_in_ledger_alone(self) -> bool:
        """Whether the lines have to be read from the ledger."""
        return self.line_count > len(self.lines)

    @classmethod
    def load(cls, text: str) -> "RecordDetail":
        """Read a detail back, of any version of the program."""
        kept = orjson.loads(text)
        lines = tuple(map(_load_line, kept.get("lines", ())))
        before = kept.get("before", {})
        return cls(
            lines=lines,
            line_count=kept.get("line_count", len(lines)),
            changes=tuple(
                Change(name, before.get(name, ""), after)
                for name, after in kept.get("after", {}).items()
            ),
            note=kept.get("note", ""),
            happened_at=_load_time(kept.get("happened_at")),
            corrects=tuple(kept.get("corrects", ())),
        )


def write_detail(
    lines: Sequence[MovedLine],
    changes: Sequence[Change],
    note: str,
    contents: RecordContents | None = None,
    supplied: Sequence[SuppliedLine] = (),
    happened_at: datetime | None = None,
    dated: Mapping[int, Dated] = _UNDATED,
    let_fall: Sequence[int] = (),
) -> dict[str, object]:
    """Return a record's detail as plain values; it is hashed and never changes again."""
    detail: dict[str, object] = {}
    if len(lines) > MAX_KEPT_LINES:
        detail["line_count"] = len(lines)
    elif lines:
        detail["lines"] = [
            _write_line(line, dated.get(number)) for number, line in enumerate(lines, start=1)
        ]
    if changes:
        detail["before"] = {change.field: change.before for change in changes}
        detail["after"] = {change.field: change.after for change in changes}
    if note:
        detail["note"] = note
    if contents is not None:
        detail["contents"] = contents.write()
    if supplied:
        detail[SUPPLIED] = [
            (each.request_id, each.line, format_quantity(each.before), format_quantity(each.after))
            for each in supplied
        ]
    if let_fall:
        detail[LET_FALL] = list(let_fall)
    if happened_at is not None:
        detail["happened_at"] = happened_at
    corrects = {each.corrects for each in dated.values() if each.corrects is not None}
    if corrects:
        detail["corrects"] = sorted(corrects)
    return detail


def _write_line(line: MovedLine, dated: Dated | None) -> dict[str, object]:
    source, target = line.source, line.target
    written: dict[str, object] = {
        "item_id": line.item_id,
        "sku": line.sku,
        "unit": line.unit,
        "quantity": line.quantity,
        "from": (source.id, source.name, source.before, source.after),
        "to": (target.id, target.name, target.before, target.after),
    }
    if line.lot_id != NO_LOT:
        written["lot_id"] = line.lot_id
        written["lot"] = line.lot
        if line.expires_on is not None:
            written["expires"] = line.expires_on.isoformat()
    if dated is not None and dated.corrects is not None:
        written["corrects"] = dated.corrects
    return written


def _load_line(kept: Mapping[str, Any]) -> RecordedLine:
    return RecordedLine(
        item_id=kept["item_id"],
        sku=kept["sku"],
        unit=kept["unit"],
        quantity=Decimal(kept["quantity"]),
        source=_load_end(*kept["from"]),
        target=_load_end(*kept["to"]),
        lot_id=kept.get("lot_id", NO_LOT),
        lot=kept.get("lot", ""),
        expires_on=date.fromisoformat(kept["expires"]) if "expires" in kept else None,
        corrects=kept.get("corrects"),
    )


def _load_end(location_id: int, name: str, before: str, after: str) -> RecordedEnd:
    return RecordedEnd(location_id, name, Decimal(before), Decimal(after))


def _load_time(kept: str | None) -> datetime | None:
    return None if kept is None else datetime.fromisoformat(kept).astimezone(UTC)
