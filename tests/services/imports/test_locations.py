"""Locations in files that were archived: in use again only inside of what is in use."""

import pytest

from bot.database.models import Location
from bot.services.locations import (
    AddLocation,
    ArchiveLocation,
    add_location,
    archive_location,
)
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.verification import verify_books
from tests.database.books import GUILD, Warehouse, require_sound_books, rows_of
from tests.services.imports.files import import_file


async def in_use(warehouse: Warehouse) -> set[str]:
    rows = await rows_of(warehouse.db, Location, GUILD)
    return {row.path for row in rows if row.archived_at is None and row.name in {"Hall", "Rack"}}


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("name,parent\nRack,Hall\n", "locations"),
        ("name,kind\nHall \u203a Rack,quarantine\n", "locations"),
        ("name,kind\nHall > Rack,\n", "locations"),
        ("sku,place,quantity\nBOLT-8,Hall \u203a Rack,5\n", "stock"),
    ],
)
async def test_what_an_archived_location_is_in_is_restored_with_it(
    warehouse: Warehouse, file: str, kind: str
) -> None:
    await warehouse.add_item()
    for name, parent in (("Hall", None), ("Rack", "Hall")):
        await warehouse.run(add_location, AddLocation(name=name, parent=parent), warehouse.admin)
    for name in ("Rack", "Hall"):
        await warehouse.run(archive_location, ArchiveLocation(location=name), warehouse.admin)
    done = await import_file(warehouse, file, kind, "adding")
    assert await in_use(warehouse) == {"Hall", "Hall \u203a Rack"}
    await warehouse.run(reverse_record, ReverseRecord(record=done.record), warehouse.manager)
    assert await in_use(warehouse) == set()
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings
