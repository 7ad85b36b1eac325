from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.models.base import CHANGE, NounRow, changes_by_record, in_book, refers_to


class ItemMerge(NounRow, table=True):
    """An item that was merged into another, and what led to it before, so that it can be undone."""

    __tablename__ = "item_merge"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        changes_by_record(),
        refers_to("item", "item_id"),
        refers_to("item", "into_id"),
        Index(None, "guild_id", "into_id"),
    )

    item_id: int = Field(primary_key=True, sa_type=BigInteger)
    into_id: int = Field(sa_type=BigInteger)
    # JSON: the former SKUs, barcodes and units that went along.
    taken: str = Field(sa_type=Text)
