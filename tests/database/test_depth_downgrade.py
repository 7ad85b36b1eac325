"""Books that kept lots, boxes, counts and requests stay provable after a downgrade."""

from datetime import date
from decimal import Decimal

import pytest

from bot.database.admin import migrate
from bot.database.admin.revisions import newest_revision
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.quantities import TypedQuantity
from bot.services.counts.starting import StartCount, start_count
from bot.services.devices import LinkDevice, link_device
from bot.services.guilds import SetSetting, set_setting
from bot.services.item_units import SetUnit, set_unit
from bot.services.items import AddItem, add_item
from bot.services.locations import AddLocation, add_location
from bot.services.maintenance import DOWNGRADED, RecordMaintenance, record_maintenance
from bot.services.requests.making import NewRequest, make_request
from bot.services.shifts import StartShift, start_shift
from bot.services.stock import PutStock, put_stock
from bot.services.verification import verify_books
from tests.conftest import DATA_KEY
from tests.database.books import GUILD, Warehouse
from tests.database.clock import Clock

pytestmark = pytest.mark.slow


async def test_books_kept_in_depth_verify_after_going_down_and_up_again(
    own_database_url: str, clock: Clock
) -> None:
    settings = DatabaseSettings(own_database_url, data_key=DATA_KEY)
    db = DatabaseService(settings, clock=clock)
    warehouse = await Warehouse.open(db)
    manager, run = warehouse.manager, warehouse.run
    await run(add_location, AddLocation(name="Cold", kind="quarantine"), manager)
    await run(add_location, AddLocation(name="A1"), manager)
    await run(add_item, AddItem(sku="TEA", name="Tea", tracking="lot"), manager)
    await run(add_item, AddItem(sku="BOLT", name="Bolt", barcode="400"), manager)
    box = SetUnit(item="BOLT", unit="box", factor=TypedQuantity(Decimal(50)))
    await run(set_unit, box, manager)
    tea = PutStock(
        item="TEA", quantity=Decimal(6), location="A1", lot="L1", expires_on=date(2027, 1, 2)
    )
    await run(put_stock, tea)
    await run(put_stock, PutStock(item="BOLT", quantity=Decimal(9), location="A1"))
    await run(start_count, StartCount(location="A1"))
    await run(make_request, NewRequest(wanted_for="Jo", lines="BOLT 4"))
    await run(start_shift, StartShift())
    await run(link_device, LinkDevice(link_hash="0"))
    await run(set_setting, SetSetting(name="expiry_warning_days", value="7"), warehouse.admin)
    operator = system_actor(GUILD, "command line")
    facts = (("schema", f"{newest_revision()} to 0009"),)
    request = RecordMaintenance(action=DOWNGRADED, facts=facts)
    assert not (await verify_books(db, warehouse.auditor)).findings
    await run(record_maintenance, request, operator)
    await db.close()

    await migrate.downgrade(own_database_url, "0009")
    await migrate.upgrade(own_database_url)
    db = DatabaseService(settings, clock=clock)
    verified = await verify_books(db, warehouse.auditor)
    await db.close()
    assert not verified.findings
