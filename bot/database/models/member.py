from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.columns import Key, UtcTime
from bot.database.models.base import CHANGE, NounRow, changes_by_record, in_book


class Member(NounRow, table=True):
    """A Discord user known to a guild's books: by registration or by being managed.

    The name is the one that Discord showed last; contact data is encrypted.
    """

    __tablename__ = "member"
    grants = CHANGE
    encrypted = ("email",)
    __table_args__ = (
        in_book(),
        changes_by_record(),
        Index(None, "guild_id", "name_key", "user_id"),
    )

    user_id: int = Field(primary_key=True, sa_type=BigInteger)
    name: str = Field(default="", sa_type=Text)
    name_key: str = Field(default="", sa_type=Key)
    # Empty: the language that Discord says.
    language: str = Field(default="", sa_type=Text)
    email: str | None = Field(default=None, sa_type=Text)
    registered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    deactivated_at: datetime | None = Field(default=None, sa_type=UtcTime)
    deactivation_reason: str = Field(default="", sa_type=Text)
