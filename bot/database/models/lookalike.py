from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.columns import Key
from bot.database.models.base import CHANGE, GuildRow, in_book


class Lookalike(GuildRow, table=True):
    """A name with letters that look like others, under what it looks like.

    Names in plain Latin letters have no row: they look like themselves.
    """

    __tablename__ = "lookalike"
    grants = CHANGE
    __table_args__ = (in_book(), Index(None, "guild_id", "noun", "row_id"))

    noun: str = Field(primary_key=True, sa_type=Text)
    skeleton: str = Field(primary_key=True, sa_type=Key)
    row_id: int = Field(primary_key=True, sa_type=BigInteger)
