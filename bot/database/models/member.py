from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import GuildRow, in_book


class Member(GuildRow, table=True):
    """A Discord user known to a guild's books by registration."""

    __tablename__ = "member"
    __table_args__ = (in_book(),)

    user_id: int = Field(primary_key=True, sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    registered_at: datetime = Field(sa_type=UtcTime)
    deactivated_at: datetime | None = Field(default=None, sa_type=UtcTime)
    deactivation_reason: str = Field(default="", sa_type=Text)
