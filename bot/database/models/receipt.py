from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import CHANGE, GuildRow, refers_to


class Receipt(GuildRow, table=True):
    """What a request was answered, under its idempotency key: a second delivery gets the same."""

    __tablename__ = "receipt"
    grants = CHANGE
    __table_args__ = (
        refers_to("audit_event", "record", "record"),
        Index(None, "guild_id", "record"),
    )

    key: str = Field(primary_key=True, sa_type=Text)
    record: int = Field(sa_type=BigInteger)
    actor_id: int = Field(sa_type=BigInteger)
    operation: str = Field(sa_type=Text)
    fingerprint: str = Field(sa_type=Text)
    # Kept for repeatable operations alone: others may hold contact data.
    request: str | None = Field(default=None, sa_type=Text)
    answer: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UtcTime)
