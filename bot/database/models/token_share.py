from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Text
from sqlmodel import Field, SQLModel

from bot.database.columns import UtcTime
from bot.database.models.base import CHANGE


class TokenShare(SQLModel, table=True):
    """What one process may use of its token's requests, and until when it holds that.

    The row of the process "" holds nothing: who takes a share locks it first.
    """

    __tablename__ = "token_share"
    grants: ClassVar[tuple[str, ...]] = CHANGE

    application_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    process: str = Field(primary_key=True, sa_type=Text)
    permits: int
    waiting: int
    held_until: datetime = Field(sa_type=UtcTime)


class IdentifyTurn(SQLModel, table=True):
    """When the next shard of those that share a turn may identify itself at the gateway."""

    __tablename__ = "identify_turn"
    grants: ClassVar[tuple[str, ...]] = CHANGE

    application_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    bucket: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    free_at: datetime = Field(sa_type=UtcTime)
