from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Text
from sqlmodel import Field

from bot.database.columns import Factor, Quantity, UnitPrice
from bot.database.models.base import CHANGE, KEEP, NounRow, changes_by_record, in_book, refers_to
from bot.database.models.document import DocumentRow, is_document


class PurchaseOrder(DocumentRow, table=True):
    """What is ordered from a supplier; `rate` is what one of its currency is in the guild's."""

    __tablename__ = "purchase_order"
    grants = KEEP
    __table_args__ = (
        *is_document(),
        refers_to("supplier", "supplier_id"),
        Index(None, "guild_id", "supplier_id", "status", "number"),
        Index(None, "guild_id", "promised_on"),
    )

    supplier_id: int = Field(sa_type=BigInteger)
    currency: str = Field(sa_type=Text)
    rate: Decimal | None = Field(default=None, sa_type=UnitPrice)
    promised_on: date | None = Field(default=None, sa_type=Date)
    note: str = Field(default="", sa_type=Text)


class OrderLine(NounRow, table=True):
    """An item of an order, in the item's own unit; its price is of one `unit` of `factor`."""

    __tablename__ = "order_line"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        changes_by_record(),
        refers_to("purchase_order", "order_id"),
        refers_to("item", "item_id"),
        CheckConstraint("quantity > 0", name="positive"),
        CheckConstraint("received >= 0", name="received"),
        CheckConstraint("factor > 0", name="factor"),
        CheckConstraint("unit_price >= 0", name="unit_price"),
        Index(None, "guild_id", "item_id", "order_id"),
    )

    order_id: int = Field(primary_key=True, sa_type=BigInteger)
    line: int = Field(primary_key=True)
    item_id: int = Field(sa_type=BigInteger)
    quantity: Decimal = Field(sa_type=Quantity)
    # Empty for the item's own unit.
    unit: str = Field(default="", sa_type=Text)
    factor: Decimal = Field(default=Decimal("1.000000"), sa_type=Factor)
    # Not known yet, in a draft.
    unit_price: Decimal | None = Field(default=None, sa_type=UnitPrice)
    received: Decimal = Field(default=Decimal("0.000"), sa_type=Quantity)
