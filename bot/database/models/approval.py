from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from bot.database.columns import IdSet, UtcTime
from bot.database.models.base import CHANGE, KEEP, GuildRow, NounRow, changes_by_record, in_book


class Approval(NounRow, table=True):
    """The status and version of a proposed thing, and who may not decide about it.

    A round begins when the thing becomes pending and ends with a decision; what was decided
    before is in the audit.
    """

    __tablename__ = "approval"
    grants = KEEP
    __table_args__ = (
        in_book(),
        changes_by_record(),
        Index(None, "guild_id", "noun", "status", "subject_id"),
    )

    noun: str = Field(primary_key=True, sa_type=Text)
    subject_id: int = Field(primary_key=True, sa_type=BigInteger)
    status: str = Field(sa_type=Text)
    version: int = Field(default=1)
    opened_by: int = Field(sa_type=BigInteger)
    opened_at: datetime = Field(sa_type=UtcTime)
    opened_record: int = Field(sa_type=BigInteger)
    # Everyone who proposed, edited, resubmitted or reinstated it since its last approval.
    touched_by: frozenset[int] = Field(sa_type=IdSet)
    # Who has approved this version.
    agreed_by: frozenset[int] = Field(default=frozenset(), sa_type=IdSet)
    # The last of approval, rejection and suspension; empty before the first.
    decided_by: int | None = Field(default=None, sa_type=BigInteger)
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    decided_record: int | None = Field(default=None, sa_type=BigInteger)
    reason: str = Field(default="", sa_type=Text)


class ApprovalCard(GuildRow, table=True):
    """The message that shows a round of an approval: bookkeeping of the delivery."""

    __tablename__ = "approval_card"
    grants = CHANGE
    __table_args__ = (in_book(),)

    noun: str = Field(primary_key=True, sa_type=Text)
    subject_id: int = Field(primary_key=True, sa_type=BigInteger)
    opened_record: int = Field(sa_type=BigInteger)
    channel_id: int = Field(sa_type=BigInteger)
    message_id: int = Field(sa_type=BigInteger)
