from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import CHANGE, GuildRow, in_book


class Schedule(GuildRow, table=True):
    """The only clock: what is due for a guild and when, with the lease of the process at work."""

    __tablename__ = "schedule"
    grants = CHANGE
    __table_args__ = (in_book(), Index(None, "due_at"))

    kind: str = Field(primary_key=True, sa_type=Text)
    due_at: datetime = Field(sa_type=UtcTime)
    leased_by: str | None = Field(default=None, sa_type=Text)
    leased_until: datetime | None = Field(default=None, sa_type=UtcTime)
    failures: int = Field(default=0)
