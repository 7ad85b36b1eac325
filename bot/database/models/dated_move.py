from datetime import datetime

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import APPEND, GuildRow, in_book


class DatedMove(GuildRow, table=True):
    """When a move happened that happened at another time than its record was made.

    A line that keeps true what was counted happened when that was counted.
    """

    __tablename__ = "dated_move"
    grants = APPEND
    __table_args__ = (
        in_book(),
        # What an observation's later corrections were: they are taken back with it.
        Index(
            None,
            "guild_id",
            "corrects",
            "record",
            "line",
            postgresql_where=text("corrects IS NOT NULL"),
            sqlite_where=text("corrects IS NOT NULL"),
        ),
    )

    record: int = Field(primary_key=True, sa_type=BigInteger)
    line: int = Field(primary_key=True)
    happened_at: datetime = Field(sa_type=UtcTime)
    # The record of the observation that it keeps true, if it is such a line.
    corrects: int | None = Field(default=None, sa_type=BigInteger)
