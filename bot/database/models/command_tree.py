from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Text
from sqlmodel import Field, SQLModel

from bot.database.columns import UtcTime
from bot.database.models.base import CHANGE


class CommandTree(SQLModel, table=True):
    """The commands last registered with Discord, as a hash: no need to register them again."""

    __tablename__ = "command_tree"
    grants: ClassVar[tuple[str, ...]] = CHANGE

    application_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    hash: str = Field(sa_type=Text)
    synced_at: datetime = Field(sa_type=UtcTime)
