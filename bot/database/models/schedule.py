from datetime import date, datetime

from sqlalchemy import Date, Index, Text
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
    # The last day, where the guild is, for which it was done: what is posted daily is posted once,
    # also when a change of the time zone makes a day begin again.
    done_on: date | None = Field(default=None, sa_type=Date)
