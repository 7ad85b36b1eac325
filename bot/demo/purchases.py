"""What the demo's warehouse buys: prices, a delivery that came in part, its bill, what waits."""

from datetime import date, timedelta
from typing import Any, Final

from bot.database.operations import Operation
from bot.database.service import DatabaseService
from bot.demo.people import DemoPeople
from bot.domain.actors import Actor
from bot.services.approvals.declared import DecideProposal
from bot.services.invoices.adding import AddInvoice, add_invoice
from bot.services.invoices.editing import EditInvoiceLines, edit_invoice_lines
from bot.services.invoices.matching import MatchInvoice, match_invoice
from bot.services.orders.approving import approve_order
from bot.services.orders.making import NewOrder, make_order
from bot.services.orders.steps import StepOrder, send_order, submit_order
from bot.services.payments.deciding import RequestPayment, request_payment
from bot.services.prices.setting import SetPrice, set_price
from bot.services.receiving.delivering import DeliverOrder, deliver_order

SUPPLIER: Final = "Harbour Tools"
_BILL: Final = "HT-2041"
# Item, price, and from how many on; the last one rose by more than a fifth.
_PRICES: Final = (
    ("GLOVE-M", "3.20", ""),
    ("GLOVE-M", "2.90", "60"),
    ("HELMET-Y", "14.50", ""),
    ("MASK-P2", "9.80", ""),
)
_DEARER: Final = ("MASK-P2", "12.40")


class Purchases:
    """The purchases of the demo, one after the other, each under a key of its own."""

    def __init__(self, db: DatabaseService, people: DemoPeople, today: date) -> None:
        self._db, self._people, self._today = db, people, today
        self._number = 0

    async def keep(self) -> None:
        """Set prices, receive half of an order, have it billed, and leave the rest waiting."""
        await self._set_prices()
        first = await self._order("GLOVE-M 48; HELMET-Y 6", days=-1)
        await self._approve(first)
        await self._run(self._people.buyer, send_order, StepOrder(order=first))
        await self._receive(first, "GLOVE-M 36\nHELMET-Y 6")
        await self._bill("GLOVE-M 36 3.20\nHELMET-Y 6 14.50", "202.20")
        await self._order("MASK-P2 12; GLOVE-M 60", days=9)

    async def _set_prices(self) -> None:
        begin = (self._today - timedelta(days=90)).isoformat()
        for item, amount, least in _PRICES:
            price = SetPrice(
                supplier=SUPPLIER, item=item, amount=amount, min_quantity=least, valid_from=begin
            )
            await self._run(self._people.buyer, set_price, price)
        item, amount = _DEARER
        price = SetPrice(supplier=SUPPLIER, item=item, amount=amount)
        await self._run(self._people.buyer, set_price, price)

    async def _order(self, lines: str, *, days: int) -> int:
        promised = (self._today + timedelta(days=days)).isoformat()
        new = NewOrder(supplier=SUPPLIER, lines=lines, promised_on=promised)
        made = await self._run(self._people.buyer, make_order, new)
        await self._run(self._people.buyer, submit_order, StepOrder(order=made.order_id))
        return int(made.order_id)

    async def _approve(self, order: int) -> None:
        document = await self._look(order)
        yes = DecideProposal(subject_id=document.id, version=document.version)
        await self._run(self._people.manager, approve_order, yes)

    async def _receive(self, order: int, lines: str) -> None:
        document = await self._look(order)
        goods = DeliverOrder(
            order_id=document.id, version=document.version, lines=lines, location="Dock"
        )
        await self._run(self._people.colleague, deliver_order, goods)

    async def _bill(self, lines: str, total: str) -> None:
        accountant = self._people.accountant
        bill = AddInvoice(supplier=SUPPLIER, number=_BILL, total=total)
        added = await self._run(accountant, add_invoice, bill)
        edited = EditInvoiceLines(invoice_id=added.invoice_id, version=1, lines=lines)
        await self._run(accountant, edit_invoice_lines, edited)
        await self._run(accountant, match_invoice, MatchInvoice(invoice=_BILL))
        await self._run(accountant, request_payment, RequestPayment(invoice=_BILL))

    async def _look(self, order: int) -> Any:
        async with self._db.look_up(self._people.buyer) as books:
            return await books.orders.require(order)

    async def _run(self, actor: Actor, operation: Operation[Any, Any], request: Any) -> Any:
        self._number += 1
        return await self._db.run(operation, request, actor, f"demo-purchase-{self._number}")
