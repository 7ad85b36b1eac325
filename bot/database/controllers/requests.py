"""Requests and their lines, and from where the lines can be picked."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import bindparam, func, literal_column, select

from bot.database.controllers.documents import DocumentController, LineController
from bot.database.controllers.request_statements import (
    RESERVED_LINES,
    SHORT_LINES,
    SPOTS,
)
from bot.database.controllers.shapes import Shape
from bot.database.models import Request, RequestLine
from bot.domain.documents import REQUEST
from bot.domain.requests import UNDER_WAY

_MAX_LAPSED: Final = 100
# Before anything lapsed: what is empty has no place in an index that is searched so.
_EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


class Spot(NamedTuple):
    """What may be picked of an item at a location: of one lot, if it is tracked."""

    item_id: int
    location_id: int
    location: str
    lot_id: int
    lot: str | None
    expires_on: date | None
    quantity: Decimal


class LineUnderWay(NamedTuple):
    """A line of a request under way, and what is held back for it."""

    request_id: int
    line: int
    item_id: int
    quantity: Decimal
    picked: Decimal
    reserved: Decimal

    @property
    def short(self) -> Decimal:
        """What is neither picked nor held back."""
        return self.quantity - self.picked - self.reserved


class RequestController(DocumentController[Request]):
    """Goods that people need."""

    model = Request
    kind = REQUEST
    subject_code = "q"
    noun = "request"
    permission = "request.view"

    async def find_next_lapse(self) -> datetime | None:
        """Return when the next reservation ends by itself, None if none does."""
        column = self._table.c.lapses_at
        statement = self._prepared(
            "next lapse",
            lambda: (
                select(column)
                .where(
                    self._table.c.guild_id == bindparam("guild_id"),
                    column > bindparam("ever", type_=column.type),
                )
                .order_by(column)
                .limit(literal_column("1"))
            ),
        )
        found = await self._scalars(statement, {"ever": _EVER})
        return found[0] if found else None

    async def find_first_needed(self) -> date | None:
        """Return the first day on which a request under way is needed, None without one."""
        column, status = self._table.c.needed_by, self._table.c.status
        statement = self._prepared(
            "first needed",
            lambda: select(func.min(column)).where(
                self._table.c.guild_id == bindparam("guild_id"), status == bindparam("status")
            ),
        )
        found = [await self._scalars(statement, {"status": status}) for status in sorted(UNDER_WAY)]
        return min((day for days in found for day in days if day is not None), default=None)

    async def list_lapsed(self, now: datetime) -> list[int]:
        """List requests whose reservations end by now, the first to end on top; a hundred."""
        column = self._table.c.lapses_at
        statement = self._prepared(
            "lapsed",
            lambda: (
                select(self._table.c.id)
                .where(
                    self._table.c.guild_id == bindparam("guild_id"),
                    column <= bindparam("now", type_=column.type),
                )
                .order_by(column)
                .limit(bindparam("limit"))
            ),
        )
        return await self._scalars(statement, {"now": now, "limit": _MAX_LAPSED})

    async def list_late(self, today: date, *, limit: int) -> list[Request]:
        """List requests under way that were needed before today, the oldest first."""
        shape = Shape.of({"status": "open"})
        day = self._table.c.needed_by
        statement = self._prepared(
            "late",
            lambda: (
                self._select(shape)
                .where(day < bindparam("today", type_=day.type))
                .order_by(self._table.c.number)
                .limit(bindparam("limit"))
            ),
        )
        found: list[Request] = []
        for status in sorted(UNDER_WAY):
            values = shape.bind(self._scope.guild_id, {"status": status})
            found += await self._rows(statement, {**values, "today": today, "limit": limit})
        return sorted(found, key=lambda request: request.number)[:limit]


class RequestLineController(LineController):
    """The items of requests; what is left of open ones is reserved."""

    model = RequestLine
    document_key = "request_id"
    noun = "request line"
    permission = "request.view"

    async def list_spots(self, item_ids: Sequence[int], today: date) -> list[Spot]:
        """List where usable stock of some items is, up to forty locations of each.

        Lots come in the order in which they expire, then the largest levels first.
        """
        values = {"item_ids": list(item_ids), "today": today}
        return await self._fetch(Spot, SPOTS, values)

    async def list_short(self, item_ids: Sequence[int]) -> list[LineUnderWay]:
        """List the lines under way that are short of some items, what is needed first on top."""
        return await self._fetch(LineUnderWay, SHORT_LINES, {"item_ids": list(item_ids)})

    async def list_holding(self, item_ids: Sequence[int]) -> list[LineUnderWay]:
        """List the lines that hold back some items, what is needed first on top."""
        return await self._fetch(LineUnderWay, RESERVED_LINES, {"item_ids": list(item_ids)})
