from sqlalchemy import Text
from sqlmodel import Field

from bot.database.columns import Key
from bot.database.models.base import APPEND, GuildRow, in_book


class SearchPart(GuildRow, table=True):
    """The end of a word of a guild, by whose beginning the middle of the word is found.

    Words that no name has any more stay, and find nothing.
    """

    __tablename__ = "search_part"
    grants = APPEND
    __table_args__ = (in_book(),)

    noun: str = Field(primary_key=True, sa_type=Text)
    part: str = Field(primary_key=True, sa_type=Key)
    word: str = Field(primary_key=True, sa_type=Key)
