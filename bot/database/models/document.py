"""What every document has: a number of its own, a status, a version, and who made it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import NumberedRow, changes_by_record, in_book


class DocumentRow(NumberedRow):
    """A request, a count, later an order: numbered by its kind, changed by steps of a table."""

    number: int
    status: str = Field(sa_type=Text)
    version: int = Field(default=1)
    made_by: int = Field(sa_type=BigInteger)
    made_at: datetime = Field(sa_type=UtcTime)


def is_document() -> tuple[Any, ...]:
    """Return what a table of documents is constrained by, and what its lists are ordered by."""
    return (
        in_book(),
        changes_by_record(),
        UniqueConstraint("guild_id", "number"),
        Index(None, "guild_id", "status", "number"),
    )
