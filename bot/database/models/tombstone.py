from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.models.base import CHANGE, GuildRow, in_book


class Tombstone(GuildRow, table=True):
    """A deleted row of a noun, so that "what changed since record n" finds deletions as well."""

    __tablename__ = "tombstone"
    grants = CHANGE
    __table_args__ = (in_book(), Index(None, "guild_id", "record"))

    noun: str = Field(primary_key=True, sa_type=Text)
    # The parts of the row's key without the guild, joined by slashes.
    key: str = Field(primary_key=True, sa_type=Text)
    record: int = Field(sa_type=BigInteger)
