"""Reservations: what they lose when it is no longer usable, and where they are picked from."""

from datetime import date
from decimal import Decimal

from discord import Embed

from bot.database.controllers.request_statements import MAX_SPOTS
from bot.jobs.digests import DigestHandler
from bot.services.items import AddItem, add_item
from bot.services.locations import EditLocation, edit_location
from bot.services.lots import HoldLot, ReleaseLot, hold_lot, release_lot
from bot.services.stock import PutStock, put_stock
from bot.services.verification import verify_books
from bot.views.request_picks import plan_page
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.services.picks import ask, held_by_line, look, pick


async def test_what_is_at_more_locations_than_are_listed_is_not_missing(
    warehouse: Warehouse,
) -> None:
    bolt = await warehouse.add_item()
    for number in range(MAX_SPOTS + 1):
        await warehouse.put(bolt, 2, await warehouse.add_shelf(f"A{number}"))
    made = await ask(warehouse, f"BOLT-8 {2 * MAX_SPOTS + 5}")
    planned = await look(warehouse, made.request_id)
    assert (len(planned.rows), dict(planned.further)) == (MAX_SPOTS, {1: Decimal(2)})
    text = (plan_page(planned).embed or Embed()).description or ""
    assert "**BOLT-8**: 2 pcs more at other locations" in text
    assert "**BOLT-8**: 3 pcs missing" in text
    await pick(warehouse, made.request_id)
    assert not (await look(warehouse, made.request_id)).further


async def test_what_is_held_set_aside_or_expired_is_no_longer_reserved(
    warehouse: Warehouse, clock: Clock
) -> None:
    milk = AddItem(sku="MILK", name="Milk", tracking="lot")
    await warehouse.run(add_item, milk, warehouse.manager)
    for location, lot, day in (
        ("A1", "L1", None),
        ("B2", "L2", date(2026, 1, 6)),
        ("C3", "L3", None),
    ):
        await warehouse.add_shelf(location)
        put = PutStock(item="MILK", quantity=Decimal(4), location=location, lot=lot, expires_on=day)
        await warehouse.run(put_stock, put)
    await ask(warehouse, "MILK 11")
    reason = {"item": "MILK", "lot": "L1", "reason": "smell"}
    await warehouse.run(hold_lot, HoldLot(**reason), warehouse.manager)
    assert await held_by_line(warehouse) == [Decimal(8)]
    pen = EditLocation(location="C3", kind="quarantine")
    await warehouse.run(edit_location, pen, warehouse.manager)
    assert await held_by_line(warehouse) == [Decimal(4)]
    clock.advance(days=2)
    await DigestHandler(warehouse.db)(warehouse.guild_id)
    assert await held_by_line(warehouse) == [Decimal(0)]
    await warehouse.run(release_lot, ReleaseLot(**reason), warehouse.manager)
    assert await held_by_line(warehouse) == [Decimal(4)]
    dated = PutStock(
        item="MILK", quantity=Decimal(1), location="A1", lot="L1", expires_on=date(2026, 1, 6)
    )
    await warehouse.run(put_stock, dated, warehouse.manager)
    assert await held_by_line(warehouse) == [Decimal(0)]
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()
