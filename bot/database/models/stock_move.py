from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from bot.database.columns import Quantity
from bot.database.models.base import GuildRow, refers_to


class StockMove(GuildRow, table=True):
    """One immutable row of the ledger: a quantity of an item went from one place to another."""

    __tablename__ = "stock_move"
    __table_args__ = (
        refers_to("audit_event", "record", "record"),
        refers_to("item", "item_id"),
        refers_to("location", "source_id"),
        refers_to("location", "target_id"),
        CheckConstraint("quantity > 0", name="positive"),
        CheckConstraint("source_id <> target_id", name="two_ends"),
        Index(None, "guild_id", "item_id", "record"),
        Index(None, "guild_id", "source_id", "record"),
        Index(None, "guild_id", "target_id", "record"),
        # "Where did this person last take it": one step in this index.
        Index(None, "guild_id", "actor_id", "item_id", "record"),
    )

    record: int = Field(primary_key=True, sa_type=BigInteger)
    line: int = Field(primary_key=True)
    item_id: int = Field(sa_type=BigInteger)
    source_id: int = Field(sa_type=BigInteger)
    target_id: int = Field(sa_type=BigInteger)
    quantity: Decimal = Field(sa_type=Quantity)
    actor_id: int = Field(sa_type=BigInteger)
