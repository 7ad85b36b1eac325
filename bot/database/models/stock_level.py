from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from bot.database.columns import Quantity
from bot.database.models.base import KEEP, GuildRow, refers_to
from bot.domain.stock import NO_LOT
from bot.domain.virtual_locations import LAST_VIRTUAL_ID


class StockLevel(GuildRow, table=True):
    """The quantity of an item (of a lot) at a location: the sum of its moves, written with them."""

    __tablename__ = "stock_level"
    grants = KEEP
    __table_args__ = (
        refers_to("item", "item_id"),
        refers_to("location", "location_id"),
        CheckConstraint(f"quantity >= 0 OR location_id <= {LAST_VIRTUAL_ID}", name="floor"),
        Index(None, "guild_id", "location_id", "item_id", "lot_id"),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    item_id: int = Field(primary_key=True, sa_type=BigInteger)
    location_id: int = Field(primary_key=True, sa_type=BigInteger)
    lot_id: int = Field(default=NO_LOT, primary_key=True, sa_type=BigInteger)
    quantity: Decimal = Field(sa_type=Quantity)
