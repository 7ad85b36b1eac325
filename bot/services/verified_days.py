"""Verifying kept days: an item's are made from the ledger again, up to its mark, and compared."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.database.controllers.base import BaseController
from bot.database.unit import Books
from bot.domain.compared_days import NOUN, compare_days
from bot.domain.findings import Finding
from bot.domain.item_days import NO_ZONE, ItemDays
from bot.domain.quantities import ZERO
from bot.domain.verification import Verification

_ROWS_AT_ONCE: Final = 1000
_MARK: Final = "item day mark"
Row = Mapping[str, Any]


async def verify_days(books: Books, verification: Verification) -> None:
    """Note what differs from the ledger; days that are to be made again are not looked at.

    One item after another, so that no more than the days of one are in memory.
    """
    marks: dict[Any, Row] = {}
    async for mark in _rows(books.item_day_marks, ("item_id",)):
        marks[mark["item_id"]] = mark
    async for item_id, days in _days_by_item(books):
        if item_id not in marks:
            thing = f"{item_id} / {days[0]['day']}"
            verification.note(Finding("row_stray", None, noun=NOUN, thing=thing))
        else:
            await _compare(books, verification, marks.pop(item_id), days)
    for mark in marks.values():
        await _compare(books, verification, mark, ())


async def _compare(
    books: Books, verification: Verification, mark: Row, days: Sequence[Row]
) -> None:
    item_id, zone, until = mark["item_id"], mark["timezone"], mark["last_record"]
    if zone == NO_ZONE:
        return
    item = await books.items.get_by_id(item_id)
    name = item.sku if item is not None else str(item_id)
    try:
        ZoneInfo(zone)
        until = min(until, books.head.last_record)
    except (ValueError, TypeError, OSError, LookupError):
        verification.note(Finding("row_stray", None, noun=_MARK, thing=name))
        return
    made = ItemDays(zone)
    async for piece in books.item_days.page_recorded(item_id, 0, until):
        made.take(piece)
    for finding in compare_days(name, until, days, made.candles(ZERO)):
        verification.note(finding)


async def _days_by_item(books: Books) -> AsyncIterator[tuple[int, list[Row]]]:
    of_item: list[Row] = []
    async for row in _rows(books.item_days, ("item_id", "day")):
        if of_item and of_item[-1]["item_id"] != row["item_id"]:
            yield of_item[-1]["item_id"], of_item
            of_item = []
        of_item.append(row)
    if of_item:
        yield of_item[-1]["item_id"], of_item


async def _rows(controller: BaseController[Any], key: tuple[str, ...]) -> AsyncIterator[Row]:
    after: tuple[Any, ...] | None = None
    while rows := await controller.page_stored(after, _ROWS_AT_ONCE):
        for row in rows:
            yield row
        after = tuple(rows[-1][name] for name in key)
