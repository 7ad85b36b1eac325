"""Suppliers' bills, their lines and their files."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam

from bot.database.controllers.base import BaseController
from bot.database.controllers.documents import DocumentController, LineController
from bot.database.controllers.invoice_statements import (
    BILLED,
    OF_ORDERS,
    ORDERED,
    UNBILLED,
)
from bot.database.controllers.shapes import Shape
from bot.database.controllers.suppliers import SupplierController
from bot.database.models import Invoice, InvoiceFile, InvoiceLine
from bot.domain.documents import INVOICE, ORDER
from bot.domain.invoices import VOID, number_key
from bot.domain.orders import MAX_ORDER_LINES
from bot.domain.stock import Reference
from bot.errors import Ambiguous, Candidate, NotFound

_MAX_SUGGESTED: Final = 25
_MAX_LOOKED_AT: Final = 200
_MAX_ORDERED: Final = 2000
# Beyond every number that begins so.
_BEHIND: Final = "\U0010ffff"
# While an order's goods may have come in.
_SENT: Final = ("sent", "partial", "received", "closed")
assert set(_SENT) <= set(ORDER.statuses)


class OrderedRow(NamedTuple):
    """A line of an order that was sent, with the number of its order."""

    order_id: int
    order_number: int
    line: int
    item_id: int
    quantity: Decimal
    received: Decimal
    unit: str
    factor: Decimal
    unit_price: Decimal | None


class BilledSum(NamedTuple):
    """How much of a line of an order bills of a status ask for."""

    order_id: int
    order_line: int
    status: str
    quantity: Decimal


class InvoiceController(DocumentController[Invoice]):
    """What suppliers bill."""

    model = Invoice
    kind = INVOICE
    subject_code = "b"
    noun = "invoice"
    permission = "price.view"

    def label_of(self, row: Invoice) -> str:
        """Return the supplier's own number."""
        return row.supplier_number

    async def require_reference(self, reference: Reference) -> Invoice:
        """Return the bill with this id, or with the supplier's number that was typed.

        Raises NotFound, and Ambiguous where several suppliers have that number; one that was made
        void counts where there is no other.
        """
        if isinstance(reference, int):
            return await self.require(reference)
        found = await self.find_all(number_key=number_key(reference))
        rows = [row for row in found if row.status != VOID] or found[-1:]
        if not rows:
            raise NotFound(self.noun, wanted=reference.strip()[:40])
        if len(rows) > 1:
            ids = [row.supplier_id for row in rows]
            suppliers = await SupplierController(self._scope).get_many(ids)
            candidates = tuple(
                Candidate(self.noun, row.id, row.supplier_number, suppliers[row.supplier_id].name)
                for row in rows
            )
            raise Ambiguous(self.noun, reference, candidates)
        return rows[0]

    async def find_by_name(self, typed: str, *, is_archived: bool = False) -> Invoice | None:
        """Return a bill with this number, of whatever supplier, or None."""
        del is_archived
        found = await self.find_all(number_key=number_key(typed))
        return found[-1] if found else None

    async def list_suggested(self, typed: str, statuses: Sequence[str] = ()) -> list[Invoice]:
        """List up to 25 whose number begins like what was typed, else the newest that have it."""
        key = number_key(typed)
        found: dict[int, Invoice] = {}
        if key:
            found |= {row.id: row for row in await self._list_beginning(key)}
        for status in statuses or (None,):
            page = await self.page_newest(status, limit=_MAX_LOOKED_AT)
            found |= {row.id: row for row in page.rows if key in row.number_key}
        fitting = [row for row in found.values() if not statuses or row.status in statuses]
        fitting.sort(key=lambda row: (not row.number_key.startswith(key), -row.number))
        return fitting[:_MAX_SUGGESTED]

    async def _list_beginning(self, key: str) -> list[Invoice]:
        column = self._table.c.number_key
        statement = self._prepared(
            "beginning",
            lambda: (
                self._select(Shape())
                .where(
                    column >= bindparam("key", type_=column.type),
                    column < bindparam("behind", type_=column.type),
                )
                .order_by(column)
                .limit(bindparam("limit"))
            ),
        )
        values = {"key": key, "behind": key + _BEHIND, "limit": _MAX_LOOKED_AT}
        return await self._rows(statement, values)


class InvoiceLineController(LineController):
    """What bills ask for, line by line, beside what was ordered and received."""

    model = InvoiceLine
    document_key = "invoice_id"
    noun = "invoice line"
    permission = "price.view"

    async def list_ordered(
        self, supplier_id: int, currency: str, item_ids: Sequence[int]
    ) -> list[OrderedRow]:
        """List the lines for some items of a supplier's orders that were sent, oldest first."""
        values: dict[str, Any] = {"item_ids": list(item_ids), "limit": _MAX_ORDERED}
        values |= {"supplier_id": supplier_id, "currency": currency, "statuses": list(_SENT)}
        return await self._fetch(OrderedRow, ORDERED, values)

    async def list_of_orders(
        self, supplier_id: int, currency: str, order_ids: Collection[int]
    ) -> list[OrderedRow]:
        """List the lines of some of a supplier's orders that were sent, oldest first."""
        limit = len(order_ids) * MAX_ORDER_LINES
        values: dict[str, Any] = {"order_ids": sorted(order_ids), "limit": limit}
        values |= {"supplier_id": supplier_id, "currency": currency, "statuses": list(_SENT)}
        return await self._fetch(OrderedRow, OF_ORDERS, values)

    async def list_unbilled(
        self, supplier_id: int, currency: str, invoice_id: int, limit: int
    ) -> list[OrderedRow]:
        """List the lines of which more was received than other bills ask for, oldest first."""
        values: dict[str, Any] = {"invoice_id": invoice_id, "limit": limit}
        values |= {"supplier_id": supplier_id, "currency": currency, "statuses": list(_SENT)}
        return await self._fetch(OrderedRow, UNBILLED, values)

    async def sum_billed(self, order_ids: Sequence[int], invoice_id: int) -> list[BilledSum]:
        """Sum up what other bills than this one ask for of some orders, by line and status."""
        if not order_ids:
            return []
        values = {"order_ids": list(order_ids), "invoice_id": invoice_id}
        return await self._fetch(BilledSum, BILLED, values)


class InvoiceFileController(BaseController[InvoiceFile]):
    """The files of bills."""

    model = InvoiceFile
    noun = "invoice file"
    permission = "price.view"

    async def find_name(self, invoice_id: int) -> str:
        """Return the name of a bill's file, empty if it has none: the content stays where it is."""
        shape = Shape.of({"invoice_id": invoice_id})
        statement = self._prepared(
            "name", lambda: self._select(shape).with_only_columns(self._table.c.name)
        )
        values = shape.bind(self._scope.guild_id, {"invoice_id": invoice_id})
        found = await self._scalars(statement, values)
        return found[0] if found else ""
