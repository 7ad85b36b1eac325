"""Making an order: its supplier, its currency, its lines, and what they cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.database.models import PurchaseOrder, Supplier
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Change, join_first
from bot.domain.documents import ORDER
from bot.domain.guild_settings import parse_currency
from bot.domain.money import Money, format_unit_price
from bot.domain.names import MAX_NOTE, clean_text
from bot.domain.order_files import OrderFile
from bot.domain.orders import MAX_ORDER_LINES, ORDER_STATUSES, read_promised, read_rate
from bot.domain.quantities import format_quantity
from bot.domain.stock import Reference
from bot.errors import InvalidValue
from bot.services.approvals.deciding import open_round
from bot.services.availability import read_today
from bot.services.documents.changing import open_document
from bot.services.orders.approving import require_approved_supplier
from bot.services.orders.documents import (
    ORDER_TYPE,
    OrderedLine,
    read_ordered,
    total_of,
)
from bot.services.orders.file_lines import TotalDiffers, list_differing, read_file_lines
from bot.services.orders.pricing import Wanted, fill_prices
from bot.services.orders.reading import read_order_lines

_MAX_SAID: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """Order from a supplier; texts are as they were typed."""

    supplier: Reference
    lines: str
    file: OrderFile | None = None
    currency: str = ""
    rate: str = ""
    promised_on: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderKept:
    """A draft that was made, or an order that was changed, as it is now.

    `shows_prices` to those who may see them; without a total a price is missing.
    """

    record: int
    order_id: int
    label: str
    version: int
    status: str
    supplier: str
    lines: tuple[OrderedLine, ...]
    shows_prices: bool
    total: Money | None
    is_new: bool
    ignored: tuple[str, ...] = ()
    """Headings of a file that were not read."""
    differing: tuple[TotalDiffers, ...] = ()
    """Lines of a file whose totals do not agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareOrder:
    """Ask for the form of a new order."""

    supplier: Reference


@operation("order.new", permission="order.create")
async def make_order(uow: UnitOfWork, request: NewOrder) -> OrderKept:
    """Write down what to order; someone submits it later.

    Raises SupplierNotApproved, LinesRefused, InvalidValue.
    """
    supplier = await uow.suppliers.require_reference(request.supplier)
    await require_approved_supplier(uow, supplier.id)
    guild = await uow.guilds.require()
    currency = parse_currency(request.currency) if request.currency.strip() else guild.currency
    rate = read_rate(request.rate, currency, guild.currency)
    today = await read_today(uow)
    promised_on = read_promised(request.promised_on, today)
    note = clean_text(request.note, field="note", limit=MAX_NOTE)
    typed = await read_wanted_lines(uow, request.lines, request.file, currency)
    lines = await fill_prices(uow, supplier.id, currency, typed, today, rate=rate)
    values = {
        "supplier_id": supplier.id,
        "currency": currency,
        "rate": rate,
        "promised_on": promised_on,
        "note": note,
    }
    kept = await open_order(uow, supplier, values, lines)
    return say_of_file(kept, request.file, lines, currency)


@query(permission="order.create", is_shown=False)
async def prepare_order(books: Books, request: PrepareOrder) -> Supplier:
    """Return the supplier that a form is about; raises NotFound, SupplierNotApproved."""
    supplier = await books.suppliers.require_reference(request.supplier)
    await require_approved_supplier(books, supplier.id)
    return supplier


async def read_wanted_lines(
    books: Books, typed: str, file: OrderFile | None, currency: str
) -> list[Wanted]:
    """Return what was typed and what is in a file, each a line of its own."""
    lines = await read_order_lines(books, typed, currency) if typed.strip() or not file else []
    if file is not None:
        lines += await read_file_lines(books, file, currency)
    if len(lines) > MAX_ORDER_LINES:
        raise InvalidValue(field="lines", reason="too_many_lines", limit=MAX_ORDER_LINES)
    return lines


def say_of_file(
    kept: OrderKept, file: OrderFile | None, lines: Sequence[Wanted], currency: str
) -> OrderKept:
    """Return an answer with what is to be said of the file that lines came from."""
    if file is None:
        return kept
    return replace(kept, ignored=file.ignored, differing=list_differing(file, lines, currency))


async def open_order(
    uow: UnitOfWork, supplier: Supplier, values: Mapping[str, Any], lines: Sequence[Wanted]
) -> OrderKept:
    """Insert a draft with its lines, and begin its approval."""
    currency = values["currency"]
    total = total_of(lines, currency)
    said = {
        "supplier": supplier.name,
        "currency": currency,
        "rate": format_quantity(values["rate"]) if values.get("rate") else "",
        "promised for": values["promised_on"].isoformat() if values.get("promised_on") else "",
        "lines": say_lines(lines, currency),
        "total": "" if total is None else str(total),
        "status": ORDER_STATUSES.first,
    }
    order, changed = await open_document(
        uow,
        ORDER_TYPE,
        ORDER_STATUSES.opened,
        values=values,
        lines=list(map(to_row, lines)),
        changes=[Change(name, "", value) for name, value in said.items() if value],
        note=values.get("note", ""),
    )
    await open_round(uow, ORDER_STATUSES, ORDER.noun, order.id, changed.record)
    return await read_kept(uow, order, supplier, changed.record, is_new=True)


async def read_kept(
    uow: UnitOfWork, order: PurchaseOrder, supplier: Supplier, record: int, *, is_new: bool
) -> OrderKept:
    """Return the answer about an order as it is now."""
    lines = await read_ordered(uow, order)
    return OrderKept(
        record=record,
        order_id=order.id,
        label=ORDER.label(order.number),
        version=order.version,
        status=order.status,
        supplier=supplier.name,
        lines=lines,
        shows_prices=uow.rights.holds("price.view"),
        total=total_of(lines, order.currency),
        is_new=is_new,
    )


def to_row(line: Wanted) -> dict[str, Any]:
    """Return the columns of a line."""
    return {
        "item_id": line.item_id,
        "quantity": line.quantity,
        "unit": line.unit,
        "factor": line.factor,
        "unit_price": line.unit_price,
    }


def say_lines(lines: Sequence[Wanted | OrderedLine], currency: str) -> str:
    """Write lines for a record: the first ones, and how many more there are."""
    return join_first([_say(line, currency) for line in lines], _MAX_SAID)


def _say(line: Wanted | OrderedLine, currency: str) -> str:
    said = f"{line.sku} {format_quantity(line.quantity)} {line.item_unit}"
    if line.unit_price is None:
        return said
    return f"{said} @ {format_unit_price(line.unit_price, currency)}/{line.unit or line.item_unit}"
