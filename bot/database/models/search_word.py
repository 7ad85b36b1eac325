from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.columns import Key
from bot.database.models.base import CHANGE, GuildRow, in_book


class SearchWord(GuildRow, table=True):
    """A word by whose beginning a row of a noun is found; archived ones are found apart."""

    __tablename__ = "search_word"
    grants = CHANGE
    __table_args__ = (in_book(), Index(None, "guild_id", "noun", "subject_id", "word"))

    noun: str = Field(primary_key=True, sa_type=Text)
    is_archived: bool = Field(primary_key=True)
    word: str = Field(primary_key=True, sa_type=Key)
    subject_id: int = Field(primary_key=True, sa_type=BigInteger)
