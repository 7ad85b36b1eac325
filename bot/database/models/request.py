from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Text
from sqlmodel import Field

from bot.database.columns import Quantity, UtcTime
from bot.database.models.base import CHANGE, KEEP, NounRow, changes_by_record, in_book, refers_to
from bot.database.models.document import DocumentRow, is_document


class Request(DocumentRow, table=True):
    """Goods that someone needs; while it is open, what is left of its lines is reserved."""

    __tablename__ = "request"
    grants = KEEP
    __table_args__ = (*is_document(), Index(None, "guild_id", "lapses_at"))

    wanted_for: str = Field(sa_type=Text)
    needed_by: date | None = Field(default=None, sa_type=Date)
    note: str = Field(default="", sa_type=Text)
    # When the reservation ends by itself; empty once it has ended.
    lapses_at: datetime | None = Field(default=None, sa_type=UtcTime)


class RequestLine(NounRow, table=True):
    """An item of a request: how much is wanted, and how much of that was picked."""

    __tablename__ = "request_line"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        changes_by_record(),
        refers_to("request", "request_id"),
        refers_to("item", "item_id"),
        CheckConstraint("quantity > 0", name="positive"),
        CheckConstraint("picked >= 0 AND picked <= quantity", name="picked"),
        CheckConstraint("reserved >= 0 AND reserved <= quantity - picked", name="reserved"),
        Index(None, "guild_id", "item_id", "request_id"),
    )

    request_id: int = Field(primary_key=True, sa_type=BigInteger)
    line: int = Field(primary_key=True)
    item_id: int = Field(sa_type=BigInteger)
    quantity: Decimal = Field(sa_type=Quantity)
    picked: Decimal = Field(default=Decimal("0.000"), sa_type=Quantity)
    # What of it is held back from others now; `item.reserved` is the sum over all requests.
    reserved: Decimal = Field(default=Decimal("0.000"), sa_type=Quantity)
