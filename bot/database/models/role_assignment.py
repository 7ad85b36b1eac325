from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from bot.database.columns import UtcTime
from bot.database.models.base import CHANGE, NounRow, changes_by_record, in_book, refers_to


class RoleAssignment(NounRow, table=True):
    """An app role assigned to a person by name; expired once they have left and rejoined."""

    __tablename__ = "role_assignment"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        changes_by_record(),
        Index(None, "guild_id", "role_id", "user_id"),
        refers_to("role", "role_id"),
    )

    user_id: int = Field(primary_key=True, sa_type=BigInteger)
    role_id: int = Field(primary_key=True, sa_type=BigInteger)
    assigned_at: datetime = Field(sa_type=UtcTime)
    assigned_by: int = Field(sa_type=BigInteger)
