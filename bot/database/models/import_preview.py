from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, Text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import CHANGE, GuildRow, in_book


class ImportPreview(GuildRow, table=True):
    """A file as it was read, to be applied once: bookkeeping until a record applies it.

    It lapses after a day; what was applied stays, so that the same file is recognised, without
    its content: for a month it has what the suppliers were that it edited.
    """

    __tablename__ = "import_preview"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        Index(None, "guild_id", "kind", "file_hash"),
        Index(None, "expires_at"),
    )

    # Random, because no unit of work hands it out.
    token: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(sa_type=Text)
    file_name: str = Field(sa_type=Text)
    file_hash: str = Field(sa_type=Text)
    made_by: int = Field(sa_type=BigInteger)
    made_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    # The newest record when it was read.
    based_on: int = Field(sa_type=BigInteger)
    # Compressed JSON of what each row was read as.
    content: bytes = Field(sa_type=LargeBinary)
    applied_record: int | None = Field(default=None, sa_type=BigInteger)
