"""Verifying when devices did things: operations and moves are dated as their records say."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from bot.database.controllers.dated_rows import MoveDated, OperationDated
from bot.database.unit import Books
from bot.domain.findings import Finding
from bot.domain.row_comparison import Difference, shown
from bot.domain.verification import Verification

OPERATION: Final = "sync operation"
MOVE: Final = "dated move"
_ROWS_AT_ONCE: Final = 500


async def verify_operations(books: Books, verification: Verification) -> None:
    """Note operations that happened at another time than their record says, with their moves."""
    record, after = -1, ""
    while rows := await books.sync_operations.list_dated(record, after, _ROWS_AT_ONCE):
        await asyncio.to_thread(_check_operations, verification, rows)
        record, after = rows[-1].record, rows[-1].operation_id


async def verify_dated_moves(books: Books, verification: Verification) -> None:
    """Note dates of moves that there are not, and those that keep true what no record says."""
    record, line = -1, -1
    while rows := await books.sync_operations.list_moves(record, line, _ROWS_AT_ONCE):
        await asyncio.to_thread(_check_moves, verification, rows)
        record, line = rows[-1].record, rows[-1].line


def _check_operations(verification: Verification, rows: Sequence[OperationDated]) -> None:
    last = ""
    for row in rows:
        _check_operation(verification, row, is_first=row.operation_id != last)
        last = row.operation_id


def _check_moves(verification: Verification, rows: Sequence[MoveDated]) -> None:
    for row in rows:
        _check_move(verification, row)


def _check_operation(verification: Verification, row: OperationDated, *, is_first: bool) -> None:
    said = None if row.detail is None else orjson.loads(row.detail).get("happened_at")
    at = None if said is None else datetime.fromisoformat(said)
    if at is None:
        if is_first:
            verification.note(
                Finding("row_stray", row.record, noun=OPERATION, thing=row.operation_id)
            )
        return
    if is_first and row.happened_at != at:
        _note_time(verification, row.record, OPERATION, row.operation_id, row.happened_at, at)
    thing = f"{row.record} / {row.line}"
    if row.line is not None and row.dated_line is None:
        verification.note(Finding("row_missing", row.record, noun=MOVE, thing=thing))
    elif row.moved_at is not None and row.corrects is None and row.moved_at != at:
        _note_time(verification, row.record, MOVE, thing, row.moved_at, at)


def _check_move(verification: Verification, row: MoveDated) -> None:
    thing = f"{row.record} / {row.line}"
    if row.moved_line is None or row.detail is None:
        verification.note(Finding("row_stray", row.record, noun=MOVE, thing=thing))
    elif row.corrects is not None and row.corrects != row.reverses:
        corrects = orjson.loads(row.detail).get("corrects", ())
        if row.corrects not in corrects:
            found = Difference("corrects", str(row.corrects), ", ".join(map(str, corrects)))
            verification.note_difference(row.record, MOVE, thing, found)


def _note_time(
    verification: Verification, record: int, noun: str, thing: str, stored: Any, said: datetime
) -> None:
    found = Difference("happened at", shown(stored), shown(said))
    verification.note_difference(record, noun, thing, found)
