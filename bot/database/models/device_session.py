from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.columns import IdSet, Key, UtcTime
from bot.database.models.base import (
    CHANGE,
    KEEP,
    GuildRow,
    NumberedRow,
    changes_by_record,
    in_book,
    refers_to,
)


class DeviceSession(NumberedRow, table=True):
    """A phone or a program that works for a member of the guild, from its link to its end.

    Link and token are kept as hashes alone: who reads this table cannot use either.
    """

    __tablename__ = "device_session"
    grants = KEEP
    __table_args__ = (in_book(), changes_by_record(), Index(None, "guild_id", "user_id", "id"))

    user_id: int = Field(sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Key)
    # It stays once it was redeemed: who comes second with the code is told so.
    link_hash: str = Field(default="", sa_type=Text)
    link_expires_at: datetime = Field(sa_type=UtcTime)
    # Empty until it was redeemed.
    token_hash: str = Field(default="", sa_type=Text)
    linked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DeviceContact(GuildRow, table=True):
    """When a device was last heard of, and what Discord said then of the member it works for.

    Bookkeeping: it is written at every contact, which is no change of the books.
    """

    __tablename__ = "device_contact"
    grants = CHANGE
    __table_args__ = (refers_to("device_session", "device_id"),)

    device_id: int = Field(primary_key=True, sa_type=BigInteger)
    last_used_at: datetime = Field(sa_type=UtcTime)
    # None: Discord was never asked.
    asked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    discord_role_ids: frozenset[int] = Field(default=frozenset(), sa_type=IdSet)
    joined_at: datetime | None = Field(default=None, sa_type=UtcTime)
    is_owner: bool = Field(default=False)
