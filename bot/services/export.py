"""The audit as a table for spreadsheets: a row for each move or changed field of each record."""

import asyncio
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.database.models import AuditEvent
from bot.database.operations import query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.changes import Change
from bot.domain.record_detail import RecordDetail, RecordedLine
from bot.domain.records import ExportTooLarge
from bot.services.audit import FindRecords, find_bounds

MAX_BYTES: Final = 9_500_000
_RECORDS_AT_ONCE: Final = 500
_LINES_AT_ONCE: Final = 2000
_COLUMNS: Final = (
    "record", "at", "actor_id", "source", "operation_id", "action", "subject_type", "subject",
    "reverses", "note", "field", "before", "after", "sku", "quantity", "unit", "from",
    "from_before", "from_after", "to", "to_before", "to_after", "hash",
)  # fmt: skip
# A spreadsheet takes a cell that begins like this for a formula, and runs it.
# Full-width signs as well: some fold them when they open the file.
_FORMULA_STARTS: Final = (
    *("=", "+", "-", "@", "\t", "\r", "\n"),
    *("\uff1d", "\uff0b", "\uff0d", "\uff20"),
)
# A level below zero is a number: as a text it would be left out of a sum without a word.
_NUMBER: Final = re.compile(r"-[0-9]+(\.[0-9]+)?", re.ASCII)
_BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportAudit:
    """Ask for the records of a period as they were typed."""

    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRecords:
    """Read the next records of an export."""

    after: int
    beyond: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLines:
    """Read the next lines of a record that keeps them in the ledger alone."""

    record: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditExported:
    """The table as a file, and which records it holds."""

    content: bytes
    records: int
    first: int
    last: int


@query("export_audit", permission="audit.view", is_shown=False, is_heavy=True, is_sensitive=True)
async def find_period(books: Books, request: ExportAudit) -> tuple[int, int]:
    """Return the first record of a period and the one beyond its last."""
    return await find_bounds(books, FindRecords(since=request.since, until=request.until))


@query(permission="audit.view", is_shown=False, is_heavy=True)
async def list_records(books: Books, request: ListRecords) -> list[AuditEvent]:
    """Read the next records of an export."""
    found = await books.audit.list_following(request.after, _RECORDS_AT_ONCE)
    return [event for event in found if event.record < request.beyond]


@query(permission="audit.view", is_shown=False, is_heavy=True)
async def list_lines(books: Books, request: ListLines) -> list[RecordedLine]:
    """Read the next lines of a record from the ledger."""
    return await books.stock.lines_of_record(
        request.record, after=request.after, limit=_LINES_AT_ONCE
    )


async def export_audit(db: DatabaseService, request: ExportAudit, actor: Actor) -> AuditExported:
    """Write the records of a period as CSV; raises ExportTooLarge beyond what Discord takes."""
    async with db.reads.heavy_work(actor.guild_id):
        first, beyond = await db.query(find_period, request, actor)
        # Encoded as it is written: as text it would need four times the memory.
        file = io.BytesIO()
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        text.write(_BYTE_ORDER_MARK)
        table = csv.writer(text)
        table.writerow(_COLUMNS)
        records, after, begin = 0, first - 1, 0
        while piece := await db.query(list_records, ListRecords(after=after, beyond=beyond), actor):
            details = await _read_details(db, piece, actor)
            # Half a thousand records hold the loop for as long as many interactions take.
            await asyncio.to_thread(_write_all, table, zip(piece, details, strict=True))
            begin = begin or piece[0].record
            records, after = records + len(piece), piece[-1].record
            if file.tell() > MAX_BYTES:
                raise ExportTooLarge(last=after)
    return AuditExported(content=file.getvalue(), records=records, first=begin, last=after)


def safe_cell(value: Any) -> str:
    """Return a cell that a spreadsheet shows and does not run."""
    text = "" if value is None else str(value)
    is_formula = text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


async def _read_details(
    db: DatabaseService, events: Sequence[AuditEvent], actor: Actor
) -> list[RecordDetail]:
    details = await asyncio.to_thread(lambda: [RecordDetail.load(each.detail) for each in events])
    for place, detail in enumerate(details):
        if detail.has_lines_in_ledger_alone:
            lines = await _read_all_lines(db, events[place].record, actor)
            details[place] = replace(detail, lines=lines)
    return details


def _write_all(table: Any, records: Iterable[tuple[AuditEvent, RecordDetail]]) -> None:
    for event, detail in records:
        table.writerows(_rows_of(event, detail))


async def _read_all_lines(
    db: DatabaseService, record: int, actor: Actor
) -> tuple[RecordedLine, ...]:
    lines: list[RecordedLine] = []
    while True:
        # The lines of a record are numbered from one, without gaps.
        found = await db.query(list_lines, ListLines(record=record, after=len(lines)), actor)
        lines += found
        if len(found) < _LINES_AT_ONCE:
            return tuple(lines)


def _rows_of(event: AuditEvent, detail: RecordDetail) -> Iterator[Sequence[str]]:
    shared = {
        "record": event.record,
        "at": event.at.isoformat(timespec="seconds"),
        "actor_id": event.actor_id,
        "source": event.source,
        "operation_id": event.operation_id,
        "action": event.action,
        "subject_type": event.subject_type,
        "subject": event.subject,
        "reverses": event.reverses,
        "note": detail.note,
        "hash": event.hash,
    }
    for own in [*map(_move, detail.lines), *map(_field, detail.changes)] or [{}]:
        row = shared | own
        yield [safe_cell(row.get(name)) for name in _COLUMNS]


def _move(line: RecordedLine) -> dict[str, Any]:
    source, target = line.source, line.target
    return {
        "sku": line.sku,
        "quantity": line.quantity,
        "unit": line.unit,
        "from": source.name,
        "from_before": source.before,
        "from_after": source.after,
        "to": target.name,
        "to_before": target.before,
        "to_after": target.after,
    }


def _field(change: Change) -> dict[str, Any]:
    return {"field": change.field, "before": change.before, "after": change.after}
