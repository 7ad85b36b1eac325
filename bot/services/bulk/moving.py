"""Bulk: many lines of one kind moved or counted at once, as one record, all or nothing."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.changes import Change
from bot.domain.imports import RepeatedRow
from bot.domain.lines import LineFault, LinesRefused
from bot.domain.lots import LotSetAside, SerialInStock, has_expired, require_one
from bot.domain.posting import require_open
from bot.domain.quantities import ZERO, TypedQuantity
from bot.domain.stock import (
    BY_SERIAL,
    InsufficientStock,
    LineReference,
    StockLine,
)
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import InvalidValue, TallymanError
from bot.services.availability import read_today, require_available
from bot.services.bulk.counting import count_lines
from bot.services.bulk.finding import FoundItem, FoundLine, find_lines
from bot.services.bulk.lines import ACTIONS, AGREED, BulkLine, MoveInBulk, require_target
from bot.services.bulk.lots import LineLots
from bot.services.dating import Observed, observe
from bot.services.lots_moved import share_out
from bot.services.measuring import measure
from bot.services.moved import StockMoved, moved_by, with_low_stock

MAX_BULK_LINES: Final = 10_000


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
    lots = bulk.lots.contents
    changes = [Change("lines", "", str(len(request.lines)))]
    if lots.lots:
        changes.append(Change("lots", "", str(len(lots.lots))))
    record = uow.record(
        action,
        subject_type="bulk",
        subject_id=None,
        subject=request.source,
        changes=changes,
        subjects=[("lot", number) for number in lots.lots],
        contents=lots if lots.lots else None,
    )
    moved = moved_by(uow, record, action)
    if any(line.lot for line in moved.lines):
        days = (await uow.guilds.require()).expiry_warning_days
        moved = replace(moved, today=await read_today(uow), warning_days=days)
    return await with_low_stock(uow, moved)


class _Bulk:
    """The lines of a bulk record on their way into the books."""

    def __init__(self, uow: UnitOfWork, request: MoveInBulk) -> None:
        self._uow = uow
        self._request = request
        self.faults: list[LineFault] = []
        self.posted: list[StockLine] = []
        self.seen: list[Observed] = []
        self.lots = LineLots(uow, self._refuse)

    async def post(self) -> None:
        """Post every line that can be, and note what is wrong with the others."""
        target = None
        if self._request.target is not None:
            target = (await self._uow.locations.require_reference(self._request.target)).id
        lines = await find_lines(self._uow, self._request, self._refuse)
        if not lines:
            return
        read = await self._uow.stock.lines([self._reference(each, target) for each in lines])
        found = [
            (each.line, _named(stock, each.item)) for each, stock in zip(lines, read, strict=True)
        ]
        match self._request.action:
            case "count":
                self.seen = await count_lines(self._uow, found, self.lots, self._refuse)
            case "put":
                await self._put(found)
            case _:
                await self._take(found)

    def _reference(self, found: FoundLine, target: int | None) -> LineReference:
        item = found.item.id
        match self._request.action:
            case "put":
                return LineReference(item, VirtualLocation.SUPPLIER, found.location_id)
            case "move":
                return LineReference(item, found.location_id, target or found.location_id)
            case "count":
                return LineReference(item, VirtualLocation.GAIN, found.location_id)
            case _:
                return LineReference(item, found.location_id, VirtualLocation.CUSTOMER)

    async def _put(self, found: Sequence[tuple[BulkLine, StockLine]]) -> None:
        for line, stock, quantity in await self._with_lots(found, may_be_new=True):
            self._post(line, stock, quantity)

    async def _take(self, found: Sequence[tuple[BulkLine, StockLine]]) -> None:
        """Take or move the lots that lines name, then of other lines those that expire first."""
        shared = [each for each in found if each[1].item.is_tracked and not each[0].lot]
        named = [each for each in found if not each[1].item.is_tracked or each[0].lot]
        today = await read_today(self._uow) if any(line.lot for line, _ in named) else None
        may_use_any = self._uow.rights.holds("lot.control")
        for line, stock, quantity in await self._with_lots(named, may_be_new=False):
            lot = stock.lot
            if lot is None or today is None or may_use_any or lot.is_usable(today):
                self._post(line, stock, quantity)
                continue
            day = lot.expires_on if has_expired(lot.expires_on, today) else None
            self._refuse(line, LotSetAside(stock.item.sku, lot.code, day))
        ways: dict[tuple[int, int], list[tuple[BulkLine, StockLine, Decimal]]] = {}
        for line, stock in shared:
            try:
                require_open(stock)
                measured = line, stock, await self._measure(line, stock)
            except TallymanError as error:
                self._refuse(line, error)
            else:
                ways.setdefault((stock.item.id, stock.source.id), []).append(measured)
        for lines in ways.values():
            await self._share_out(lines)

    async def _share_out(self, lines: Sequence[tuple[BulkLine, StockLine, Decimal]]) -> None:
        """Post all lines of one item at one location at once: choosing lots takes statements."""
        line, stock, _ = lines[0]
        total = sum((quantity for *_, quantity in lines), ZERO)
        try:
            for share in await share_out(self._uow, stock, total, None):
                self._post(line, share.line, share.quantity)
        except InsufficientStock as error:
            left = error.available
            for each, _, quantity in lines:
                if quantity <= left:
                    left -= quantity
                else:
                    self._refuse(each, replace(error, wanted=quantity, available=left))

    async def _with_lots(
        self, found: Sequence[tuple[BulkLine, StockLine]], *, may_be_new: bool
    ) -> list[tuple[BulkLine, StockLine, Decimal]]:
        """Return lines of their lots, and how much of them, in their order."""
        measured: list[tuple[BulkLine, StockLine, Decimal]] = []
        for line, stock in found:
            try:
                require_open(stock)
                measured.append((line, stock, await self._measure(line, stock)))
            except TallymanError as error:
                self._refuse(line, error)
        lines = [each[:2] for each in measured]
        own = await self.lots.read_lines(lines, range(len(lines)) if may_be_new else ())
        whole = [(measured[at][0], stock, measured[at][2]) for at, stock in own.items()]
        return await self._require_single(whole) if may_be_new else whole

    async def _require_single(
        self, lines: Sequence[tuple[BulkLine, StockLine, Decimal]]
    ) -> list[tuple[BulkLine, StockLine, Decimal]]:
        """Refuse a serial number that is in stock, twice in the lines, or more than one piece."""
        serials = [stock for _, stock, _ in lines if stock.item.tracking == BY_SERIAL]
        stocked: dict[int, str] = {}
        if serials:
            stocked = await self._uow.stock.where_stocked(
                [stock.item.id for stock in serials], [stock.lot_id for stock in serials]
            )
        first: dict[int, int] = {}
        single = []
        for line, stock, quantity in lines:
            try:
                if stock.item.tracking == BY_SERIAL and stock.lot is not None:
                    require_one(stock.item.sku, stock.lot.code, quantity)
                    if stock.lot_id in stocked:
                        where = stocked[stock.lot_id]
                        raise SerialInStock(stock.item.sku, stock.lot.code, where)
                    number = first.setdefault(stock.lot_id, line.number)
                    if number != line.number:
                        raise RepeatedRow(number)  # one way for all that is refused
            except TallymanError as error:
                self._refuse(line, error)
            else:
                single.append((line, stock, quantity))
        return single

    async def _measure(self, line: BulkLine, stock: StockLine) -> Decimal:
        return (await measure(self._uow, stock.item, _typed(line))).quantity

    def _post(self, line: BulkLine, stock: StockLine, quantity: Decimal) -> None:
        try:
            self._uow.stock.post(stock, quantity)
        except TallymanError as error:
            self._refuse(line, error)
        else:
            self.posted.append(stock)

    def _refuse(self, line: BulkLine, error: TallymanError) -> None:
        self.faults.append(LineFault(line.number, line.item, error))


def _typed(line: BulkLine) -> TypedQuantity:
    return TypedQuantity(line.quantity, line.unit)


def _named(stock: StockLine, item: FoundItem) -> StockLine:
    """Return a line as it was read, of an item that may have been named by the code of a pack."""
    if item.pack is None:
        return stock
    return replace(stock, item=replace(stock.item, pack=item.pack))
