from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import GuildRow, in_book


class Guild(GuildRow, table=True):
    """A guild's settings."""

    __tablename__ = "guild"
    __table_args__ = (in_book(),)

    audit_channel_id: int | None = Field(default=None, sa_type=BigInteger)
    approvals_channel_id: int | None = Field(default=None, sa_type=BigInteger)
    default_role_id: int | None = Field(default=None, sa_type=BigInteger)
    undo_minutes: int = Field(default=15)
    timezone: str = Field(default="UTC", sa_type=Text)
    currency: str = Field(default="EUR", sa_type=Text)
    set_up_at: datetime | None = Field(default=None, sa_type=UtcTime)
