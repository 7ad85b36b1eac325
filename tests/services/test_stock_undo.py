import asyncio
from decimal import Decimal
from typing import Any

import pytest

from bot.database.models import Guild
from bot.database.operations import Operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import Reversal
from bot.domain.actors import Actor
from bot.domain.rights import Need
from bot.domain.stock import NothingToUndo, NotReversible, ReversalBlocked
from bot.errors import Archived, NotAllowed, NotFound, TallymanError
from bot.services.moved import StockMoved
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import (
    AdjustStock,
    MoveStock,
    PutStock,
    TakeStock,
    adjust_stock,
    move_stock,
    put_stock,
    take_stock,
)
from tests.database.books import Warehouse, refusal, require_sound_books
from tests.database.clock import Clock
from tests.planted import plant_actions

pytestmark = pytest.mark.both_engines  # every statement is at work here


async def open_shop(warehouse: Warehouse) -> None:
    item, a1 = await warehouse.add_item("BOLT-8"), await warehouse.add_shelf("A1")
    await warehouse.add_shelf("B2")
    await warehouse.put(item, 5, a1)


async def take(warehouse: Warehouse, quantity: int = 2, actor: Actor | None = None) -> int:
    request = TakeStock(item="BOLT-8", quantity=Decimal(quantity), location="A1", note="for Ann")
    return (await warehouse.run(take_stock, request, actor)).record


async def undo(
    warehouse: Warehouse, record: int | None = None, actor: Actor | None = None
) -> StockMoved:
    return await warehouse.run(reverse_record, ReverseRecord(record=record), actor)


async def refuse(
    warehouse: Warehouse, record: int | None, reason: str, actor: Actor | None = None, **facts: Any
) -> None:
    """Claim that a record is not reversed for this reason and that nothing changes."""
    async with refusal(warehouse.db, NotReversible) as caught:
        await undo(warehouse, record, actor)
    assert caught.value.reason == reason
    assert caught.value.record == record
    for name, value in facts.items():
        assert getattr(caught.value, name) == value


@pytest.mark.parametrize("verb", ["take", "put", "move", "adjust up", "adjust down"])
async def test_whatever_was_done_is_undone(warehouse: Warehouse, verb: str) -> None:
    await open_shop(warehouse)
    one: dict[str, Any] = {"item": "BOLT-8", "quantity": Decimal(2)}
    counted = {"take": 0, "put": 0, "move": 0, "adjust up": 9, "adjust down": 1}[verb]
    match verb:
        case "take":
            moved = await warehouse.run(take_stock, TakeStock(**one, location="A1"))
        case "put":
            moved = await warehouse.run(put_stock, PutStock(**one, location="B2"))
        case "move":
            moved = await warehouse.run(move_stock, MoveStock(**one, source="A1", target="B2"))
        case _:
            count = AdjustStock(
                item="BOLT-8", location="A1", counted=Decimal(counted), reason="count"
            )
            moved = await warehouse.run(adjust_stock, count, warehouse.manager)
    undone = await undo(warehouse, moved.record, warehouse.manager)
    assert (undone.action, undone.reverses) == ("stock.reversed", moved.record)
    (before,), (after,) = moved.lines, undone.lines
    assert after.quantity == before.quantity
    assert (after.source.id, after.target.id) == (before.target.id, before.source.id)
    assert (after.source.before, after.source.after) == (before.target.after, before.target.before)
    assert (after.target.before, after.target.after) == (before.source.after, before.source.before)
    assert await require_sound_books(warehouse.db) == undone.record == moved.record + 1


async def test_a_record_of_many_lines_is_undone_whole(warehouse: Warehouse) -> None:
    await open_shop(warehouse)

    async def shuffle(uow: UnitOfWork, request: None) -> int:
        del request
        for source, target, quantity in (("A1", "B2", 5), ("B2", "A1", 2), ("A1", "B2", 1)):
            uow.stock.post(await uow.stock.line("BOLT-8", source, target), Decimal(quantity))
        return uow.record("stock.moved", subject_type="item", subject_id=100, subject="BOLT-8")

    record = await warehouse.run(Operation("test.shuffle", shuffle, Need(("stock.move",))), None)
    await require_sound_books(warehouse.db)
    undone = await undo(warehouse, record)
    assert [line.quantity for line in undone.lines] == [1, 2, 5]
    assert undone.lines[-1].target.after == 5
    await require_sound_books(warehouse.db)


plant_actions("test.arrived", reversal=Reversal.MOVES)
plant_actions("stock.test_only")


@pytest.mark.parametrize(
    ("action", "is_undone"), [("test.arrived", True), ("stock.test_only", False)]
)
async def test_what_can_be_undone_is_declared_and_not_a_matter_of_its_name(
    warehouse: Warehouse,
    action: str,
    is_undone: bool,  # noqa: FBT001  # a parameter of the claim
) -> None:
    await open_shop(warehouse)

    async def arrive(uow: UnitOfWork, request: None) -> int:
        del request
        uow.stock.post(await uow.stock.line("BOLT-8", "A1", "B2"), Decimal(1))
        return uow.record(action, subject_type="item", subject_id=100, subject="BOLT-8")

    record = await warehouse.run(Operation("test.arrive", arrive, Need(("stock.move",))), None)
    if is_undone:
        assert (await undo(warehouse)).reverses == record
    else:
        await refuse(warehouse, record, "not_stock", warehouse.employee)
        async with refusal(warehouse.db, NothingToUndo):
            await undo(warehouse)


async def test_without_a_number_the_newest_that_can_be_is_undone(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    first, second = await take(warehouse, 1), await take(warehouse, 2)
    await take(warehouse, 1, warehouse.colleague)
    assert (await undo(warehouse)).reverses == second
    assert (await undo(warehouse)).reverses == first
    async with refusal(warehouse.db, NothingToUndo):
        await undo(warehouse)


async def test_a_record_is_undone_once_and_an_undoing_never(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    record = await take(warehouse)
    undone = (await undo(warehouse, record)).record
    for actor in (warehouse.employee, warehouse.manager):
        await refuse(warehouse, record, "already_reversed", actor, other_record=undone)
        await refuse(warehouse, undone, "is_reversal", actor, other_record=record)


async def test_of_many_who_undo_a_record_at_once_one_succeeds(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    record = await take(warehouse)
    people = [warehouse.employee, warehouse.manager, warehouse.admin] * 3
    results = await asyncio.gather(
        *(undo(warehouse, record, actor) for actor in people), return_exceptions=True
    )
    assert sum(isinstance(result, StockMoved) for result in results) == 1
    assert sum(isinstance(result, NotReversible) for result in results) == len(people) - 1
    await require_sound_books(warehouse.db)


async def test_one_undoes_ones_own_for_some_minutes(warehouse: Warehouse, clock: Clock) -> None:
    await open_shop(warehouse)
    early, late = await take(warehouse, 1), await take(warehouse, 1)
    clock.advance(minutes=15)
    await undo(warehouse, late)
    clock.advance(microseconds=1)
    await refuse(warehouse, early, "too_old", minutes=15)
    await refuse_newest(warehouse)
    await undo(warehouse, early, warehouse.manager)


async def refuse_newest(warehouse: Warehouse) -> None:
    async with refusal(warehouse.db, NotReversible) as caught:
        await undo(warehouse)
    assert caught.value.reason == "too_old"


async def test_the_minutes_are_the_guilds_own(warehouse: Warehouse, clock: Clock) -> None:
    await open_shop(warehouse)

    async def change(uow: UnitOfWork) -> Guild:
        return await uow.guilds.update_by_id(undo_minutes=60)

    await warehouse.change(change)
    record = await take(warehouse)
    clock.advance(minutes=59)
    await undo(warehouse, record)


async def test_anothers_record_takes_the_right_to_undo_any(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    record = await take(warehouse)
    await refuse(warehouse, record, "not_yours", warehouse.colleague)
    for actor in (warehouse.stranger, warehouse.viewer, warehouse.auditor):
        async with refusal(warehouse.db, NotAllowed):
            await undo(warehouse, record, actor)
    await undo(warehouse, record, warehouse.manager)


async def test_what_went_on_is_not_taken_back(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    request = PutStock(item="BOLT-8", quantity=Decimal(4), location="B2")
    record = (await warehouse.run(put_stock, request)).record
    onward = MoveStock(item="BOLT-8", quantity=Decimal(3), source="B2", target="A1")
    await warehouse.run(move_stock, onward)
    async with refusal(warehouse.db, ReversalBlocked) as caught:
        await undo(warehouse, record)
    said = caught.value.cause
    assert (said.location, int(said.available), int(said.wanted)) == ("B2", 1, 4)


@pytest.mark.parametrize("noun", ["item", "location"])
async def test_what_was_archived_since_is_not_taken_back(warehouse: Warehouse, noun: str) -> None:
    await open_shop(warehouse)
    record = await take(warehouse, 5)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        item = await books.items.require_reference("BOLT-8")
        place = await books.locations.require_reference("A1")
    await warehouse.archive(item if noun == "item" else place)
    for actor in (warehouse.employee, warehouse.manager):
        async with refusal(warehouse.db, Archived) as caught:
            await undo(warehouse, record, actor)
        assert caught.value.noun == noun


@pytest.mark.parametrize("record", [0, -1, 999, 2**53])
async def test_a_missing_record_is_not_found(warehouse: Warehouse, record: int) -> None:
    await open_shop(warehouse)
    async with refusal(warehouse.db, NotFound):
        await undo(warehouse, record, warehouse.manager)


async def test_what_moved_no_stock_is_not_taken_back(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    await refuse(warehouse, 2, "not_stock", warehouse.admin)


async def test_a_member_without_records_has_nothing_to_undo(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    async with refusal(warehouse.db, NothingToUndo) as caught:
        await undo(warehouse)
    assert isinstance(caught.value, TallymanError)
