from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import CHANGE, GuildRow


class PendingAnswer(GuildRow, table=True):
    """An interaction that was promised an answer and has not been shown one yet."""

    __tablename__ = "pending_answer"
    grants = CHANGE
    __table_args__ = (Index(None, "created_at"),)

    key: str = Field(primary_key=True, sa_type=Text)
    user_id: int = Field(sa_type=BigInteger)
    application_id: int = Field(sa_type=BigInteger)
    token: str = Field(sa_type=Text)
    locale: str = Field(default="", sa_type=Text)
    created_at: datetime = Field(sa_type=UtcTime)
    failed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    # When its user, asked back, did the same once more: they are not asked again.
    known_at: datetime | None = Field(default=None, sa_type=UtcTime)
