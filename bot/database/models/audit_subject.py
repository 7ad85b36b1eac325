from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from bot.database.models.base import APPEND, GuildRow, refers_to


class AuditSubject(GuildRow, table=True):
    """A further thing that a record touched, besides its subject and what its moves name."""

    __tablename__ = "audit_subject"
    grants = APPEND
    __table_args__ = (refers_to("audit_event", "record", "record"),)

    noun: str = Field(primary_key=True, sa_type=Text)
    subject_id: int = Field(primary_key=True, sa_type=BigInteger)
    record: int = Field(primary_key=True, sa_type=BigInteger)
