from sqlalchemy import BigInteger
from sqlmodel import Field

from bot.database.models.base import APPEND, GuildRow, in_book


class AuditMessage(GuildRow, table=True):
    """Which message of the audit channel has the lines of some records, in a row; bookkeeping.

    A record's message is the first one whose last record is not before it.
    """

    __tablename__ = "audit_message"
    grants = APPEND
    __table_args__ = (in_book(),)

    last_record: int = Field(primary_key=True, sa_type=BigInteger)
    first_record: int = Field(sa_type=BigInteger)
    channel_id: int = Field(sa_type=BigInteger)
    message_id: int = Field(sa_type=BigInteger)
