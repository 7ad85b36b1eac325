from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from bot.database.columns import Quantity
from bot.database.models.base import KEEP, GuildRow, refers_to
from bot.domain.stock import NO_LOT
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

_HAS_LOT = text("lot_id <> 0")


class StockLevel(GuildRow, table=True):
    """The quantity of an item (of a lot) at a location: the sum of its moves, written with them."""

    __tablename__ = "stock_level"
    grants = KEEP
    __table_args__ = (
        refers_to("item", "item_id"),
        refers_to("location", "location_id"),
        CheckConstraint(f"quantity >= 0 OR location_id <= {LAST_VIRTUAL_ID}", name="floor"),
        Index(None, "guild_id", "location_id", "item_id", "lot_id"),
        # Where a lot is: most levels have none and cost nothing here. The quantity stays out of
        # it, or PostgreSQL would write every index again with every move.
        Index(None, "guild_id", "lot_id", postgresql_where=_HAS_LOT, sqlite_where=_HAS_LOT),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    item_id: int = Field(primary_key=True, sa_type=BigInteger)
    location_id: int = Field(primary_key=True, sa_type=BigInteger)
    lot_id: int = Field(default=NO_LOT, primary_key=True, sa_type=BigInteger)
    quantity: Decimal = Field(sa_type=Quantity)
