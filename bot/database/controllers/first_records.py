"""What a time means as a record number: one step to the mark before it, and a few records on.

Times grow with the numbers, so every 32nd record is enough of an index: one over all of them
would be a fourteenth of what books weigh.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, literal_column, select

from bot.database.models import AuditEvent
from bot.database.models.audit_event import MARKS_EVERY
from bot.database.models.base import table_of

_event: Final = table_of(AuditEvent).alias("first")
_mark: Final = table_of(AuditEvent).alias("mark")
_ONE: Final[ColumnElement[int]] = literal_column("1")
_ZERO: Final[ColumnElement[int]] = literal_column("0")
# As the index has it: with a parameter it would not be used.
_IS_MARK: Final = _mark.c.record % literal_column(str(MARKS_EVERY)) == _ZERO


def first_record(
    guild_id: ColumnElement[int], instant: ColumnElement[Any], *, is_behind: bool = False
) -> Select[tuple[int]]:
    """Select the first record at an instant or later, or only behind it."""
    before = (
        select(_mark.c.record)
        .where(_mark.c.guild_id == guild_id, _IS_MARK, _mark.c.at < instant)
        .order_by(_mark.c.at.desc(), _mark.c.record.desc())
        .limit(_ONE)
        # The instant may be of a table further out.
        .correlate_except(_mark)
        .scalar_subquery()
    )
    is_late = _event.c.at > instant if is_behind else _event.c.at >= instant
    return (
        select(_event.c.record)
        .where(
            _event.c.guild_id == guild_id, _event.c.record > func.coalesce(before, _ZERO), is_late
        )
        .order_by(_event.c.record)
        .limit(_ONE)
    )
