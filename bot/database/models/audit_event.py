from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import APPEND, GuildRow, in_book, refers_to
from bot.domain.stock import FLOOR_ACTIONS

MARKS_EVERY: Final = 32
IS_MARK: Final = text(f"record % {MARKS_EVERY} = 0")
NOT_OF_THE_FLOOR: Final = text(" AND ".join(f"action <> '{name}'" for name in FLOOR_ACTIONS))


class AuditEvent(GuildRow, table=True):
    """One committed operation: its number, who, when, what, before and after, and its hash.

    `detail` is canonical JSON. `hash` covers every other field, the record's moves and the
    previous event's hash, so that nothing can be changed, removed or slipped in unseen.
    """

    __tablename__ = "audit_event"
    grants = APPEND
    __table_args__ = (
        in_book(),
        refers_to("audit_event", "reverses", "record"),
        # A record is taken back at most once, whatever the code believes.
        UniqueConstraint("guild_id", "reverses"),
        Index(None, "guild_id", "actor_id", "record"),
        Index(
            None,
            "guild_id",
            "action",
            "record",
            postgresql_where=NOT_OF_THE_FLOOR,
            sqlite_where=NOT_OF_THE_FLOOR,
        ),
        # What a time means as a record number (`bot/database/controllers/first_records.py`).
        Index(None, "guild_id", "at", "record", postgresql_where=IS_MARK, sqlite_where=IS_MARK),
        # "What happened to this one": its history, newest first; its moves are in the ledger.
        Index(
            None,
            "guild_id",
            "subject_type",
            "subject_id",
            "record",
            postgresql_where=NOT_OF_THE_FLOOR,
            sqlite_where=NOT_OF_THE_FLOOR,
        ),
    )

    record: int = Field(primary_key=True, sa_type=BigInteger)
    # Which fields the hash covers; see `bot/domain/chain.py`.
    format: int = Field(default=1)
    at: datetime = Field(sa_type=UtcTime)
    # `member` or `system`: the program itself acts under its own name, never as a missing person.
    actor_kind: str = Field(default="member", sa_type=Text)
    actor_id: int = Field(sa_type=BigInteger)
    source: str = Field(sa_type=Text)
    # The key that the unit ran under: an interaction's id, or what a job calls its work.
    operation_id: str | None = Field(default=None, sa_type=Text)
    action: str = Field(sa_type=Text)
    subject_type: str = Field(sa_type=Text)
    subject_id: int | None = Field(default=None, sa_type=BigInteger)
    subject: str = Field(sa_type=Text)
    detail: str = Field(sa_type=Text)
    reverses: int | None = Field(default=None, sa_type=BigInteger)
    hash: str = Field(sa_type=Text)
