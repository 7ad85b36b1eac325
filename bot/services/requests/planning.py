"""Planning a pick: from which places what is left of a request is best taken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from bot.database.controllers.request_statements import MAX_SPOTS
from bot.database.models import Request
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.documents import REQUEST
from bot.domain.quantities import ZERO
from bot.domain.requests import NothingToPick, PickRow, RowKey, sign_plan
from bot.domain.stock import Reference
from bot.services.availability import read_availability, read_today
from bot.services.requests.documents import MAY_PICK, RequestedLine, read_requested

ROWS_AT_ONCE: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPick:
    """Ask where to go for a request."""

    request: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class PickPlanned:
    """What to take from where, by location, and the lines for which that does not suffice.

    `further` is how much of a line is at more places than are listed at once.
    """

    request_id: int
    label: str
    wanted_for: str
    version: int
    status: str
    record: int
    rows: tuple[PickRow, ...]
    lacking: tuple[RequestedLine, ...]
    further: Mapping[int, Decimal] = field(default_factory=dict)
    # Numbers of the lines whose item is archived: none of it will come in.
    archived: frozenset[int] = frozenset()

    @property
    def signature(self) -> int:
        """Return by what the list is known again."""
        return sign_plan(self.version, list(self.rows))

    @property
    def planned(self) -> dict[int, Decimal]:
        """Return how much is taken for each line."""
        return _sum_up(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShort:
    """Ask for the next rows to fill in what was picked, behind one of the list."""

    request_id: int
    after: RowKey | None = None


@query(permission=MAY_PICK)
async def plan_pick(books: Books, request: PlanPick) -> PickPlanned:
    """List what to take from where; raises NotFound, IllegalStep."""
    found = await books.requests.require_reference(request.request)
    return await plan(books, found)


@query(permission=MAY_PICK, is_shown=False)
async def plan_short(books: Books, request: PlanShort) -> PickPlanned:
    """List the next five rows at most, to be filled in; raises NothingToPick."""
    planned = await plan(books, await books.requests.require(request.request_id))
    rows = await rows_behind(books, planned, request.after)
    if not rows:
        raise NothingToPick(planned.label)
    return replace(planned, rows=tuple(rows[:ROWS_AT_ONCE]))


async def plan(books: Books, request: Request) -> PickPlanned:
    """Plan a pick of what is left of a request: as little walking as stock and lots allow."""
    REQUEST.require_step("pick", request.number, request.status)
    lines = [line for line in await read_requested(books, request.id) if line.left]
    chosen, further = await _choose(books, lines)
    rows = sorted(chosen, key=lambda row: (row.location, row.sku, row.key))
    planned = _sum_up(rows)
    lacking = tuple(line for line in lines if planned.get(line.number, ZERO) < line.left)
    items = await books.items.get_many([line.item_id for line in lacking])
    return PickPlanned(
        request_id=request.id,
        label=REQUEST.label(request.number),
        wanted_for=request.wanted_for,
        version=request.version,
        status=request.status,
        record=books.head.last_record,
        rows=tuple(rows),
        lacking=lacking,
        further=further,
        archived=frozenset(
            line.number for line in lacking if items[line.item_id].archived_at is not None
        ),
    )


async def rows_behind(
    books: Books, planned: PickPlanned, after: RowKey | None
) -> tuple[PickRow, ...]:
    """Return the rows of a plan that follow one, whether it is still in it or not."""
    if after is None:
        return planned.rows
    location = await books.locations.get_by_id(after.location_id)
    path = location.path if location else ""
    lines = await read_requested(books, planned.request_id)
    skus = {line.number: line.sku for line in lines}
    last = (path, skus.get(after.line, ""), after)
    return tuple(row for row in planned.rows if (row.location, row.sku, row.key) > last)


async def _choose(
    books: Books, lines: list[RequestedLine]
) -> tuple[list[PickRow], dict[int, Decimal]]:
    """Choose places for lines: lots as they expire, then the largest level first.

    Returned as well is how much of each line is at places behind those that are read.
    """
    if not lines:
        return [], {}
    ids = [line.item_id for line in lines]
    today = await read_today(books)
    items = await books.items.get_many(ids)
    stock = await read_availability(books, list(items.values()), today)
    spots = await books.request_lines.list_spots(ids, today)
    rows, further = [], {}
    for line in lines:
        # What others have reserved stays for them.
        wanted = min(line.left, line.reserved + stock[line.item_id].available)
        near = [spot for spot in spots if spot.item_id == line.item_id]
        for spot in near:
            if wanted <= 0:
                break
            share = min(wanted, spot.quantity)
            wanted -= share
            rows.append(
                PickRow(
                    key=RowKey(line.number, spot.location_id, spot.lot_id),
                    item_id=line.item_id,
                    sku=line.sku,
                    name=line.name,
                    unit=line.unit,
                    location=spot.location,
                    quantity=share,
                    lot=spot.lot or "",
                    expires_on=spot.expires_on,
                )
            )
        if wanted > 0 and len(near) == MAX_SPOTS:
            further[line.number] = wanted
    return rows, further


def _sum_up(rows: Iterable[PickRow]) -> dict[int, Decimal]:
    planned: dict[int, Decimal] = {}
    for row in rows:
        planned[row.key.line] = planned.get(row.key.line, ZERO) + row.quantity
    return planned
