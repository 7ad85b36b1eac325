from datetime import date

from sqlalchemy import BigInteger, Date, Index, Text, UniqueConstraint
from sqlmodel import Field

from bot.database.columns import Key
from bot.database.models.base import KEEP, NumberedRow, changes_by_record, in_book, refers_to


class Lot(NumberedRow, table=True):
    """A batch of an item, or a single piece of it by its serial number.

    It is good through the day that it expires on, in the guild's time zone; a held one is on
    hand and not available.
    """

    __tablename__ = "lot"
    grants = KEEP
    __table_args__ = (
        in_book(),
        changes_by_record(),
        refers_to("item", "item_id"),
        UniqueConstraint("guild_id", "item_id", "code_key"),
        Index(None, "guild_id", "code_key"),
        # First-expiring-first within an item, and what expires next in the guild.
        Index(None, "guild_id", "item_id", "expires_on"),
        Index(None, "guild_id", "expires_on"),
    )

    item_id: int = Field(sa_type=BigInteger)
    code: str = Field(sa_type=Text)
    code_key: str = Field(sa_type=Key)
    expires_on: date | None = Field(default=None, sa_type=Date)
    state: str = Field(default="open", sa_type=Text)
