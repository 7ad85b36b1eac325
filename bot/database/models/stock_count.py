from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.columns import IdSet, Quantity, UtcTime
from bot.database.models.base import CHANGE, KEEP, NounRow, changes_by_record, in_book, refers_to
from bot.database.models.document import DocumentRow, is_document
from bot.domain.stock import NO_LOT


class StockCount(DocumentRow, table=True):
    """A count of a location and what is inside; a blind one does not show what is expected."""

    __tablename__ = "stock_count"
    grants = KEEP
    __table_args__ = (*is_document(), refers_to("location", "location_id"))

    location_id: int = Field(sa_type=BigInteger)
    is_blind: bool = Field(default=True)
    submitted_by: int | None = Field(default=None, sa_type=BigInteger)


class CountLine(NounRow, table=True):
    """Something to count: `expected` is what the ledger had there when it was counted.

    Only the difference of the two is posted, so that work goes on meanwhile.
    """

    __tablename__ = "count_line"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        changes_by_record(),
        refers_to("stock_count", "count_id"),
        refers_to("item", "item_id"),
        refers_to("location", "location_id"),
        Index(None, "guild_id", "count_id", "item_id", "location_id", "lot_id", unique=True),
    )

    count_id: int = Field(primary_key=True, sa_type=BigInteger)
    line: int = Field(primary_key=True)
    item_id: int = Field(sa_type=BigInteger)
    location_id: int = Field(sa_type=BigInteger)
    lot_id: int = Field(default=NO_LOT, sa_type=BigInteger)
    # open, counted, skipped
    state: str = Field(default="open", sa_type=Text)
    counted: Decimal | None = Field(default=None, sa_type=Quantity)
    expected: Decimal | None = Field(default=None, sa_type=Quantity)
    counted_by: int | None = Field(default=None, sa_type=BigInteger)
    counted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    # Who counted it before and must not count it again: a recount is by someone else.
    barred_ids: frozenset[int] = Field(default=frozenset(), sa_type=IdSet)
