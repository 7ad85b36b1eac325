"""A device beside the books: it sends operations and is told what became of them."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.sync import Pushed, PushTable, SyncOperation, SyncResult, Verb
from bot.services.sync.pushing import push

NO_SKEW = timedelta(0)


def on_device(actor: Actor) -> Actor:
    """Return the same member at a device."""
    return replace(actor, source="sync")


class Scanner:
    """A device whose clock is right unless it is said to be behind."""

    def __init__(
        self, db: DatabaseService, actor: Actor, *, device_id: int = 1, skew: timedelta = NO_SKEW
    ) -> None:
        self.db, self.actor = db, on_device(actor)
        self.device_id, self.skew = device_id, skew
        self._seq = 0

    def did(
        self,
        table: PushTable,
        data: Mapping[str, Any],
        at: datetime,
        verb: Verb = "INSERT",
        **further: Any,
    ) -> SyncOperation:
        """Return what was done at a time, by the server's clock."""
        self._seq += 1
        return SyncOperation(
            id=further.pop("id", None) or str(uuid.uuid4()),
            seq=self._seq,
            table=table,
            operation=verb,
            data=data,
            timestamp=at - self.skew,
            **further,
        )

    async def send(self, *operations: SyncOperation, **further: Any) -> Pushed:
        """Send a batch."""
        return await push(
            self.db,
            self.actor,
            operations,
            device_id=self.device_id,
            skew=self.skew,
            **further,
        )

    async def send_one(self, operation: SyncOperation) -> SyncResult:
        """Send one operation and return what became of it."""
        (result,) = (await self.send(operation)).results
        return result
