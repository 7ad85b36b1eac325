from sqlalchemy import BigInteger
from sqlmodel import Field

from bot.database.models.base import CHANGE, NounRow, changes_by_record, in_book, refers_to


class RoleBinding(NounRow, table=True):
    """A Discord role and an app role that its holders hold as well."""

    __tablename__ = "role_binding"
    grants = CHANGE
    __table_args__ = (in_book(), changes_by_record(), refers_to("role", "role_id"))

    discord_role_id: int = Field(primary_key=True, sa_type=BigInteger)
    role_id: int = Field(primary_key=True, sa_type=BigInteger)
