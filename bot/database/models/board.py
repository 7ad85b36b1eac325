from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import (
    CHANGE,
    GuildRow,
    NumberedRow,
    changes_by_record,
    in_book,
    refers_to,
)


class Board(NumberedRow, table=True):
    """A message in a channel that always shows the current state of something."""

    __tablename__ = "board"
    grants = CHANGE
    __table_args__ = (in_book(), changes_by_record(), refers_to("location", "location_id"))

    channel_id: int = Field(sa_type=BigInteger)
    # stock, low, requests, orders or counts.
    kind: str = Field(sa_type=Text)
    # None: the whole warehouse.
    location_id: int | None = Field(default=None, sa_type=BigInteger)


class BoardMessage(GuildRow, table=True):
    """The message that shows a board, and a hash of what it shows; bookkeeping.

    It outlives its board until the message is deleted.
    """

    __tablename__ = "board_message"
    grants = CHANGE
    __table_args__ = (in_book(),)

    board_id: int = Field(primary_key=True, sa_type=BigInteger)
    channel_id: int = Field(sa_type=BigInteger)
    # None while it is on its way; `posting` is what its nonce is made of.
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    posting: str = Field(default="", sa_type=Text)
    shown_hash: str = Field(default="", sa_type=Text)
    edited_at: datetime | None = Field(default=None, sa_type=UtcTime)
