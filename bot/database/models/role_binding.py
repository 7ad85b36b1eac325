from sqlalchemy import BigInteger
from sqlmodel import Field

from bot.database.models.base import GuildRow, in_book, refers_to


class RoleBinding(GuildRow, table=True):
    """Whoever holds this Discord role holds that app role."""

    __tablename__ = "role_binding"
    __table_args__ = (in_book(), refers_to("role", "role_id"))

    discord_role_id: int = Field(primary_key=True, sa_type=BigInteger)
    role_id: int = Field(primary_key=True, sa_type=BigInteger)
