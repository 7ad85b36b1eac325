from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from bot.database.columns import IdSet, UtcTime
from bot.database.models.base import KEEP, NumberedRow, changes_by_record, in_book, refers_to


class Shift(NumberedRow, table=True):
    """That a member works, at a location perhaps, until a time: whom alerts mention."""

    __tablename__ = "shift"
    grants = KEEP
    __table_args__ = (
        in_book(),
        changes_by_record(),
        refers_to("location", "location_id"),
        Index(None, "guild_id", "ends_at"),
        Index(None, "guild_id", "user_id", "ends_at"),
    )

    user_id: int = Field(sa_type=BigInteger)
    location_id: int | None = Field(default=None, sa_type=BigInteger)
    started_at: datetime = Field(sa_type=UtcTime)
    # What Discord said of them when it began: no members are cached, and alerts mention those who
    # may act on them.
    discord_role_ids: frozenset[int] = Field(default=frozenset(), sa_type=IdSet)
    joined_at: datetime | None = Field(default=None, sa_type=UtcTime)
    # Moved to the present when it is ended before.
    ends_at: datetime = Field(sa_type=UtcTime)
