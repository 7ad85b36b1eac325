"""Recalls: hold a lot everywhere, and list who got it, from the ledger."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from bot.database.controllers.lot_levels import SpotRow
from bot.database.models import Item, Lot
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.stock import LowStock, Reference
from bot.domain.virtual_locations import VirtualLocation
from bot.services.lots import require_lot, set_lot_state

_ROWS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallLot:
    """Hold a lot everywhere, and list who got it."""

    item: Reference
    lot: Reference
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One take of a lot; `reversed_by` brought it back."""

    record: int
    line: int
    at: datetime
    actor_id: int
    quantity: Decimal
    source: str
    reversed_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRecalled:
    """A lot that was recalled, who got it last, and where the rest of it is."""

    record: int
    lot_id: int
    sku: str
    code: str
    unit: str
    reason: str
    recipients: tuple[Recipient, ...]
    spots: tuple[tuple[str, Decimal], ...]  # location, quantity
    has_more: bool
    low: tuple[LowStock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRecipients:
    """Look at a page of who got a lot, the newest first, from a (record, line)."""

    lot_id: int
    before: tuple[int, int] | None = None
    after: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientsListed:
    """A page of the takes of a lot, the newest first, and where the rest of it is."""

    item: Item
    lot: Lot
    recipients: tuple[Recipient, ...]
    spots: tuple[SpotRow, ...]
    has_older: bool
    has_newer: bool


@operation("lot.recall", permission="lot.control")
async def recall_lot(uow: UnitOfWork, request: RecallLot) -> LotRecalled:
    """Hold a lot everywhere, held or not, and list who got it."""
    item, lot = await require_lot(uow, request.item, request.lot)
    changed = await set_lot_state(uow, "lot.recalled", item, lot, request.reason)
    listed = await list_recipients(uow, ListRecipients(lot_id=lot.id))
    return LotRecalled(
        record=changed.record,
        lot_id=lot.id,
        sku=item.sku,
        code=lot.code,
        unit=item.unit,
        reason=changed.changes[-1].after,
        recipients=listed.recipients,
        spots=tuple((spot.location, spot.quantity) for spot in listed.spots),
        has_more=listed.has_older,
        low=changed.low,
    )


@query(permission="lot.control")
async def list_recipients(books: Books, request: ListRecipients) -> RecipientsListed:
    """List the takes of a lot from the ledger, and where the rest of it is."""
    lot = await books.lots.require(request.lot_id)
    merged_ids = await books.item_merges.list_all(lot.item_id)
    moves, has_more = await books.stock.history(
        lot_id=lot.id,
        merged_ids=await books.lots.list_joined(lot, merged_ids),
        target_id=VirtualLocation.CUSTOMER,
        before=request.before,
        after=request.after,
        limit=_ROWS,
    )
    reversals = await books.audit.find_reversals([move.record for move in moves])
    return RecipientsListed(
        item=await books.items.require(lot.item_id),
        lot=lot,
        recipients=tuple(
            Recipient(
                record=move.record,
                line=move.line,
                at=move.at,
                actor_id=move.actor_id,
                quantity=move.quantity,
                source=move.source,
                reversed_by=reversals.get(move.record),
            )
            for move in moves
        ),
        spots=tuple(await books.stock.spots(lot.item_id, lot_id=lot.id)),
        has_older=has_more if not request.after else True,
        has_newer=has_more if request.after else request.before is not None,
    )
