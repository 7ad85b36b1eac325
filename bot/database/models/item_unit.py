from decimal import Decimal

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from bot.database.columns import Factor, Key
from bot.database.models.base import CHANGE, NounRow, changes_by_record, in_book, refers_to


class ItemUnit(NounRow, table=True):
    """Another unit of an item: one of it is `factor` of the item's own unit, exactly."""

    __tablename__ = "item_unit"
    grants = CHANGE
    __table_args__ = (in_book(), changes_by_record(), refers_to("item", "item_id"))

    item_id: int = Field(primary_key=True, sa_type=BigInteger)
    unit_key: str = Field(primary_key=True, sa_type=Key)
    unit: str = Field(sa_type=Text)
    factor: Decimal = Field(sa_type=Factor)
