"""Lots: look at them, hold and release them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.database.controllers.base import Page
from bot.database.controllers.lot_levels import SpotRow
from bot.database.controllers.lots import ListedLotRow
from bot.database.models import Item, Lot
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change, Changed
from bot.domain.lots import HELD, OPEN, LotUnchanged, NotTracked
from bot.domain.names import MAX_NOTE, clean_text
from bot.domain.stock import LowStock, Reference
from bot.services.availability import read_today
from bot.services.low_stock import note_low_stock, watch_usable

_STATES: Final = {"lot.held": HELD, "lot.released": OPEN, "lot.recalled": HELD}

declare_actions("lot.held", "lot.recalled", way_back="lot release")
declare_actions("lot.released", way_back="lot hold")


@dataclass(frozen=True, slots=True, kw_only=True)
class GetLot:
    """Show a lot of an item."""

    item: Reference
    lot: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class LotShown:
    """A lot, and where it is; `may_control` is whether this person may hold and release it."""

    item: Item
    lot: Lot
    spots: tuple[SpotRow, ...]
    today: date
    warning_days: int
    may_control: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLots:
    """Look at a page of lots with stock: of all items or of one, perhaps what expires soon."""

    item: Reference | None = None
    within_days: int | None = None
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotsListed:
    """A page of lots, the first to expire on top, and what it was narrowed to."""

    page: Page[ListedLotRow]
    item: Item | None
    within_days: int | None
    today: date
    warning_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLot:
    """Hold a lot back, everywhere."""

    item: Reference
    lot: Reference
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLot:
    """Let a held lot be used again."""

    item: Reference
    lot: Reference
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotChanged(Changed):
    """A lot that was held or released, and what fell to its reorder point by that."""

    low: tuple[LowStock, ...] = ()


@operation("lot.hold", permission="lot.control")
async def hold_lot(uow: UnitOfWork, request: HoldLot) -> LotChanged:
    """Hold a lot back: it stays on hand, and no one takes it without naming it."""
    item, lot = await require_lot(uow, request.item, request.lot)
    return await set_lot_state(uow, "lot.held", item, lot, request.reason)


@operation("lot.release", permission="lot.control")
async def release_lot(uow: UnitOfWork, request: ReleaseLot) -> LotChanged:
    """Let a held lot be taken again."""
    item, lot = await require_lot(uow, request.item, request.lot)
    return await set_lot_state(uow, "lot.released", item, lot, request.reason)


@query(permission="stock.view")
async def get_lot(books: Books, request: GetLot) -> LotShown:
    """Show a lot and where it is."""
    item, lot = await require_lot(books, request.item, request.lot)
    return LotShown(
        item=item,
        lot=lot,
        spots=tuple(await books.stock.spots(item.id, lot_id=lot.id)),
        today=await read_today(books),
        warning_days=(await books.guilds.require()).expiry_warning_days,
        may_control=books.rights.holds("lot.control"),
    )


@query(permission="stock.view")
async def list_lots(books: Books, request: ListLots) -> LotsListed:
    """List lots, the first to expire on top."""
    item = None
    if request.item is not None:
        item = await books.items.require_reference(request.item)
        if item.tracking == "none":
            raise NotTracked(item.sku)
    today = await read_today(books)
    until = None if request.within_days is None else today + timedelta(days=request.within_days)
    page = await books.lots.paginate_expiring(
        item_id=None if item is None else item.id,
        until=until,
        after=request.after,
        before=request.before,
    )
    return LotsListed(
        page=page,
        item=item,
        within_days=request.within_days,
        today=today,
        warning_days=(await books.guilds.require()).expiry_warning_days,
    )


async def require_lot(books: Books, item: Reference, lot: Reference) -> tuple[Item, Lot]:
    """Return an item with lots and one of them; raises NotFound and NotTracked."""
    row = await books.items.require_reference(item)
    if row.tracking == "none":
        raise NotTracked(row.sku)
    return row, await books.lots.require_of(row.id, lot)


async def set_lot_state(
    uow: UnitOfWork, action: str, item: Item, lot: Lot, reason: str
) -> LotChanged:
    """Hold or release a lot, as the action says, and record it."""
    state = _STATES[action]
    if lot.state == state and action != "lot.recalled":
        raise LotUnchanged(item.sku, lot.code, state)
    reason = clean_text(reason, field="reason", limit=MAX_NOTE, required=True)
    await watch_usable(uow, [item])
    await uow.lots.update_by_id(lot.id, state=state)
    low = await note_low_stock(uow)
    if state == OPEN:
        uow.posting.freed.add(item.id)
    elif item.reserved:
        uow.posting.set_aside.add(item.id)
    change = Change("state", lot.state, state)
    subject = f"{item.sku} {lot.code}"
    record = uow.record(
        action,
        subject_type="lot",
        subject_id=lot.id,
        subject=subject,
        changes=[change, Change("reason", "", reason)],
        subjects=[("item", item.id)],
    )
    return LotChanged(
        record=record,
        action=action,
        noun="lot",
        subject_id=lot.id,
        subject=subject,
        changes=(change, Change("reason", "", reason)),
        low=low,
    )
