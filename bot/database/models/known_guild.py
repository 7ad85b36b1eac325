from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from bot.database.models.base import CHANGE, GuildRow, in_book


class KnownGuild(GuildRow, table=True):
    """What Discord calls a guild and who owns it, for processes that do not serve it; bookkeeping.

    A process that takes over a dead one's deliveries has other guilds in its cache.
    """

    __tablename__ = "known_guild"
    grants = CHANGE
    __table_args__ = (in_book(),)

    name: str = Field(sa_type=Text)
    owner_id: int = Field(sa_type=BigInteger)
