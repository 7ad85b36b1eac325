"""Counting in bulk: the differences are posted, and what was counted is kept."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from bot.database.unit import UnitOfWork
from bot.domain.imports import RepeatedRow
from bot.domain.lots import SerialInStock, require_one
from bot.domain.posting import require_open
from bot.domain.quantities import ZERO, TypedQuantity
from bot.domain.stock import BY_SERIAL, LevelKey, LineReference, StockLine
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import TallymanError
from bot.services.bulk.finding import Refuse
from bot.services.bulk.lines import BulkLine
from bot.services.bulk.lots import LineLots
from bot.services.dating import Observed
from bot.services.measuring import measure


class _Counted(NamedTuple):
    """What a line says of a level, and the level's line from `gain`."""

    line: BulkLine
    stock: StockLine
    counted: Decimal

    @property
    def key(self) -> LevelKey:
        return LevelKey(self.stock.item.id, self.stock.target.id, self.stock.lot_id)

    @property
    def difference(self) -> Decimal:
        return self.counted - (self.stock.target.level or ZERO)


async def count_lines(
    uow: UnitOfWork,
    found: Sequence[tuple[BulkLine, StockLine]],
    lots: LineLots,
    refuse: Refuse,
) -> list[Observed]:
    """Post the differences: what is more comes from `gain`, what is less goes to `loss`.

    Returns what was counted.
    """
    counted = await _read_lots(await _measure(uow, found, refuse), lots)
    counted = await _require_single(uow, _require_once(counted, refuse), refuse)
    less = [each for each in counted if each.difference < 0]
    losses = [
        LineReference(each.key.item_id, each.key.location_id, VirtualLocation.LOSS, each.key.lot_id)
        for each in less
    ]
    read = iter(await uow.stock.lines(losses) if losses else ())
    lines = {each.line.number: next(read) for each in less}
    for each in counted:
        if each.difference:
            try:
                uow.stock.post(lines.get(each.line.number, each.stock), abs(each.difference))
            except TallymanError as error:
                refuse(each.line, error)
    return [Observed(each.key, each.counted) for each in counted]


async def _measure(
    uow: UnitOfWork, found: Sequence[tuple[BulkLine, StockLine]], refuse: Refuse
) -> list[_Counted]:
    counted = []
    for line, stock in found:
        typed = TypedQuantity(line.quantity, line.unit)
        try:
            require_open(stock)
            quantity = (await measure(uow, stock.item, typed, allow_zero=True)).quantity
        except TallymanError as error:
            refuse(line, error)
        else:
            counted.append(_Counted(line, stock, quantity))
    return counted


async def _read_lots(counted: Sequence[_Counted], lots: LineLots) -> list[_Counted]:
    """Return the lines of the lots that were counted; one that nothing is there of is not made."""
    own = await lots.read_lines(
        [(each.line, each.stock) for each in counted],
        [at for at, each in enumerate(counted) if each.counted],
    )
    return [_Counted(counted[at].line, stock, counted[at].counted) for at, stock in own.items()]


def _require_once(counted: Iterable[_Counted], refuse: Refuse) -> list[_Counted]:
    """Refuse a second line of a level."""
    first: dict[LevelKey, _Counted] = {}
    for each in counted:
        known = first.setdefault(each.key, each)
        if known is not each:
            refuse(each.line, RepeatedRow(known.line.number))
    return list(first.values())


async def _require_single(
    uow: UnitOfWork, counted: Sequence[_Counted], refuse: Refuse
) -> list[_Counted]:
    """Refuse a serial number that would be more than one piece, or in two locations."""
    serials = {
        each.key.lot_id
        for each in counted
        if each.stock.item.tracking == BY_SERIAL and each.counted
    }
    if not serials:
        return list(counted)
    levels = await uow.file_rows.list_levels_of_lots(sorted(serials))
    seen = {(each.key.lot_id, each.key.location_id) for each in counted}
    # Where each is by the books, in locations that no line counts.
    there = {
        lot_id: path
        for lot_id, places in levels.items()
        for location_id, (path, _) in places.items()
        if (lot_id, location_id) not in seen
    }
    single = []
    for each in counted:
        item, lot = each.stock.item, each.stock.lot
        if lot is None or each.key.lot_id not in serials or not each.counted:
            single.append(each)
            continue
        try:
            require_one(item.sku, lot.code, each.counted)
            if each.key.lot_id in there:
                raise SerialInStock(item.sku, lot.code, there[each.key.lot_id])  # as above
            there[each.key.lot_id] = each.stock.target.name
        except TallymanError as error:
            refuse(each.line, error)
        else:
            single.append(each)
    return single
