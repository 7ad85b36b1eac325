from decimal import Decimal

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.columns import Key, Quantity
from bot.database.models.base import CHANGE, NounRow, changes_by_record, in_book, refers_to


class Barcode(NounRow, table=True):
    """A code that is printed on an item or on a pack of it: it means that much of that unit."""

    __tablename__ = "barcode"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        changes_by_record(),
        refers_to("item", "item_id"),
        Index(None, "guild_id", "item_id"),
    )

    code_key: str = Field(primary_key=True, sa_type=Key)
    code: str = Field(sa_type=Text)
    item_id: int = Field(sa_type=BigInteger)
    # Of the item's own unit if it is empty.
    unit: str = Field(default="", sa_type=Text)
    quantity: Decimal = Field(default=Decimal("1.000"), sa_type=Quantity)
