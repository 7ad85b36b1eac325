from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from bot.database.models.base import CHANGE, NounRow, changes_by_record, in_book


class GuildChannel(NounRow, table=True):
    """Which channel a guild uses for a purpose: audit, approvals, later alerts and requests."""

    __tablename__ = "guild_channel"
    grants = CHANGE
    __table_args__ = (in_book(), changes_by_record())

    purpose: str = Field(primary_key=True, sa_type=Text)
    channel_id: int = Field(sa_type=BigInteger)
