from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger
from sqlmodel import Field

from bot.database.columns import Quantity, UtcTime
from bot.database.models.base import APPEND, GuildRow, refers_to
from bot.domain.stock import NO_LOT


class StockObservation(GuildRow, table=True):
    """A level as it was seen at a time, which covers what happened before and is reported later.

    A take of ten o'clock that arrives after a count of noon must not be taken off what was counted.
    """

    __tablename__ = "stock_observation"
    grants = APPEND
    __table_args__ = (refers_to("item", "item_id"), refers_to("location", "location_id"))

    item_id: int = Field(primary_key=True, sa_type=BigInteger)
    location_id: int = Field(primary_key=True, sa_type=BigInteger)
    lot_id: int = Field(default=NO_LOT, primary_key=True, sa_type=BigInteger)
    happened_at: datetime = Field(primary_key=True, sa_type=UtcTime)
    record: int = Field(primary_key=True, sa_type=BigInteger)
    counted: Decimal = Field(sa_type=Quantity)
