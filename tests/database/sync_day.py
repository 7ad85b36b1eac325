"""A device on a busy day: what it did an hour ago is done, refused, corrected and done again."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.domain.sync import PushTable, SyncOperation, SyncResult, Verb
from bot.services.sync.pushing import push
from tests.services.sync.scanner import on_device


async def push_operations(day: Any, item_id: int, location_id: int) -> None:
    """Send operations of every table, late and twice, so that each statement of sync runs."""
    day.played |= {"sync.perform", "sync.known", "sync.server_row"}
    clock = day.warehouse.db.clock
    early = clock() - timedelta(hours=1)
    here = {"item": item_id, "location": location_id}
    counted = await day.run(
        "count.start", day.manager, location=location_id, items="S-11", is_blind=False
    )
    await _send(day, early, "stock_moves", {"item": item_id, "quantity": 9, "to": location_id})
    seen = await day.run("stock.adjust", day.manager, **here, counted=Decimal(5), reason="seen")
    taken = {"item": item_id, "quantity": 2, "from": location_id, "to": "L 12"}
    moved = await _send(day, early, "stock_moves", taken)
    await day.run("record.reverse", day.manager, record=moved.record)
    await _send(day, early, "stock_counts", {**here, "counted": 7})
    await day.run("record.reverse", day.manager, record=seen.record)
    form = await day.ask("prepare_entry", day.manager, count_id=counted.count_id)
    label = {"count": form.label, "item": "S-11", "location": location_id, "counted": 3}
    await _send(day, early, "stock_counts", label)
    row = {"id": item_id, "name": "Named", "reorder_point": 2}
    await _send(day, early, "items", row, "UPDATE")
    await _send(day, clock(), "items", {"sku": "SYNCED", "name": "Synced"})
    await _send(day, clock(), "locations", {"name": "Synced", "parent": location_id})
    await _send(day, early, "locations", {"id": location_id, "name": "L 9 9"}, "UPDATE")
    await _send(day, clock(), "barcodes", {"code": "synced", "item": "SYNCED"})
    await _send(day, clock(), "barcodes", {"code": "synced"}, "DELETE")
    for refused in ({"sku": "SYNCED", "name": "Again"}, {"sku": "S-7", "name": "Again"}):
        await _send(day, clock(), "items", refused, status="rejected")
    await _send(day, clock(), "locations", {"name": "Synced X", "parent": 1}, status="rejected")


async def _send(
    day: Any,
    at: Any,
    table: PushTable,
    data: Mapping[str, Any],
    verb: Verb = "INSERT",
    *,
    status: str = "applied",
) -> SyncResult:
    """Send one operation that takes the place of one that was never seen, and send it again."""
    sent = SyncOperation(
        id=str(uuid.uuid4()),
        seq=1,
        table=table,
        operation=verb,
        data=data,
        timestamp=at,
        supersedes=str(uuid.uuid4()),
    )
    actor = on_device(day.admin)
    first = await push(day.warehouse.db, actor, [sent], device_id=1, skew=timedelta(0))
    assert first.results[0].status == status, first
    again = await push(day.warehouse.db, actor, [sent], device_id=1, skew=timedelta(0))
    assert again.results[0].status == ("duplicate" if status == "applied" else status)
    return first.results[0]
