"""Adding what was found and is not on the list of a count: it is counted at once."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from bot.database.controllers.stock_counts import Countable
from bot.database.models import Location, StockCount
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Change
from bot.domain.counts import (
    ADD,
    MAX_FOUND,
    MAX_LINES,
    OPEN,
    AlreadyListed,
    AskedAgain,
    NothingEntered,
    OutsideCount,
    TooMuchToCount,
)
from bot.domain.documents import COUNT
from bot.domain.lines import LinesRefused, TypedLine, read_lines
from bot.domain.locations import SEPARATOR
from bot.domain.lots import require_one
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import BY_SERIAL, NO_LOT, LineReference, Reference
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import Archived
from bot.services.approvals.deciding import revise
from bot.services.counts.deciding import COUNT_KIND
from bot.services.counts.documents import subject_of
from bot.services.counts.entering import (
    CountsEntered,
    counted_now,
    require_counting,
    require_seen,
    say_counted,
)
from bot.services.counts.lines import name_lines
from bot.services.documents.changing import DocumentChange
from bot.services.lots_moved import open_lot
from bot.services.measuring import measure
from bot.services.typed_lots import split_lot


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFound:
    """Lines `SKU quantity` that were found at a location.

    Behind the quantity of a tracked item is its lot; one that the books do not know is made, good
    through the day that may follow it.
    """

    count_id: int
    seen: int
    lines: str
    location: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareAdding:
    """Ask for the form that adds what was found."""

    count_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddingPrepared:
    """A count that things can be added to, as of a record."""

    label: str
    record: int


class Found(NamedTuple):
    """What a line says was found, and the row that it makes."""

    sku: str
    unit: str
    row: dict[str, Any]
    serial: str = ""
    lot_changes: tuple[Change, ...] = ()


@query(permission="count.perform", is_shown=False)
async def prepare_adding(books: Books, request: PrepareAdding) -> AddingPrepared:
    """Return what the form says; raises IllegalStep."""
    count = await require_counting(books, request.count_id, ADD)
    return AddingPrepared(label=COUNT.label(count.number), record=books.head.last_record)


@operation("count.add", permission="count.perform")
async def add_found(uow: UnitOfWork, request: AddFound) -> CountsEntered:
    """Add items to a count, with what was counted of them."""
    count = await require_counting(uow, request.count_id, ADD)
    require_seen(uow, request.seen)
    label = COUNT.label(count.number)
    location = await require_inside(uow, count, request.location)
    typed, faults = read_lines(request.lines, has_third=True, limit=MAX_FOUND)
    if faults:
        raise LinesRefused(tuple(faults))
    read = [await _read_line(uow, label, count, location, line, request.seen) for line in typed]
    added = _as_one_line_each(read)
    last = await uow.count_lines.find_last(count.id)
    if last + len(added) > MAX_LINES:
        raise TooMuchToCount(location.path)
    said = say_counted((each.sku, each.row["counted"], each.unit) for each in added)
    changed = await revise(
        uow,
        COUNT_KIND,
        await subject_of(uow, count.id),
        ADD,
        [
            Change("counted", "", said),
            Change("location", "", location.path),
            *(change for each in read for change in each.lot_changes),
        ],
        rows=DocumentChange(added=[each.row for each in added]),
    )
    lines = await uow.count_lines.list_of(count.id, after=last)
    return CountsEntered(
        record=changed.record,
        count_id=count.id,
        version=count.version,
        label=label,
        lines=tuple(await name_lines(uow, lines)),
        left=await uow.count_lines.count(count_id=count.id, state=OPEN),
    )


def _as_one_line_each(read: list[Found]) -> list[Found]:
    """Add up what was found of one thing in several heaps; raises OneOfSerial.

    A count has one line of a thing at a location.
    """
    added: dict[tuple[int, int], Found] = {}
    for found in read:
        row = found.row
        key = row["item_id"], row["lot_id"]
        first = added.setdefault(key, found)
        if first is not found:
            first.row["counted"] += row["counted"]
            if first.serial:
                require_one(first.sku, first.serial, first.row["counted"])
    return list(added.values())


async def require_inside(uow: UnitOfWork, count: StockCount, wanted: Reference | None) -> Location:
    """Return where something was found, which must be inside the location that is counted."""
    counted = await uow.locations.require(count.location_id)
    if wanted is None:
        return counted
    location = await uow.locations.require_reference(wanted)
    is_inside = location.path_key.startswith(f"{counted.path_key}{SEPARATOR}")
    if location.id != counted.id and not is_inside:
        raise OutsideCount(location.path, counted.path)
    if location.archived_at is not None:
        raise Archived("location", location.path, location.id)
    return location


async def _read_line(
    uow: UnitOfWork, label: str, count: StockCount, location: Location, line: TypedLine, seen: int
) -> Found:
    item, pack = await uow.items.require_named(line.name)
    if item.archived_at is not None:
        raise Archived("item", item.sku, item.id)
    behind = await split_lot(uow, item, f"{line.quantity.unit} {line.third}".split())
    opened = None
    if behind.lot is not None:
        opened = await open_lot(uow, item.id, item.sku, behind.lot, behind.expires_on)
    lot_id = NO_LOT if opened is None else opened.lot.id
    reference = LineReference(item.id, VirtualLocation.GAIN, location.id, lot_id)
    (stock,) = await uow.stock.lines([reference])
    typed = TypedQuantity(line.quantity.value, behind.unit)
    measured = await measure(uow, replace(stock.item, pack=pack), typed, field="counted")
    serial = ""
    if stock.lot is not None and stock.item.tracking == BY_SERIAL:
        serial = stock.lot.code
        require_one(item.sku, serial, measured.quantity)
    key = {"item_id": item.id, "location_id": location.id, "lot_id": lot_id}
    if await uow.count_lines.exists(count_id=count.id, **key):
        raise AlreadyListed(label, item.sku, location.path)
    if Countable(**key) in await uow.count_lines.list_moved([item.id], seen):
        moved = AskedAgain(line=0, sku=item.sku, location=location.path, reason="moved")
        raise NothingEntered(label, count.id, (moved,))
    counted = counted_now(uow, stock, measured.quantity)
    made = () if opened is None else opened.changes
    return Found(item.sku, item.unit, {**key, **counted}, serial, made)
