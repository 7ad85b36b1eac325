from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import APPEND, GuildRow, in_book


class SyncOperation(GuildRow, table=True):
    """An operation of a device that counts, or one that another took the place of.

    Receipts are deleted after a week and a device may be away for months: this is how an
    operation that is delivered again is known for ever.
    """

    __tablename__ = "sync_operation"
    grants = APPEND
    __table_args__ = (
        in_book(),
        # What happened at another time than its record says.
        Index(None, "guild_id", "record"),
    )

    # The device's own id of it, a UUID.
    operation_id: str = Field(primary_key=True, sa_type=Text)
    device_id: int = Field(sa_type=BigInteger)
    # The record that it made; of a superseded one the record of what took its place.
    record: int = Field(sa_type=BigInteger)
    # By the server's clock, never after the record.
    happened_at: datetime = Field(sa_type=UtcTime)
    superseded_by: str | None = Field(default=None, sa_type=Text)
    # Of what was asked for; empty if it was superseded, which makes what it says unimportant.
    fingerprint: str = Field(default="", sa_type=Text)
