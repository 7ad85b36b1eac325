from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.database.controllers.audit_statements import (
    FIRST_SINCE,
    FOLLOWING,
    MOVED,
    MOVES_AFTER,
    MOVES_BETWEEN,
    NEWEST_BY,
    NEWEST_FALLS,
    RECORDS_BY,
    REVERSALS,
    STORED_FOLLOWING,
    TOTALS,
    WRITTEN_MOVES,
    WRITTEN_RECORDS,
    build_records_about,
    build_search,
    event_table,
    move_table,
)
from bot.database.controllers.base import BaseController
from bot.database.models import AuditEvent
from bot.database.written_rows import WrittenPage
from bot.domain.actions import is_reversible
from bot.domain.stock import FLOOR_ACTIONS

FURTHEST = 2**62


@dataclass(frozen=True, slots=True)
class DayTotals:
    """What happened within some records: how many, of how many moves, by how many people."""

    records: int
    moves: int
    people: int


class AuditController(BaseController[AuditEvent]):
    """The records of a guild, one per committed operation; `UnitOfWork.record` writes them."""

    model = AuditEvent
    noun = "record"
    permission = "audit.view"

    async def newest_reversible(self, actor_id: int) -> int | None:
        """Return this actor's newest record that can be reversed, among the last 200 of theirs."""
        found = await self.list_reversible(actor_id, 1)
        return found[0] if found else None

    async def list_reversible(self, actor_id: int, limit: int) -> list[int]:
        """List this actor's newest records that can be reversed, among the last 200 of theirs."""
        values = self._in_guild({"actor_id": actor_id})
        rows = await NEWEST_BY.fetch(self._scope.connection, values)
        return [
            int(record)
            for action, record, is_settled in rows
            if not is_settled and is_reversible(action)
        ][:limit]

    async def list_of_subject(
        self, noun: str, subject_id: int, limit: int, *, actor_id: int | None = None
    ) -> list[AuditEvent]:
        """List what happened to one thing, perhaps by one actor, the newest first."""
        subject = (noun, subject_id)
        return await self.search(
            above=-1, below=FURTHEST, limit=limit, subject=subject, actor_id=actor_id
        )

    async def search(
        self,
        *,
        above: int,
        below: int,
        limit: int,
        subject: tuple[str, int] | None = None,
        is_backwards: bool = False,
        **equals: Any,
    ) -> list[AuditEvent]:
        """List records within bounds about a thing or with these values, the newest first.

        Backwards, those next above the lower bound are listed, in the same order.
        """
        given = {name: value for name, value in equals.items() if value is not None}
        names, (noun, subject_id) = tuple(given), subject or (None, None)
        is_of_floor = given.get("action") in FLOOR_ACTIONS
        # The statement differs by the columns of the ledger that name the noun.
        statement = self._prepared(
            ("search", names, noun, is_backwards, is_of_floor),
            lambda: build_search(names, noun, is_backwards=is_backwards, is_of_floor=is_of_floor),
        )
        values = {"after": above, "before": below, "limit": limit, **given}
        found = await self._rows(statement, values | {"noun": noun, "subject_id": subject_id})
        return found[::-1] if is_backwards else found

    async def find_reversals(self, records: Sequence[int]) -> dict[int, int]:
        """Return the reversals of those of some records that were reversed, by the record."""
        rows = await REVERSALS.fetch(
            self._scope.connection, self._in_guild({"records": list(records)})
        )
        return {row[0]: row[1] for row in rows}

    async def find_newest_falls(self, item_ids: Sequence[int]) -> dict[int, int]:
        """Return the newest record that let each of some items fall, by the item."""
        values = self._in_guild({"item_ids": list(item_ids)})
        rows = await NEWEST_FALLS.fetch(self._scope.connection, values)
        return {row[0]: row[1] for row in rows}

    async def list_records_by(self, actor_id: int, limit: int) -> list[int]:
        """List the numbers of an actor's records, the newest first."""
        return await self._scalars(RECORDS_BY, {"actor_id": actor_id, "limit": limit})

    async def list_records_about(self, noun: str, subject_id: int, limit: int) -> list[int]:
        """List the numbers of the records about one thing or person, the newest first."""
        statement = self._prepared(("about", noun), lambda: build_records_about(noun))
        values = {"noun": noun, "subject_id": subject_id, "limit": limit}
        return await self._scalars(statement, values)

    async def first_since(self, instant: datetime) -> int:
        """Return the number of the first record at or after an instant, or one beyond all."""
        found = await self._scalars(FIRST_SINCE, {"at": instant})
        return int(found[0]) if found else FURTHEST

    async def list_following(self, after: int, limit: int) -> list[AuditEvent]:
        """List the records after one, the oldest first."""
        return await self._rows(FOLLOWING, {"after": after, "limit": limit})

    async def list_stored(self, after: int, limit: int) -> list[dict[str, Any]]:
        """List the records after one as the table has them, to be verified."""
        return await self._stored(event_table, STORED_FOLLOWING, {"after": after, "limit": limit})

    async def list_stored_moves(self, after: int, last: int | None) -> list[dict[str, Any]]:
        """List the moves of the records after one, up to another or all there are, likewise."""
        statement = MOVES_AFTER if last is None else MOVES_BETWEEN
        values = {"after": after} if last is None else {"after": after, "last": last}
        return await self._stored(move_table, statement, values)

    async def list_written(self, after: int, limit: int) -> WrittenPage:
        """List the records after one as the database writes them, each a `WrittenRow`."""
        values = self._in_guild({"after": after, "limit": limit})
        return await WRITTEN_RECORDS.fetch(self._scope.connection, values)

    async def list_written_moves(self, after: int, last: int) -> WrittenPage:
        """List the moves of the records after one, up to another, each a `WrittenRow`."""
        values = self._in_guild({"after": after, "last": last})
        return await WRITTEN_MOVES.fetch(self._scope.connection, values)

    async def totals(self, first: int, beyond: int, *, without: str) -> DayTotals:
        """Count the records from one up to before another, but for one action."""
        values = self._in_guild({"after": first - 1, "before": beyond, "without": without})
        connection = self._scope.connection
        ((records, people),) = await TOTALS.fetch(connection, values)
        ((moves,),) = await MOVED.fetch(connection, values)
        return DayTotals(records=records, moves=moves, people=people)
