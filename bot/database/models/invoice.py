from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, LargeBinary, Text, text
from sqlmodel import Field

from bot.database.columns import Amount, Factor, Key, Quantity, UnitPrice
from bot.database.models.base import CHANGE, KEEP, NounRow, changes_by_record, in_book, refers_to
from bot.database.models.document import DocumentRow, is_document

_COUNTS = text("status <> 'void'")


class Invoice(DocumentRow, table=True):
    """A supplier's bill, called by the supplier's own number, which counts once per supplier."""

    __tablename__ = "invoice"
    grants = KEEP
    __table_args__ = (
        *is_document(),
        refers_to("supplier", "supplier_id"),
        # A bill that was made void may be entered again.
        Index(
            None,
            "guild_id",
            "supplier_id",
            "number_key",
            unique=True,
            postgresql_where=_COUNTS,
            sqlite_where=_COUNTS,
        ),
        Index(None, "guild_id", "number_key"),
    )

    supplier_id: int = Field(sa_type=BigInteger)
    supplier_number: str = Field(sa_type=Text)
    number_key: str = Field(sa_type=Key)
    currency: str = Field(sa_type=Text)
    total: Decimal = Field(sa_type=Amount)
    dated_on: date | None = Field(default=None, sa_type=Date)
    # Why it is disputed; empty otherwise.
    reason: str = Field(default="", sa_type=Text)


class InvoiceLine(NounRow, table=True):
    """What a bill asks for, and which line of an order it bills."""

    __tablename__ = "invoice_line"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        changes_by_record(),
        refers_to("invoice", "invoice_id"),
        refers_to("item", "item_id"),
        refers_to("purchase_order", "order_id"),
        CheckConstraint("quantity > 0", name="positive"),
        CheckConstraint("factor > 0", name="factor"),
        CheckConstraint("unit_price >= 0", name="unit_price"),
        Index(None, "guild_id", "order_id", "order_line"),
    )

    invoice_id: int = Field(primary_key=True, sa_type=BigInteger)
    line: int = Field(primary_key=True)
    item_id: int = Field(sa_type=BigInteger)
    quantity: Decimal = Field(sa_type=Quantity)
    unit: str = Field(default="", sa_type=Text)
    factor: Decimal = Field(default=Decimal("1.000000"), sa_type=Factor)
    unit_price: Decimal = Field(sa_type=UnitPrice)
    order_id: int | None = Field(default=None, sa_type=BigInteger)
    order_line: int | None = Field(default=None)


class InvoiceFile(NounRow, table=True):
    """The file of a bill, at most 4 MiB, with its SHA-256."""

    __tablename__ = "invoice_file"
    grants = CHANGE
    __table_args__ = (in_book(), changes_by_record(), refers_to("invoice", "invoice_id"))

    invoice_id: int = Field(primary_key=True, sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    media_type: str = Field(sa_type=Text)
    content: bytes = Field(sa_type=LargeBinary)
    content_hash: str = Field(sa_type=Text)
