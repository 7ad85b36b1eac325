"""What must hold once everything that devices did has arrived."""

from decimal import Decimal

from bot.database.models import Item, Location, StockLevel, SyncOperation
from bot.services.verification import verify_books
from tests.database.books import Warehouse, require_sound_books, rows_of
from tests.services.sync.copies import require_same
from tests.services.sync.network import SHELVES, Network


async def require_converged(network: Network) -> None:
    """Check that copies and books agree, and that nothing was lost or done twice."""
    warehouse = network.warehouse
    for device in network.devices:
        assert not device.queue
        await require_same(device.copy)
    answered = {key: how for each in network.devices for key, how in each.answered.items()}
    assert answered.keys() == network.meant.keys(), "an operation was lost"
    told_done = {key for key, how in answered.items() if how in {"applied", "duplicate"}}
    assert told_done <= network.applied.keys()
    kept = await rows_of(warehouse.db, SyncOperation, warehouse.guild_id)
    done = {row.operation_id: row.record for row in kept if row.superseded_by is None}
    assert done == network.applied
    names = {row.sku: row.name for row in await rows_of(warehouse.db, Item, warehouse.guild_id)}
    assert {sku: names[sku] for sku in network.names} == {
        sku: named.name for sku, named in network.names.items()
    }
    assert len(done) > len(network.meant) / 2
    assert await read_levels(warehouse) == replay(network)
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.admin)).findings


def replay(network: Network) -> dict[tuple[str, str], Decimal]:
    """Return the levels that follow from what was taken, in the order in which it happened."""
    return {
        (sku, shelf): level
        for sku, model in network.models.items()
        for shelf, level in model.replay()[0].items()
        if level
    }


async def read_levels(warehouse: Warehouse) -> dict[tuple[str, str], Decimal]:
    """Return the levels of the books by SKU and shelf."""
    db, guild = warehouse.db, warehouse.guild_id
    items = {row.id: row.sku for row in await rows_of(db, Item, guild)}
    shelves = {
        row.id: row.name for row in await rows_of(db, Location, guild) if row.name in SHELVES
    }
    return {
        (items[row.item_id], shelves[row.location_id]): row.quantity
        for row in await rows_of(db, StockLevel, guild)
        if row.location_id in shelves and row.quantity
    }
