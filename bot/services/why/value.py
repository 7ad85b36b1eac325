"""Why stock is worth what it is: the receipts that are still there, first in gone first."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from bot.database.controllers.paging import PAGE_ROWS
from bot.database.models import AuditEvent, Item
from bot.database.operations import query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.message_links import RecordLinks
from bot.domain.stock import Reference
from bot.domain.valuation import LeftCosts, Value
from bot.services.record_links import locate_records
from bot.services.valuation import (
    MAY_REPORT,
    MAY_SEE_PRICES,
    FindLedger,
    Ledger,
    LedgerReader,
    find_ledger,
)
from bot.services.why.chain import ChainState, read_chain_state


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainValue:
    """Ask what the value of an item is made of, before a record, at a location and inside or all.

    `first` is how many receipts, the newest first, are on pages before.
    """

    item: Reference
    location_id: int | None = None
    beyond: int | None = None
    first: int = 0


class ValuedLedger(NamedTuple):
    """The item, and how far the ledger is read for it."""

    item: Item
    ledger: Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class NameReceipts:
    """Ask who made some records, and when."""

    records: tuple[int, ...]


class ReceiptsNamed(NamedTuple):
    """Records, where their lines are, and what is known of the chain."""

    events: dict[int, AuditEvent]
    links: RecordLinks
    chain: ChainState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLeft:
    """What is left of what a record brought in, at its cost; without a currency not known."""

    record: int
    quantity: Decimal
    unit_cost: Decimal | None
    currency: str | None
    at: datetime
    actor_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueExplained:
    """The value of an item (of its share at a location), and a page of what is left of receipts."""

    item: Item
    location: str
    location_id: int | None
    beyond: int
    value: Value
    in_all: Decimal
    receipts: tuple[ReceiptLeft, ...]
    first: int
    count: int
    chain: ChainState
    links: RecordLinks = field(default_factory=dict)


@query(all_of=(MAY_REPORT, MAY_SEE_PRICES), is_shown=False, is_heavy=True)
async def find_valued(books: Books, request: ExplainValue) -> ValuedLedger:
    """Find an item and how far its part of the ledger is read; raises NotFound."""
    if isinstance(request.item, int):
        item = await books.items.require(request.item)
    else:
        item = await books.items.require_reference(request.item)
    wanted = FindLedger(location=request.location_id, beyond=request.beyond)
    return ValuedLedger(item, await find_ledger(books, wanted))


@query(all_of=(MAY_REPORT, MAY_SEE_PRICES), is_shown=False, is_heavy=True)
async def name_receipts(books: Books, request: NameReceipts) -> ReceiptsNamed:
    """Return who made some records, and when."""
    chain = await read_chain_state(books)
    return ReceiptsNamed(
        await books.audit.get_many(list(request.records)),
        await locate_records(books, [chain.closed, *request.records]),
        chain,
    )


async def explain_value(db: DatabaseService, request: ExplainValue, actor: Actor) -> ValueExplained:
    """Read an item's part of the ledger, and show which receipts its value is made of."""
    found = await db.query(find_valued, request, actor)
    item, ledger = found.item, found.ledger
    reader = LedgerReader(db, ledger, actor, LeftCosts(), has_records=True)
    fold = await reader.open(item.id)
    async for moves in reader.pieces(item.id, item.id):
        for move in moves:
            fold.take(move)
    value = fold.value()
    layers = sorted(fold.close().layers, key=lambda each: -(each.record or 0))
    shown = layers[request.first : request.first + PAGE_ROWS]
    records = tuple(layer.record or 0 for layer in shown)
    named = await db.query(name_receipts, NameReceipts(records=records), actor)
    return ValueExplained(
        item=item,
        location=ledger.location,
        location_id=request.location_id,
        beyond=ledger.beyond,
        value=value,
        in_all=sum((layer.quantity for layer in layers), Decimal(0)),
        receipts=tuple(
            ReceiptLeft(
                record=event.record,
                quantity=layer.quantity,
                unit_cost=layer.unit_cost,
                currency=layer.currency,
                at=event.at,
                actor_id=event.actor_id,
            )
            for layer in shown
            for event in [named.events[layer.record or 0]]
        ),
        first=request.first,
        count=len(layers),
        chain=named.chain,
        links=named.links,
    )
