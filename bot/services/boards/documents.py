"""What boards show of documents: requests, orders and counts that are under way."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from bot.database.models import Location
from bot.database.unit import Books
from bot.domain.boards import MAX_BOARD_ROWS
from bot.domain.counts import COUNTED, COUNTING, SKIPPED, SUBMITTED
from bot.domain.documents import COUNT, ORDER, REQUEST
from bot.domain.locations import SEPARATOR
from bot.domain.orders import UNDER_WAY as ORDERS_UNDER_WAY
from bot.domain.requests import UNDER_WAY
from bot.services.boards.shown import CountRow, OrderRow, RequestRow
from bot.services.orders.documents import sum_up_orders

# Of each status the newest; what is older waits long enough to be in the list.
_LOOKED_AT: Final = 100
_ORDER_STATUSES: Final = sorted(ORDERS_UNDER_WAY)
_COUNT_STATUSES: Final = (COUNTING, SUBMITTED)


async def read_requests(
    books: Books, location: Location | None
) -> tuple[list[RequestRow], int, bool]:
    """Return the requests under way, what is needed first on top."""
    assert location is None, "a request is of the whole warehouse"
    found, total = await _list_open(books.requests, sorted(UNDER_WAY))
    first = sorted(found, key=lambda each: _by_day(each.needed_by, each.number))[:MAX_BOARD_ROWS]
    lines, done, short = Counter[int](), Counter[int](), Counter[int]()
    ids = [each.id for each in first]
    for line in await books.request_lines.list_of_many(ids) if ids else ():
        lines[line.request_id] += 1
        done[line.request_id] += line.picked >= line.quantity
        short[line.request_id] += line.quantity > line.picked + line.reserved
    rows = [
        RequestRow(
            id=each.id,
            label=REQUEST.label(each.number),
            wanted_for=each.wanted_for,
            status=each.status,
            needed_by=each.needed_by,
            lines=lines[each.id],
            done=done[each.id],
            short=short[each.id],
        )
        for each in first
    ]
    return rows, total, False


async def read_orders(books: Books, location: Location | None) -> tuple[list[OrderRow], int, bool]:
    """Return the orders that wait for a decision or for goods, what was promised first on top."""
    assert location is None, "an order is of the whole warehouse"
    found, total = await _list_open(books.orders, _ORDER_STATUSES)
    first = sorted(found, key=lambda each: _by_day(each.promised_on, each.number))[:MAX_BOARD_ROWS]
    summaries = await sum_up_orders(books, first) if first else {}
    rows = [
        OrderRow(
            id=each.id,
            label=ORDER.label(each.number),
            supplier=summaries[each.id].supplier,
            status=each.status,
            promised_on=each.promised_on,
            lines=summaries[each.id].lines,
            done=summaries[each.id].received,
        )
        for each in first
    ]
    return rows, total, False


async def read_counts(books: Books, location: Location | None) -> tuple[list[CountRow], int, bool]:
    """Return the counts under way, of all locations or of one and those inside it."""
    found, total = await _list_open(books.stock_counts, _COUNT_STATUSES)
    places = await books.locations.get_many(sorted({each.location_id for each in found}))
    if location is not None:
        inside = f"{location.path_key}{SEPARATOR}"
        found = [
            each
            for each in found
            if each.location_id == location.id
            or places[each.location_id].path_key.startswith(inside)
        ]
        total = len(found)
    rows = []
    for each in sorted(found, key=lambda count: count.number)[:MAX_BOARD_ROWS]:
        progress = await books.count_lines.progress_of(each.id)
        rows.append(
            CountRow(
                id=each.id,
                label=COUNT.label(each.number),
                location=places[each.location_id].path,
                status=each.status,
                lines=sum(state.lines for state in progress.values()),
                done=sum(progress[it].lines for it in (COUNTED, SKIPPED) if it in progress),
            )
        )
    return rows, total, False


async def _list_open(documents: Any, statuses: Iterable[str]) -> tuple[list[Any], int]:
    """Return the documents of some statuses, and how many there are."""
    found: list[Any] = []
    total = 0
    for status in statuses:
        page = await documents.page_newest(status, limit=_LOOKED_AT)
        found += page.rows
        total += await documents.count(status=status) if page.has_next else len(page.rows)
    return found, total


def _by_day(day: date | None, number: int) -> tuple[bool, date, int]:
    return day is None, day or date.max, number
