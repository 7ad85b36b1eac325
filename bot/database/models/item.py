from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from bot.database.columns import Key, Quantity, UtcTime
from bot.database.models.base import KEEP, NumberedRow, changes_by_record, in_book

_IS_WATCHED = text("reorder_point IS NOT NULL")


class Item(NumberedRow, table=True):
    """A thing that is kept in stock, counted in its unit."""

    __tablename__ = "item"
    grants = KEEP
    __table_args__ = (
        in_book(),
        changes_by_record(),
        UniqueConstraint("guild_id", "sku_key"),
        Index(None, "guild_id", "name_key"),
        # What boards look at after each change, however many other items there are.
        Index(
            "ix_item_watched",
            "guild_id",
            "id",
            postgresql_where=_IS_WATCHED,
            sqlite_where=_IS_WATCHED,
        ),
    )

    sku: str = Field(sa_type=Text)
    sku_key: str = Field(sa_type=Key)
    name: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Key)
    unit: str = Field(default="pcs", sa_type=Text)
    # none, lot or serial; fixed once it has moved.
    tracking: str = Field(default="none", sa_type=Text)
    # The sum of open reservations, read with the item: an unreserved item costs nothing more.
    reserved: Decimal = Field(default=Decimal("0.000"), sa_type=Quantity)
    reorder_point: Decimal | None = Field(default=None, sa_type=Quantity)
    # Up to how much is ordered when it is reordered.
    reorder_target: Decimal | None = Field(default=None, sa_type=Quantity)
    # Whether it is counted in whole numbers only; None: as its unit is.
    whole: bool | None = Field(default=None)
    # The newest record whose alert was answered, and until when no alert is wanted.
    alert_record: int | None = Field(default=None, sa_type=BigInteger)
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcTime)
    archived_at: datetime | None = Field(default=None, sa_type=UtcTime)
