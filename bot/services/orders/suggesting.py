"""Suggesting orders: what fell to its reorder point, by supplier, and the drafts made of that."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.database.models import Item, Supplier
from bot.database.operations import operation, query
from bot.database.service import DatabaseService
from bot.database.unit import Books, UnitOfWork
from bot.domain.actors import Actor
from bot.domain.orders import DRAFT, MAX_ORDER_LINES, NothingToOrder, SupplierNeeded
from bot.domain.stock import Reference
from bot.services.availability import read_today
from bot.services.orders.approving import require_approved_supplier
from bot.services.orders.documents import OrderedLine, read_ordered, wanted_of
from bot.services.orders.editing import change_lines
from bot.services.orders.making import OrderKept, open_order
from bot.services.orders.needs import (
    Needed,
    find_needed,
    list_approved_suppliers,
)
from bot.services.orders.pricing import Wanted, fill_prices

_PIECE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestOrders:
    """Ask what is to be ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedLine:
    """How much of an item to order."""

    item_id: int
    sku: str
    unit: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersSuggested:
    """What is to be ordered, by supplier; of what no supplier is known, without one."""

    suppliers: tuple[tuple[int, str, tuple[SuggestedLine, ...]], ...]
    unknown: tuple[SuggestedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSuggested:
    """Write down what was suggested of a supplier; what is not missing any more is left out."""

    supplier_id: int
    item_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItem:
    """Order an item up to its target; `record` let it fall, `supplier` was chosen if any.

    `alert` is the message whose button was pressed, 0 for none.
    """

    item_id: int
    record: int = 0
    supplier: Reference | None = None
    alert: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOrdered:
    """What an alert is replaced by: how much is in which draft."""

    record: int
    order_id: int
    label: str
    supplier: str
    sku: str
    name: str
    unit: str
    quantity: Decimal
    ordered_by: int


@query(permission="order.create", is_heavy=True)
async def suggest_purchases(books: Books, request: SuggestOrders) -> OrdersSuggested:
    """List what is down to its reorder point, with what orders still bring counted in."""
    del request
    needed: list[Needed] = []
    after: str | None = ""
    while after is not None:
        found = await books.file_rows.page_items(after, _PIECE)
        ids = [each.id for each in found if each.reorder_point is not None]
        needed += await find_needed(books, await books.items.get_many(ids), by_price=True)
        after = found[-1].sku_key if len(found) == _PIECE else None
    ids = sorted({each.supplier_id for each in needed if each.supplier_id is not None})
    suppliers = await books.suppliers.get_many(ids)
    return OrdersSuggested(
        suppliers=tuple(
            (
                supplier.id,
                supplier.name,
                tuple(_line(each) for each in needed if each.supplier_id == supplier.id),
            )
            for supplier in sorted(suppliers.values(), key=lambda row: row.name_key)
        ),
        unknown=tuple(_line(each) for each in needed if each.supplier_id is None),
    )


@operation("order.draft", permission="order.create")
async def draft_suggested(uow: UnitOfWork, request: DraftSuggested) -> OrderKept:
    """Add to the supplier's draft what is still missing; raises NothingToOrder."""
    items = await uow.items.get_many(list(request.item_ids))
    needed = await find_needed(uow, items, by_price=True)
    mine = [each for each in needed if each.supplier_id == request.supplier_id]
    supplier = await uow.suppliers.require(request.supplier_id)
    if not mine:
        raise NothingToOrder(supplier.name)
    return await _add(uow, supplier, mine)


@operation("order.add", permission="order.create")
async def order_item(uow: UnitOfWork, request: OrderItem) -> ItemOrdered:
    """Order an item that is low from its last supplier; raises SupplierNeeded, NothingToOrder."""
    item = await uow.items.require(request.item_id)
    needed = await find_needed(uow, {item.id: item}, by_price=False)
    if not needed:
        raise NothingToOrder(item.sku)
    supplier = await _find_supplier(uow, needed[0], request)
    kept = await _add(uow, supplier, needed)
    return ItemOrdered(
        record=kept.record,
        order_id=kept.order_id,
        label=kept.label,
        supplier=supplier.name,
        sku=item.sku,
        name=item.name,
        unit=item.unit,
        quantity=needed[0].quantity,
        ordered_by=uow.actor.user_id,
    )


async def draft_what_was_suggested(
    db: DatabaseService, supplier_id: int, actor: Actor, key: str
) -> OrderKept:
    """Find again what is missing, ahead of the guild's turn, and write it down under the lock."""
    found = await db.query(suggest_purchases, SuggestOrders(), actor)
    ids = {each_id: lines for each_id, _name, lines in found.suppliers}.get(supplier_id, ())
    request = DraftSuggested(
        supplier_id=supplier_id, item_ids=tuple(line.item_id for line in ids[:MAX_ORDER_LINES])
    )
    return await db.run(draft_suggested, request, actor, key)


async def _find_supplier(uow: UnitOfWork, needed: Needed, request: OrderItem) -> Supplier:
    if request.supplier is not None:
        return await uow.suppliers.require_reference(request.supplier)
    if needed.supplier_id is not None:
        return await uow.suppliers.require(needed.supplier_id)
    choices = tuple((row.id, row.name) for row in await list_approved_suppliers(uow))
    raise SupplierNeeded(needed.item.id, request.record, needed.item.sku, choices, request.alert)


async def _add(uow: UnitOfWork, supplier: Supplier, needed: Sequence[Needed]) -> OrderKept:
    """Add lines to the supplier's newest draft, or begin one: also where that one is full.

    What has no room is missing still, and is suggested again.
    """
    await require_approved_supplier(uow, supplier.id)
    page = await uow.orders.page_newest(DRAFT, limit=1, supplier_id=supplier.id)
    today = await read_today(uow)
    before = await read_ordered(uow, page.rows[0]) if page.rows else ()
    fitting = _fit(before, needed)
    if not page.rows or not fitting:
        guild = await uow.guilds.require()
        # Of this supplier nothing may have been ordered before: then it is the guild's.
        currency = next((each.currency for each in needed if each.currency), guild.currency)
        values = {"supplier_id": supplier.id, "currency": currency}
        wanted = [_wanted(each.item, each.quantity) for each in _fit((), needed)]
        lines = await fill_prices(uow, supplier.id, currency, wanted, today, rate=None)
        return await open_order(uow, supplier, values, lines)
    order = page.rows[0]
    wanted = _join(before, fitting)
    lines = await fill_prices(uow, supplier.id, order.currency, wanted, today, rate=order.rate)
    return await change_lines(uow, order, before, lines, {})


def _fit(before: Sequence[OrderedLine], needed: Sequence[Needed]) -> list[Needed]:
    """Return what fits into a draft: what it has a line of, and as many others as it has room."""
    known = {line.item_id for line in before}
    more = [each.item.id for each in needed if each.item.id not in known]
    known |= set(more[: max(0, MAX_ORDER_LINES - len(before))])
    return [each for each in needed if each.item.id in known]


def _join(before: Sequence[OrderedLine], needed: Sequence[Needed]) -> list[Wanted]:
    """Return the lines of a draft with what is missing in them, or behind them."""
    left = {each.item.id: each for each in needed}
    lines = []
    for line in wanted_of(before):
        more = left.pop(line.item_id, None)
        lines.append(replace(line, quantity=line.quantity + more.quantity) if more else line)
    return lines + [_wanted(each.item, each.quantity) for each in left.values()]


def _wanted(item: Item, quantity: Decimal) -> Wanted:
    return Wanted(item_id=item.id, sku=item.sku, item_unit=item.unit, quantity=quantity)


def _line(needed: Needed) -> SuggestedLine:
    item = needed.item
    return SuggestedLine(item_id=item.id, sku=item.sku, unit=item.unit, quantity=needed.quantity)
