"""Payments of bills."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from bot.database.controllers.documents import DocumentController
from bot.database.controllers.invoice_statements import PAYMENT_SUMS
from bot.database.models import Payment
from bot.domain.documents import PAYMENT
from bot.domain.payments import LIVE

_MAX_OF_INVOICE: Final = 100


class _Sum(NamedTuple):
    invoice_id: int
    status: str
    amount: Decimal


class PaymentController(DocumentController[Payment]):
    """Who asked for payments, approved them and paid."""

    model = Payment
    kind = PAYMENT
    subject_code = "p"
    noun = "payment"
    permission = "price.view"

    async def sum_of(self, invoice_ids: Sequence[int]) -> dict[int, dict[str, Decimal]]:
        """Sum up the payments of some bills by status, by the bills' ids."""
        found: dict[int, dict[str, Decimal]] = {invoice_id: {} for invoice_id in invoice_ids}
        for row in await self._fetch(_Sum, PAYMENT_SUMS, {"invoice_ids": list(invoice_ids)}):
            found[row.invoice_id][row.status] = row.amount
        return found

    async def list_live(self, invoice_id: int) -> list[Payment]:
        """List the first hundred payments of a bill that take a part of it, by their numbers."""
        found = [
            each
            for status in LIVE
            for each in await self.find_all(
                limit=_MAX_OF_INVOICE, order_by=("number",), invoice_id=invoice_id, status=status
            )
        ]
        return sorted(found, key=lambda each: each.number)[:_MAX_OF_INVOICE]

    async def list_of(self, invoice_id: int) -> list[Payment]:
        """List the first hundred payments of a bill by their numbers."""
        return await self.find_all(
            limit=_MAX_OF_INVOICE, order_by=("number",), invoice_id=invoice_id
        )
