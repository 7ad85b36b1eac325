from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.columns import Key
from bot.database.models.base import CHANGE, GuildRow, in_book, refers_to


class FormerSku(GuildRow, table=True):
    """A SKU that an item had; it leads to the item until another one has it."""

    __tablename__ = "former_sku"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        refers_to("item", "item_id"),
        Index(None, "guild_id", "item_id"),
    )

    sku_key: str = Field(primary_key=True, sa_type=Key)
    sku: str = Field(sa_type=Text)
    item_id: int = Field(sa_type=BigInteger)
