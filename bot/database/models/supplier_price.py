from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Text, UniqueConstraint
from sqlmodel import Field

from bot.database.columns import Key, Quantity, UnitPrice
from bot.database.models.base import CHANGE, NumberedRow, changes_by_record, in_book, refers_to


class SupplierPrice(NumberedRow, table=True):
    """What a supplier asks for one unit of an item from a day and a quantity on.

    It ends where the next one of the same supplier, item, unit and quantity begins, so that two
    never overlap; one without an amount ends the one before.
    """

    __tablename__ = "supplier_price"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        changes_by_record(),
        refers_to("supplier", "supplier_id"),
        refers_to("item", "item_id"),
        UniqueConstraint(
            "guild_id",
            "supplier_id",
            "item_id",
            "unit_key",
            "min_quantity",
            "valid_from",
            # The name of all its columns is longer than PostgreSQL takes.
            name="uq_supplier_price_start",
        ),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("min_quantity >= 0", name="min_quantity"),
        Index(None, "guild_id", "item_id", "valid_from"),
    )

    supplier_id: int = Field(sa_type=BigInteger)
    item_id: int = Field(sa_type=BigInteger)
    # Empty for the item's own unit; `min_quantity` is in this unit.
    unit: str = Field(default="", sa_type=Text)
    unit_key: str = Field(default="", sa_type=Key)
    min_quantity: Decimal = Field(default=Decimal("0.000"), sa_type=Quantity)
    valid_from: date = Field(sa_type=Date)
    amount: Decimal | None = Field(default=None, sa_type=UnitPrice)
    currency: str = Field(sa_type=Text)
