from sqlalchemy import BigInteger, Text, false
from sqlmodel import Field

from bot.database.models.base import KEEP, GuildRow


class Book(GuildRow, table=True):
    """The head of a guild's books: its row is the lock that makes every write one at a time."""

    __tablename__ = "book"
    grants = KEEP
    # Free space on the page keeps the many updates of this row away from its index.
    __table_args__ = ({"postgresql_with": {"fillfactor": "50"}},)

    last_record: int = Field(default=0, sa_type=BigInteger)
    last_id: int = Field(sa_type=BigInteger)
    chain_head: str = Field(sa_type=Text)
    rights_version: int = Field(default=1, sa_type=BigInteger)
    # Set while nothing repeated is due; the next change puts it back (`bot/database/resting.py`).
    is_asleep: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
