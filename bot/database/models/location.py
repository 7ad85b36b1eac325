from datetime import datetime

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field

from bot.database.columns import Key, UtcTime
from bot.database.models.base import KEEP, NumberedRow, changes_by_record, in_book, refers_to


class Location(NumberedRow, table=True):
    """A location that holds stock; those with the smallest ids are the outside world.

    Its path is what it is shown and typed as; LocationController writes it from name and parent.
    """

    __tablename__ = "location"
    grants = KEEP
    __table_args__ = (
        in_book(),
        changes_by_record(),
        # Names are unique within their parent.
        UniqueConstraint("guild_id", "path_key"),
        Index(None, "guild_id", "name_key"),
        Index(None, "guild_id", "parent_id"),
        refers_to("location", "parent_id"),
    )

    name: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Key)
    # storage, receiving or quarantine: what is in quarantine is on hand and not available.
    kind: str = Field(default="storage", sa_type=Text)
    parent_id: int | None = Field(default=None, sa_type=BigInteger)
    path: str = Field(sa_type=Text)
    path_key: str = Field(sa_type=Key)
    archived_at: datetime | None = Field(default=None, sa_type=UtcTime)
