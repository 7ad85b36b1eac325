from datetime import datetime

from sqlalchemy import BigInteger, Index, Text, text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import CHANGE, GuildRow, in_book

_NOT_PARKED = text("parked_at IS NULL")
_RETRIED = text("retry_at IS NOT NULL")


class Outbox(GuildRow, table=True):
    """A message to be delivered, written with the change that causes it and deleted afterwards.

    The lane is the destination (`bot/domain/lanes.py`); the kind selects the renderer. What no
    record causes (a digest) has record 0.
    """

    __tablename__ = "outbox"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        Index(None, "guild_id", "lane", postgresql_where=_NOT_PARKED, sqlite_where=_NOT_PARKED),
    )

    lane: str = Field(primary_key=True, sa_type=Text)
    record: int = Field(primary_key=True, sa_type=BigInteger)
    kind: str = Field(primary_key=True, sa_type=Text)
    created_at: datetime = Field(sa_type=UtcTime)
    # Until then it waits: what it is about is changing, or something else makes it needless.
    not_before: datetime | None = Field(default=None, sa_type=UtcTime)
    # Set when no renderer knows the kind: it stays for a later version and blocks nothing.
    set_aside_at: datetime | None = Field(default=None, sa_type=UtcTime)
    # Set while its lane waits: the index of what is due leaves such rows out, so that a thousand
    # forbidden channels cost the others nothing.
    parked_at: datetime | None = Field(default=None, sa_type=UtcTime)


class OutboxLane(GuildRow, table=True):
    """Who delivers a lane now, and the batch that is on its way, frozen before it was sent."""

    __tablename__ = "outbox_lane"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        Index(None, "retry_at", postgresql_where=_RETRIED, sqlite_where=_RETRIED),
    )

    lane: str = Field(primary_key=True, sa_type=Text)
    leased_by: str | None = Field(default=None, sa_type=Text)
    leased_until: datetime | None = Field(default=None, sa_type=UtcTime)
    batch_channel_id: int | None = Field(default=None, sa_type=BigInteger)
    batch_kind: str | None = Field(default=None, sa_type=Text)
    batch_last_record: int | None = Field(default=None, sa_type=BigInteger)
    batch_text: str | None = Field(default=None, sa_type=Text)
    batch_nonce: str | None = Field(default=None, sa_type=Text)
    batch_frozen_at: datetime | None = Field(default=None, sa_type=UtcTime)
    failures: int = Field(default=0)
    retry_at: datetime | None = Field(default=None, sa_type=UtcTime)
    # Why the lane waits, as a code for people, and when its owner was notified.
    blocked_reason: str | None = Field(default=None, sa_type=Text)
    blocked_since: datetime | None = Field(default=None, sa_type=UtcTime)
    owner_told_at: datetime | None = Field(default=None, sa_type=UtcTime)
