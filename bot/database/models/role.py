from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field

from bot.database.columns import Key, PermissionSet
from bot.database.models.base import CHANGE, NumberedRow, changes_by_record, in_book


class Role(NumberedRow, table=True):
    """An app role: a named set of permissions."""

    __tablename__ = "role"
    grants = CHANGE
    __table_args__ = (
        in_book(),
        changes_by_record(),
        UniqueConstraint("guild_id", "name_key"),
    )

    name: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Key)
    description: str = Field(default="", sa_type=Text)
    permissions: frozenset[str] = Field(sa_type=PermissionSet)
