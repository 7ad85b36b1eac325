"""Shifts: who is on one, for how long, and who of them may act."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.database.models import Shift
from bot.domain.actors import Actor, system_actor
from bot.domain.shifts import NotOnShift
from bot.errors import Archived, InvalidValue
from bot.services.people import DeactivatePerson, deactivate_person
from bot.services.shifts import (
    EndShift,
    ListOnShift,
    StartShift,
    end_shift,
    list_on_shift,
    start_shift,
)
from bot.services.verification import verify_books
from tests.database.books import GUILD, Warehouse, refusal, rows_of
from tests.database.clock import Clock

OWNER = Actor(guild_id=GUILD, user_id=900, is_owner=True)


async def on_shift(warehouse: Warehouse, *permissions: str) -> tuple[int, ...]:
    request = ListOnShift(permissions=permissions)
    actor = system_actor(warehouse.guild_id, "job")
    return await warehouse.db.query(list_on_shift, request, actor)


async def test_only_those_on_shift_who_may_act_are_listed(warehouse: Warehouse) -> None:
    await warehouse.run(start_shift, StartShift(), warehouse.employee)
    await warehouse.run(start_shift, StartShift(), warehouse.manager)
    both = {warehouse.employee.user_id, warehouse.manager.user_id}
    assert set(await on_shift(warehouse, "stock.move")) == both
    assert await on_shift(warehouse, "item.manage") == (warehouse.manager.user_id,)
    await warehouse.run(end_shift, EndShift(), warehouse.manager)
    assert await on_shift(warehouse, "item.manage") == ()


async def test_a_shift_ends_by_itself_and_a_second_one_replaces_the_first(
    warehouse: Warehouse, clock: Clock
) -> None:
    shelf = await warehouse.add_shelf("A1")
    first = await warehouse.run(start_shift, StartShift(hours=2), warehouse.employee)
    clock.advance(hours=1)
    second = await warehouse.run(
        start_shift, StartShift(hours=4, location="A1"), warehouse.employee
    )
    assert (first.location, second.location) == ("", "A1")
    rows = await rows_of(warehouse.db, Shift, warehouse.guild_id)
    assert [(row.ends_at, row.location_id) for row in rows] == [
        (second.started_at, None),
        (second.started_at + timedelta(hours=4), shelf.id),
    ]
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings
    clock.advance(hours=4, seconds=1)
    assert await on_shift(warehouse, "stock.move") == ()
    with pytest.raises(NotOnShift):
        await warehouse.run(end_shift, EndShift(), warehouse.employee)


async def test_a_shift_of_no_or_too_many_hours_is_refused(warehouse: Warehouse) -> None:
    for hours in (0, 25):
        with pytest.raises(InvalidValue):
            await warehouse.run(start_shift, StartShift(hours=hours), warehouse.employee)
    assert await rows_of(warehouse.db, Shift, warehouse.guild_id) == []


async def test_a_deactivated_member_on_shift_is_not_mentioned(warehouse: Warehouse) -> None:
    worker = replace(warehouse.employee, user_id=4242)
    await warehouse.run(start_shift, StartShift(), worker)
    assert await on_shift(warehouse, "stock.move") == (4242,)
    await warehouse.run(
        deactivate_person, DeactivatePerson(user_id=4242, name="", reason="left"), OWNER
    )
    assert await on_shift(warehouse, "stock.move") == ()


async def test_a_shift_is_at_no_archived_location(warehouse: Warehouse) -> None:
    shelf = await warehouse.add_shelf("A1")
    await warehouse.archive(shelf)
    async with refusal(warehouse.db, Archived):
        await warehouse.run(start_shift, StartShift(location=shelf.id), warehouse.employee)
