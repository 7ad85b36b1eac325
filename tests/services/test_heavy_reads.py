"""Verifications and exports: one at a time of a guild, two in a process, and a trace of each."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.errors import HeavyWorkUnderWay, NotAllowed
from bot.services.export import ExportAudit, export_audit
from bot.services.verification import verify_books
from tests.database.books import GUILD, OTHER_GUILD, Warehouse

if TYPE_CHECKING:
    from bot.database.outcomes import Outcome


@pytest.mark.both_engines
async def test_a_second_export_or_verification_of_a_guild_is_refused(warehouse: Warehouse) -> None:
    db, auditor = warehouse.db, warehouse.auditor
    other = await Warehouse.open(db, OTHER_GUILD)
    first = asyncio.create_task(export_audit(db, ExportAudit(), auditor))
    await asyncio.sleep(0)
    with pytest.raises(HeavyWorkUnderWay):
        await verify_books(db, auditor)
    assert (await verify_books(db, other.auditor)).findings == ()
    assert (await first).records > 0
    assert (await verify_books(db, auditor)).findings == ()


@pytest.mark.only_on("sqlite")
async def test_a_third_guild_waits_for_its_place(warehouse: Warehouse) -> None:
    places = warehouse.db.reads
    async with places.heavy_work(GUILD), places.heavy_work(OTHER_GUILD):
        waiting = asyncio.create_task(verify_books(warehouse.db, warehouse.auditor))
        with pytest.raises(HeavyWorkUnderWay):
            await waiting
        third = await Warehouse.open(warehouse.db, 7003)
        waiting = asyncio.create_task(verify_books(third.db, third.auditor))
        await asyncio.sleep(0.1)
        assert not waiting.done()
    assert (await waiting).findings == ()


@pytest.mark.only_on("sqlite")
async def test_sensitive_and_refused_reads_are_reported(warehouse: Warehouse) -> None:
    told: list[Outcome] = []
    warehouse.db.on_outcome.append(told.append)
    await export_audit(warehouse.db, ExportAudit(since="2026-01-01"), warehouse.auditor)
    with pytest.raises(NotAllowed):
        await export_audit(warehouse.db, ExportAudit(), warehouse.employee)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        await books.items.count()
    with pytest.raises(NotAllowed):
        async with warehouse.db.look_up(warehouse.stranger) as books:
            await books.items.count()
    assert [(each.operation, each.kind, each.actor.user_id) for each in told] == [
        ("export_audit", "read", warehouse.auditor.user_id),
        ("export_audit", "NotAllowed", warehouse.employee.user_id),
        ("look_up", "NotAllowed", warehouse.stranger.user_id),
    ]
    assert b"2026-01-01" in told[0].request
    assert all(each.is_read for each in told)
