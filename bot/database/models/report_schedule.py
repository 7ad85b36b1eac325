from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import CHANGE, GuildRow, NumberedRow, changes_by_record, in_book


class ReportSchedule(NumberedRow, table=True):
    """That a report is posted to a channel every day, week or month."""

    __tablename__ = "report_schedule"
    grants = CHANGE
    __table_args__ = (in_book(), changes_by_record())

    kind: str = Field(sa_type=Text)
    channel_id: int = Field(sa_type=BigInteger)
    # day, week or month.
    every: str = Field(sa_type=Text)
    # `HH:MM` in the guild's time zone.
    at_time: str = Field(sa_type=Text)
    # Nothing is due before.
    created_at: datetime = Field(sa_type=UtcTime)


class ReportPosting(GuildRow, table=True):
    """That a scheduled report was due on a day of the guild; the newest one is the last day.

    Bookkeeping: taken by one process, and marked when its message is in the channel. By the day
    and not the instant: a change of the time zone must not let a day come twice.
    """

    __tablename__ = "report_posting"
    grants = CHANGE
    __table_args__ = (in_book(),)

    schedule_id: int = Field(primary_key=True, sa_type=BigInteger)
    day: date = Field(primary_key=True, sa_type=Date)
    due_at: datetime = Field(sa_type=UtcTime)
    # How many before it were left out, because too many were missed.
    skipped: int = Field(default=0)
    posted_at: datetime | None = Field(default=None, sa_type=UtcTime)
