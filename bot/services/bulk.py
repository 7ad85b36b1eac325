"""Bulk: many lines of one kind moved at once, as one record, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import Reversal, declare_actions
from bot.domain.changes import Change
from bot.domain.imports import Catalogue, RepeatedRow, TrackedItem
from bot.domain.imports.places import Locations, location_keys
from bot.domain.lines import LineFault, LinesRefused
from bot.domain.lots import NotTracked
from bot.domain.names import MAX_REFERENCE, key_of
from bot.domain.posting import require_open
from bot.domain.quantities import ZERO, TypedQuantity
from bot.domain.stock import LevelKey, LineReference, Reference, StockLine
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import InvalidValue, NotFound, TallymanError
from bot.services.availability import require_available
from bot.services.dating import Observed, observe
from bot.services.imports.catalogue import facts_of_locations
from bot.services.lots_moved import share_out
from bot.services.measuring import measure
from bot.services.moved import StockMoved, moved_by, with_low_stock

BulkAction = Literal["take", "put", "move", "count"]
ACTIONS: Final = {
    "take": "bulk.taken",
    "put": "bulk.put",
    "move": "bulk.moved",
    "count": "bulk.counted",
}
AGREED: Final = "bulk.agreed"
MAX_BULK_LINES: Final = 10_000
# Names that are no SKU are looked up one by one.
_MAX_OTHER_NAMES: Final = 200

declare_actions(*ACTIONS.values(), reversal=Reversal.MOVES)
declare_actions(AGREED, reversal=Reversal.MOVES, is_observation=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkLine:
    """One line: what it is called, how much, and where and of which lot if it says so."""

    number: int
    item: str
    quantity: Decimal
    unit: str = ""
    location: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveInBulk:
    """Take, put, move or count many lines; they are at `location` unless they say where."""

    action: BulkAction
    lines: tuple[BulkLine, ...]
    location: Reference | None = None
    target: Reference | None = None
    source: str = ""  # the file they come from


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareBulk:
    """Ask which locations a form of lines is about."""

    action: BulkAction
    location: Reference | None = None
    target: Reference | None = None


@query(permission="stock.bulk", is_shown=False)
async def prepare_bulk(books: Books, request: PrepareBulk) -> tuple[int, int]:
    """Return the ids of the locations of a form, 0 for one that was not named."""
    ids = []
    for reference in (request.location, request.target):
        found = None if reference is None else await books.locations.require_reference(reference)
        ids.append(0 if found is None else found.id)
    require_target(request.action, request.target)
    return ids[0], ids[1]


def require_target(action: BulkAction, target: Reference | None) -> None:
    """Raise InvalidValue for a move that goes nowhere."""
    if action == "move" and target is None:
        raise InvalidValue(field="target", reason="empty")


@operation("stock.bulk", permission="stock.bulk", is_repeatable=True)
async def move_in_bulk(uow: UnitOfWork, request: MoveInBulk) -> StockMoved:
    """Move many lines as one record, or refuse every one that cannot be."""
    require_target(request.action, request.target)
    if not request.lines:
        raise InvalidValue(field="lines", reason="empty")
    if len(request.lines) > MAX_BULK_LINES:
        raise InvalidValue(field="lines", reason="too_many_lines", limit=MAX_BULK_LINES)
    bulk = _Bulk(uow, request)
    await bulk.post()
    if bulk.faults:
        raise LinesRefused(tuple(sorted(bulk.faults, key=lambda fault: fault.number)))
    await observe(uow, bulk.seen)
    await require_available(uow, bulk.posted)
    has_moved = bool(uow.posting.lines)
    action = ACTIONS[request.action] if has_moved else AGREED
    record = uow.record(
        action,
        subject_type="bulk",
        subject_id=None,
        subject=request.source,
        changes=[Change("lines", "", str(len(request.lines)))],
    )
    moved = moved_by(uow, record, action)
    return await with_low_stock(uow, moved)


class _Bulk:
    """The lines of a bulk record on their way into the books."""

    def __init__(self, uow: UnitOfWork, request: MoveInBulk) -> None:
        self._uow = uow
        self._request = request
        self.faults: list[LineFault] = []
        self.posted: list[StockLine] = []
        self.seen: list[Observed] = []

    async def post(self) -> None:
        """Post every line that can be, and note what is wrong with the others."""
        target = None
        if self._request.target is not None:
            target = (await self._uow.locations.require_reference(self._request.target)).id
        places = await self._find_places()
        items = await self._find_items()
        wanted, references = [], []
        for line in self._request.lines:
            item, place = items.get(line.item), places.get(line.location)
            if item is None or place is None:
                continue
            wanted.append(line)
            references.append(self._reference(item, place, target))
        if not references:
            return
        found = await self._uow.stock.lines(references)
        if self._request.action == "count":
            await self._count(wanted, found)
            return
        shared: dict[tuple[int, int, str], int] = {}
        for line, stock in zip(wanted, found, strict=True):
            if not stock.item.is_tracked or self._request.action == "put":
                await self._move(line, stock)
                continue
            way = stock.item.id, stock.source.id, key_of(line.lot)
            first = shared.setdefault(way, line.number)
            if first == line.number:
                await self._share(line, stock)
            else:
                # Which lots are left is read from the books, which the first line did not reach.
                self._refuse(line, RepeatedRow(first))

    def _reference(self, item: Reference, place: int, target: int | None) -> LineReference:
        match self._request.action:
            case "put":
                return LineReference(item, VirtualLocation.SUPPLIER, place)
            case "move":
                return LineReference(item, place, target or place)
            case "count":
                return LineReference(item, VirtualLocation.GAIN, place)
            case _:
                return LineReference(item, place, VirtualLocation.CUSTOMER)

    async def _move(self, line: BulkLine, stock: StockLine) -> None:
        try:
            quantity = await self._measure(line, stock, allow_zero=False)
            self._uow.stock.post(stock, quantity)
        except TallymanError as error:
            self._refuse(line, error)
            return
        self.posted.append(stock)

    async def _share(self, line: BulkLine, stock: StockLine) -> None:
        """Take or move the lot that the line names, else those that expire first."""
        try:
            require_open(stock)
            typed = TypedQuantity(line.quantity, line.unit)
            quantity = (await measure(self._uow, stock.item, typed)).quantity
            for share in await share_out(self._uow, stock, quantity, line.lot or None):
                self._uow.stock.post(share.line, share.quantity)
                self.posted.append(share.line)
        except TallymanError as error:
            self._refuse(line, error)

    async def _count(self, wanted: Sequence[BulkLine], found: Sequence[StockLine]) -> None:
        """Post the differences: what is more comes from `gain`, what is less goes to `loss`."""
        less: list[tuple[BulkLine, LineReference, Decimal]] = []
        seen: dict[tuple[int, int], int] = {}
        for line, stock in zip(wanted, found, strict=True):
            first = seen.setdefault((stock.item.id, stock.target.id), line.number)
            try:
                if first != line.number:
                    raise RepeatedRow(first)  # one way for all that is refused
                counted = await self._measure(line, stock, allow_zero=True)
                difference = counted - (stock.target.level or ZERO)
                if difference > 0:
                    self._uow.stock.post(stock, difference)
            except TallymanError as error:
                self._refuse(line, error)
                continue
            self.seen.append(Observed(LevelKey(stock.item.id, stock.target.id), counted))
            if difference < 0:
                goes = LineReference(stock.item.id, stock.target.id, VirtualLocation.LOSS)
                less.append((line, goes, -difference))
        losses = await self._uow.stock.lines([each[1] for each in less]) if less else []
        for (line, _, difference), stock in zip(less, losses, strict=True):
            try:
                self._uow.stock.post(stock, difference)
            except TallymanError as error:
                self._refuse(line, error)

    async def _measure(self, line: BulkLine, stock: StockLine, *, allow_zero: bool) -> Decimal:
        if stock.item.is_tracked:
            raise TrackedItem(stock.item.sku)
        if line.lot:
            raise NotTracked(stock.item.sku)
        typed = TypedQuantity(line.quantity, line.unit)
        return (await measure(self._uow, stock.item, typed, allow_zero=allow_zero)).quantity

    async def _find_items(self) -> dict[str, Reference]:
        """Return what lines call their items: by ids where they are SKUs."""
        names = {line.item for line in self._request.lines}
        keys = {name: key_of(name[:MAX_REFERENCE]) for name in names}
        rows = await self._uow.file_rows.list_items(sorted(set(keys.values())))
        by_key = {row.sku_key: row.id for row in rows}
        found: dict[str, Reference] = {
            name: by_key[key] for name, key in keys.items() if key in by_key
        }
        others = sorted(names - found.keys())
        for name in others[:_MAX_OTHER_NAMES]:
            try:
                await self._uow.items.require_named(name)
            except TallymanError as error:
                self._refuse_all("item", name, error)
            else:
                found[name] = name
        for name in others[_MAX_OTHER_NAMES:]:
            self._refuse_all("item", name, NotFound("item", wanted=name))
        return found

    async def _find_places(self) -> dict[str, int]:
        """Return the ids of the locations that lines name, and of the one for the others."""
        request, uow = self._request, self._uow
        names = {line.location for line in request.lines}
        keys = sorted({key for name in names if name for key in location_keys(name)})
        rows = await uow.file_rows.list_locations(keys)
        locations = Locations(Catalogue(locations=facts_of_locations(rows)))
        found: dict[str, int] = {}
        for name in sorted(names):
            try:
                if name:
                    place = locations.require(name)
                elif request.location is None:
                    raise InvalidValue(field="location", reason="empty")  # as above
                else:
                    place = (await uow.locations.require_reference(request.location)).id
            except TallymanError as error:
                self._refuse_all("location", name, error)
            else:
                found[name] = place
        return found

    def _refuse_all(
        self, column: Literal["item", "location"], name: str, error: TallymanError
    ) -> None:
        for line in self._request.lines:
            if getattr(line, column) == name:
                self._refuse(line, error)

    def _refuse(self, line: BulkLine, error: TallymanError) -> None:
        self.faults.append(LineFault(line.number, line.item, error))
