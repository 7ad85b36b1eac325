from sqlalchemy import BigInteger, LargeBinary, Text
from sqlmodel import Field

from bot.database.models.base import CHANGE, NounRow, changes_by_record, in_book, refers_to


class ItemImage(NounRow, table=True):
    """The picture of an item: WebP of at most 1,024 pixels a side and 200 KiB, with its SHA-256."""

    __tablename__ = "item_image"
    grants = CHANGE
    __table_args__ = (in_book(), changes_by_record(), refers_to("item", "item_id"))

    item_id: int = Field(primary_key=True, sa_type=BigInteger)
    content: bytes = Field(sa_type=LargeBinary)
    content_hash: str = Field(sa_type=Text)
    width: int
    height: int
