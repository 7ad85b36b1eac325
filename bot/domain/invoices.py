"""Suppliers' bills: the supplier's own numbers, and what their rules refuse."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.domain.documents import INVOICE
from bot.domain.money import Money
from bot.domain.names import clean_name, key_of
from bot.errors import AlreadyExists, RuleBroken, StillInUse

RECEIVED, MATCHED, DISPUTED, PART_PAID, PAID, VOID = INVOICE.statuses

# What may be paid; only their lines count as billed where others are matched.
PAYABLE: Final = frozenset({MATCHED, PART_PAID})
AGREED: Final = (MATCHED, PART_PAID, PAID)
MAX_NUMBER: Final = 40
# As many lines as a form has room for.
MAX_LINES: Final = 100
_BLANKS: Final = re.compile(r"\s+")
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")


@dataclass(eq=False, kw_only=True)
class InvoiceExists(AlreadyExists):
    """The supplier's number was entered before, in some way of writing; by whom and when."""

    noun: str = field(default="invoice", init=False)
    supplier: str
    status: str
    total: Money
    invoice_id: int
    made_by: int
    made_at: datetime


@dataclass(eq=False)
class SupplierNotPaid(RuleBroken):
    """Only an approved supplier is paid; `status` is what it is."""

    supplier: str
    status: str
    invoice: str


@dataclass(eq=False)
class NoLinesYet(RuleBroken):
    """A bill without lines cannot be compared with what was received."""

    label: str
    invoice_id: int


@dataclass(eq=False)
class OtherCurrency(RuleBroken):
    """An amount is in another currency than the document that it is for."""

    label: str
    currency: str
    given: str


@dataclass(eq=False)
class NotOnOrder(RuleBroken):
    """A line names an order that has no such item."""

    order: str
    item: str


@dataclass(eq=False)
class OrderOfAnother(RuleBroken):
    """A line names an order from another supplier."""

    order: str
    supplier: str


@dataclass(eq=False)
class NoPrice(RuleBroken):
    """A line of a bill says no price."""


@dataclass(eq=False)
class PaymentsUnderWay(StillInUse):
    """A bill for which a payment was asked for cannot be made void."""

    label: str
    payments: tuple[str, ...]


def clean_number(typed: str) -> str:
    """Return a supplier's number as it is kept; raises InvalidValue."""
    return clean_name(typed, field="number", limit=MAX_NUMBER)


def number_key(number: str) -> str:
    """Return the form in which numbers are one: no case, width, blanks or kinds of dash."""
    return _DASHES.sub("-", _BLANKS.sub("", key_of(number)))


def require_currency(amount: Money, currency: str, label: str) -> Money:
    """Return an amount if it is in a document's currency; raises OtherCurrency."""
    if amount.currency != currency:
        raise OtherCurrency(label, currency, amount.currency)
    return amount
