from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Date, Text
from sqlmodel import Field

from bot.database.columns import Amount, Quantity, UtcTime
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
    # Orders of at most this much, in the guild's currency, need no approval.
    order_approval_above: Decimal = Field(default=Decimal("0.000"), sa_type=Amount)
    # How much more than ordered may come in, and how far a bill may differ from that.
    over_delivery_percent: Decimal = Field(default=Decimal("0.000"), sa_type=Quantity)
    match_tolerance_percent: Decimal = Field(default=Decimal("0.000"), sa_type=Quantity)
    # How far the default roles have been given the permissions of later versions.
    role_defaults_version: int = Field(default=1)
    # The last day whose totals are in the audit.
    closed_on: date | None = Field(default=None, sa_type=Date)
    set_up_at: datetime | None = Field(default=None, sa_type=UtcTime)
