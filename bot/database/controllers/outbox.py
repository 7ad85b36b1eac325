from typing import NamedTuple

from sqlalchemy import bindparam, exists, func, select

from bot.database.controllers.base import BaseController
from bot.database.controllers.reading import MAX_ROWS
from bot.database.controllers.shapes import Shape
from bot.database.models import Outbox, OutboxLane, Schedule
from bot.database.models.base import table_of
from bot.database.statements import Prepared
from bot.domain.lanes import AUDIT_LANE, AUDIT_LINE

_outbox = table_of(Outbox)
_next = _outbox.alias("next").c
_LINES = (
    _outbox.c.guild_id == bindparam("guild_id"),
    _outbox.c.lane == bindparam("lane"),
    _outbox.c.kind == bindparam("kind"),
)
_WAITING = Prepared(select(func.min(_outbox.c.record), func.count()).where(*_LINES))
_FIRST = Prepared(select(_outbox.c.record).where(*_LINES).order_by(_outbox.c.record).limit(1))
_GAP = Prepared(
    select(_outbox.c.record + 1)
    .where(
        *_LINES,
        ~exists().where(
            _next.guild_id == _outbox.c.guild_id,
            _next.lane == _outbox.c.lane,
            _next.kind == _outbox.c.kind,
            _next.record == _outbox.c.record + 1,
        ),
    )
    .order_by(_outbox.c.record)
    .limit(1)
)
_SET_ASIDE = Prepared(
    select(func.count()).where(
        _outbox.c.guild_id == bindparam("guild_id"), _outbox.c.set_aside_at.is_not(None)
    )
)
_AUDIT_LINES = {"lane": AUDIT_LANE, "kind": AUDIT_LINE}


class WaitingLines(NamedTuple):
    """The lines of the audit channel that wait: the first one's record, None if there is none."""

    first: int | None
    total: int


class OutboxController(BaseController[Outbox]):
    """The messages that are still to be delivered."""

    model = Outbox
    noun = "message"
    permission = "stock.view"

    async def count_waiting_lines(self) -> WaitingLines:
        """Count the records whose lines wait for the audit channel."""
        (waiting,) = await self._fetch(WaitingLines, _WAITING, _AUDIT_LINES)
        return waiting

    async def count_set_aside(self) -> int:
        """Count the messages that could not be composed, or of which nothing is known."""
        (count,) = await self._scalars(_SET_ASIDE, {})
        return int(count)

    async def find_first_waiting_line(self) -> int | None:
        """Return the first record whose line waits for the audit channel."""
        found = await self._scalars(_FIRST, _AUDIT_LINES)
        return found[0] if found else None

    async def find_gap(self) -> int | None:
        """Return the first record after a waiting line that has no such line itself."""
        found = await self._scalars(_GAP, _AUDIT_LINES)
        return found[0] if found else None


class OutboxLaneController(BaseController[OutboxLane]):
    """How far each destination is, and why it waits."""

    model = OutboxLane
    noun = "lane"
    permission = "stock.view"

    async def list_blocked(self) -> list[OutboxLane]:
        """List the lanes that wait until people fix something; a guild has few of them."""
        statement = self._prepared(
            "blocked",
            lambda: (
                self._select(Shape())
                .where(self._table.c.blocked_reason.is_not(None))
                .order_by(self._table.c.lane)
                .limit(bindparam("limit"))
            ),
        )
        return await self._rows(statement, {"limit": MAX_ROWS})


class ScheduleController(BaseController[Schedule]):
    """What is due for the guild, and when."""

    model = Schedule
    noun = "schedule"
    permission = "settings.manage"
