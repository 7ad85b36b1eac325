from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Date, Text
from sqlmodel import Field

from bot.database.columns import Quantity
from bot.database.models.base import CHANGE, GuildRow, NounRow, changes_by_record, refers_to


class TrackedItem(NounRow, table=True):
    """That the days of an item are kept, from a day on."""

    __tablename__ = "tracked_item"
    grants = CHANGE
    __table_args__ = (refers_to("item", "item_id"), changes_by_record())

    item_id: int = Field(primary_key=True, sa_type=BigInteger)
    since: date = Field(sa_type=Date)


class ItemDay(GuildRow, table=True):
    """What was on hand of a tracked item on a day of the guild; it can be made from the ledger."""

    __tablename__ = "item_day"
    grants = CHANGE
    __table_args__ = (refers_to("item", "item_id"),)

    item_id: int = Field(primary_key=True, sa_type=BigInteger)
    day: date = Field(primary_key=True, sa_type=Date)
    opened: Decimal = Field(sa_type=Quantity)
    highest: Decimal = Field(sa_type=Quantity)
    lowest: Decimal = Field(sa_type=Quantity)
    closed: Decimal = Field(sa_type=Quantity)
    # What came in and what went out, together.
    volume: Decimal = Field(sa_type=Quantity)


class ItemDayMark(GuildRow, table=True):
    """Up to which record an item's days are made from the ledger, and in which time zone.

    Its days are what its records up to that one make: no more is needed to check them, and what
    writes days moves the mark from where it was read, so that no record is counted twice.
    """

    __tablename__ = "item_day_mark"
    grants = CHANGE
    __table_args__ = (refers_to("item", "item_id"),)

    item_id: int = Field(primary_key=True, sa_type=BigInteger)
    last_record: int = Field(sa_type=BigInteger)
    # Empty where they are to be made again.
    timezone: str = Field(sa_type=Text)
