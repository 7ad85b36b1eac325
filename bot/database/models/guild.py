from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import KEEP, NounRow, changes_by_record, in_book


class Guild(NounRow, table=True):
    """A guild's settings."""

    __tablename__ = "guild"
    grants = KEEP
    __table_args__ = (in_book(), changes_by_record())

    default_role_id: int | None = Field(default=None, sa_type=BigInteger)
    undo_minutes: int = Field(default=15)
    timezone: str = Field(default="UTC", sa_type=Text)
    currency: str = Field(default="EUR", sa_type=Text)
    language: str = Field(default="en", sa_type=Text)
    # How long before it expires a lot is warned of.
    expiry_warning_days: int = Field(default=30)
    # How far the default roles have been given the permissions of later versions.
    role_defaults_version: int = Field(default=1)
    # The last day whose totals stand in the audit.
    closed_on: date | None = Field(default=None, sa_type=Date)
    set_up_at: datetime | None = Field(default=None, sa_type=UtcTime)
