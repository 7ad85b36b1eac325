from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field

from bot.database.columns import Key
from bot.database.models.base import KEEP, NumberedRow, changes_by_record, in_book


class Supplier(NumberedRow, table=True):
    """A company to buy from; its status is its approval's, its contact data is encrypted."""

    __tablename__ = "supplier"
    grants = KEEP
    encrypted = ("email", "phone", "tax_id")
    __table_args__ = (
        in_book(),
        changes_by_record(),
        UniqueConstraint("guild_id", "name_key"),
    )

    name: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Key)
    email: str | None = Field(default=None, sa_type=Text)
    phone: str | None = Field(default=None, sa_type=Text)
    tax_id: str | None = Field(default=None, sa_type=Text)
    note: str = Field(default="", sa_type=Text)
