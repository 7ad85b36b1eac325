"""Steps within a transaction that works on a leased lane: read, freeze, go on, give back."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from loguru import logger
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery import lane_statements as sql
from bot.database.delivery.lane_statements import LEASE
from bot.database.delivery.leased_lanes import Batch, Draft, LeasedLane, to_outbox_row


class LeaseLostError(Exception):
    """Another process has the lane now; the transaction is rolled back."""


class LaneSteps:
    """What one delivering process does in its transactions; each save checks the lease."""

    def __init__(self, me: str, clock: Callable[[], datetime], kinds: Collection[str]) -> None:
        self._me = me
        self._clock = clock
        self._kinds = kinds

    async def go_on(self, connection: AsyncConnection, held: LeasedLane) -> LeasedLane | None:
        """Read the next rows and keep the lane, or give it back if there are none."""
        held = await self.read_rows(connection, replace(held, batch=None))
        if not held.rows:
            await self.give_back(connection, held)
            return None
        await self._save(connection, held, leased_until=self._clock() + LEASE)
        return held

    async def read_rows(self, connection: AsyncConnection, held: LeasedLane) -> LeasedLane:
        """Read the next rows, and set those aside that this version has no renderer for."""
        lane = here(held)
        asked = lane | {"now": self._clock(), "kinds": self._kinds}
        while True:
            found = [to_outbox_row(row) for row in await connection.execute(sql.ROWS, asked)]
            strange = [row for row in found if row.kind not in self._kinds]
            if not strange:
                return replace(held, rows=tuple(found))
            lane["now"] = self._clock()
            aside = [lane | {"r": row.record, "k": row.kind} for row in strange]
            await connection.execute(sql.SET_ASIDE, aside)
            for kind in sorted({row.kind for row in strange}):
                logger.warning(
                    "Messages of the kind {} in the lane {} of guild {} are set aside: "
                    "this version does not know it",
                    kind,
                    held.lane,
                    held.guild_id,
                )

    async def freeze(
        self, connection: AsyncConnection, held: LeasedLane, draft: Draft
    ) -> LeasedLane:
        """Fix the next message with its nonce."""
        batch = Batch(
            kind=draft.kind,
            channel_id=draft.channel_id,
            last_record=draft.last_record,
            text=draft.text,
            nonce=secrets.token_hex(12),
            frozen_at=self._clock(),
        )
        frozen = replace(held, batch=batch)
        await self._save(connection, frozen, leased_until=batch.frozen_at + LEASE)
        return frozen

    async def heal(self, connection: AsyncConnection, held: LeasedLane) -> LeasedLane:
        """Clear the lane's troubles; the index finds again what was parked because of them."""
        if held.failures or held.retry_at is not None:
            await connection.execute(sql.UNPARK, here(held))
        return replace(
            held,
            failures=0,
            retry_at=None,
            blocked_reason=None,
            blocked_since=None,
            owner_told_at=None,
        )

    async def give_back(self, connection: AsyncConnection, held: LeasedLane) -> None:
        """End the lease of a lane with nothing left to deliver."""
        if held.retry_at is not None:
            await connection.execute(sql.UNPARK, here(held))
        await self._save(connection, replace(held, retry_at=None), leased_until=None)

    async def _save(
        self, connection: AsyncConnection, held: LeasedLane, *, leased_until: datetime | None
    ) -> None:
        batch = held.batch
        state = {
            "leased_by": self._me if leased_until else None,
            "leased_until": leased_until,
            "batch_kind": batch and batch.kind,
            "batch_channel_id": batch and batch.channel_id,
            "batch_last_record": batch and batch.last_record,
            "batch_text": batch and batch.text,
            "batch_nonce": batch and batch.nonce,
            "batch_frozen_at": batch and batch.frozen_at,
            "failures": held.failures,
            "retry_at": held.retry_at,
            "blocked_reason": held.blocked_reason,
            "blocked_since": held.blocked_since,
            "owner_told_at": held.owner_told_at,
        }
        values = {f"new_{name}": value for name, value in state.items()}
        saved = await connection.execute(sql.SAVE, here(held) | values | {"me": self._me})
        if not saved.rowcount:
            raise LeaseLostError


def here(held: LeasedLane) -> dict[str, Any]:
    """Return the values that name a lane in a statement."""
    return {"g": held.guild_id, "l": held.lane}
