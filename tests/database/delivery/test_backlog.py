from datetime import timedelta
from decimal import Decimal

from bot.database.delivery.backlog import Backlog, Waiting, read_backlog
from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.promised_answers import PendingAnswers
from bot.database.engine import PoolFigures
from bot.database.operations import Operation
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.lanes import AUDIT_LANE
from bot.domain.rights import Need
from bot.domain.stock import InsufficientStock
from bot.errors import BrokenBooks
from bot.services.stock import TakeStock, take_stock
from tests.database.books import GUILD, OTHER_GUILD, Warehouse, refusal, snapshot
from tests.database.clock import Clock


async def test_the_backlog_is_measured_and_nothing_is_changed(
    db: DatabaseService, clock: Clock
) -> None:
    assert await read_backlog(db) == Backlog(Waiting(), Waiting(), 0)
    warehouse = await Warehouse.open(db)
    clock.advance(seconds=50)
    await Warehouse.open(db, OTHER_GUILD)
    await PendingAnswers(db).promise(warehouse.employee, "k", 1, "token", locale="en")
    lanes = OutboxLanes(db)
    held = await lanes.lease(GUILD, AUDIT_LANE)
    assert held is not None
    await lanes.postpone(held, "gone", timedelta(minutes=1))
    clock.advance(seconds=10)
    before = await snapshot(db)
    assert await read_backlog(db) == Backlog(Waiting(1, 10.0), Waiting(1, 60.0), 1)
    assert await snapshot(db) == before


async def test_each_pool_is_measured_once(db: DatabaseService) -> None:
    names = ["write", "read" if db.is_sqlite else "background", "heavy"]
    assert [pool.name for pool in db.list_pools()] == names
    assert all(pool.in_use == 0 < pool.size for pool in db.list_pools())
    warehouse = await Warehouse.open(db)
    async with db.look_up(warehouse.admin):
        reader = "read" if db.is_sqlite else "write"
        in_use = {pool.name: pool.in_use for pool in db.list_pools()}
        assert in_use == {name: int(name == reader) for name in names}
    assert isinstance(db.list_pools()[0], PoolFigures)


async def test_operations_are_told_with_how_they_ended(db: DatabaseService) -> None:
    warehouse = await Warehouse.open(db)
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    await warehouse.put(item, 1, shelf)
    told: list[tuple[str, str]] = []
    db.on_outcome.append(lambda outcome: told.append((outcome.operation, outcome.figure)))
    take = TakeStock(item="BOLT-8", quantity=Decimal(1), location="A1")
    await warehouse.run(take_stock, take)
    async with refusal(db, InsufficientStock):
        await warehouse.run(take_stock, take)

    async def do_nothing(_uow: UnitOfWork, _request: None) -> None:
        pass

    broken = Operation("test.do_nothing", do_nothing, Need(("role.manage",)))
    async with refusal(db, BrokenBooks):
        await warehouse.run(broken, None, warehouse.owner)
    assert told == [("stock.take", "ok"), ("stock.take", "refused"), ("test.do_nothing", "failed")]
