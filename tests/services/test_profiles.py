"""What people do about themselves: register once, rejoin, keep an e-mail, erase it all."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.database.models import AuditEvent, Member, Outbox, Receipt, RoleAssignment
from bot.database.operations import OPERATIONS
from bot.domain.members import (
    AlreadyRegistered,
    MemberUnchanged,
    NotRegistered,
    TooManyChanges,
)
from bot.domain.permissions import DEFAULT_ROLES
from bot.errors import InvalidValue, NotAllowed
from bot.services.guilds import SetSetting, set_setting
from bot.services.member_roles import SetRoles, set_roles
from bot.services.people import DeactivatePerson, deactivate_person
from bot.services.profiles import (
    MAX_CHANGES,
    EraseProfile,
    ExportProfile,
    GetProfile,
    RegisterMember,
    SetEmail,
    erase_profile,
    export_profile,
    get_profile,
    register_member,
    set_email,
)
from bot.services.stock import TakeStock, take_stock
from tests.database.books import (
    GUILD,
    Warehouse,
    new_key,
    refusal,
    require_sound_books,
    rows_of,
    snapshot,
)
from tests.database.clock import Clock
from tests.services.test_people import ANN, MAIL, ann, held

IDS = {role.name: role.id for role in DEFAULT_ROLES}
REGISTER = RegisterMember(name="  Ann\u200b \u202eof  Stores ", email=MAIL)


async def member(warehouse: Warehouse) -> Member | None:
    async with warehouse.db.look_up(warehouse.admin) as books:
        return await books.members.get_by_id(ANN)


async def test_registering_makes_a_member_with_the_default_role(
    warehouse: Warehouse, clock: Clock
) -> None:
    registered = await warehouse.run(register_member, REGISTER, ann(clock))
    assert (registered.role, registered.is_renewed) == ("employee", False)
    known = await member(warehouse)
    assert known is not None
    assert (known.name, known.email, known.registered_at) == ("Ann of Stores", MAIL, clock.now)
    shown = await warehouse.db.query(get_profile, GetProfile(), ann(clock))
    assert "stock.move" in shown.permissions
    await require_sound_books(warehouse.db)


async def test_registering_brings_no_role_where_there_is_no_default(
    warehouse: Warehouse, clock: Clock
) -> None:
    none = SetSetting(name="default_role", value="none")
    await warehouse.run(set_setting, none, warehouse.admin)
    registered = await warehouse.run(register_member, REGISTER, ann(clock))
    assert registered.role == ""
    assert await held(warehouse) == set()


async def test_registering_twice_changes_nothing(warehouse: Warehouse, clock: Clock) -> None:
    since = clock.now
    await warehouse.run(register_member, REGISTER, ann(clock))
    clock.advance(days=2)
    person = replace(ann(clock), joined_at=since)
    async with refusal(warehouse.db, AlreadyRegistered) as caught:
        await warehouse.run(register_member, replace(REGISTER, email="x@example.org"), person)
    assert (caught.value.since, caught.value.has_new_email) == (since, True)
    # Nor does it bring back what a manager took.
    taken = SetRoles(user_id=ANN, roles=())
    await warehouse.run(set_roles, taken, warehouse.admin)
    async with refusal(warehouse.db, AlreadyRegistered):
        await warehouse.run(register_member, REGISTER, person)


@pytest.mark.both_engines
async def test_of_two_registrations_at_once_one_makes_the_member(
    warehouse: Warehouse, clock: Clock
) -> None:
    results = await asyncio.gather(
        *(warehouse.run(register_member, REGISTER, ann(clock)) for _ in range(8)),
        return_exceptions=True,
    )
    refused = [result for result in results if isinstance(result, AlreadyRegistered)]
    assert len(refused) == 7
    assert len(await rows_of(warehouse.db, Member, GUILD)) == 1
    assert await held(warehouse) == {IDS["employee"]}
    await require_sound_books(warehouse.db)


@pytest.mark.both_engines
async def test_registering_after_rejoining_renews_the_default_role_alone(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.run(register_member, REGISTER, ann(clock))
    both = SetRoles(user_id=ANN, roles=("employee", "manager"))
    await warehouse.run(set_roles, both, warehouse.admin)
    clock.advance(days=9)
    back = ann(clock)
    void = await warehouse.db.query(get_profile, GetProfile(), back)
    assert void.permissions == ()
    registered = await warehouse.run(register_member, RegisterMember(name="Ann"), back)
    assert registered.is_renewed
    shown = await warehouse.db.query(get_profile, GetProfile(), back)
    assert {way.role for way in shown.ways if not way.grant.is_expired} == {"employee"}
    async with refusal(warehouse.db, AlreadyRegistered):
        await warehouse.run(register_member, RegisterMember(name="Ann"), back)


async def test_a_role_that_is_no_longer_the_default_is_not_renewed(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.run(register_member, REGISTER, ann(clock))
    other = SetSetting(name="default_role", value="viewer")
    await warehouse.run(set_setting, other, warehouse.admin)
    clock.advance(days=9)
    async with refusal(warehouse.db, AlreadyRegistered):
        await warehouse.run(register_member, REGISTER, ann(clock))


async def test_what_was_taken_does_not_come_back_by_erasing_and_registering(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.run(register_member, REGISTER, ann(clock))
    await warehouse.run(set_roles, SetRoles(user_id=ANN, roles=()), warehouse.admin)
    await warehouse.run(erase_profile, EraseProfile(), ann(clock))
    again = await warehouse.run(register_member, REGISTER, ann(clock))
    assert (again.role, again.had_role_before) == ("", True)
    assert await held(warehouse) == set()
    # Only a person who manages people gives it back.
    await warehouse.run(set_roles, SetRoles(user_id=ANN, roles=("employee",)), warehouse.admin)
    assert await held(warehouse) == {IDS["employee"]}


@pytest.mark.both_engines
async def test_who_lost_a_role_before_registering_gets_none_by_it(
    warehouse: Warehouse, clock: Clock
) -> None:
    for roles in (("employee",), ()):
        await warehouse.run(set_roles, SetRoles(user_id=ANN, roles=roles), warehouse.admin)
    assert (await warehouse.run(register_member, REGISTER, ann(clock))).role == ""
    assert await held(warehouse) == set()


async def test_a_default_role_beyond_employee_is_not_given(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.change(lambda uow: uow.guilds.update_by_id(default_role_id=IDS["manager"]))
    assert (await warehouse.run(register_member, REGISTER, ann(clock))).role == ""
    assert await held(warehouse) == set()


async def test_a_person_changes_their_profile_ten_times_an_hour(
    warehouse: Warehouse, clock: Clock
) -> None:
    first = clock.now
    await warehouse.run(register_member, REGISTER, ann(clock))
    for number in range(MAX_CHANGES - 1):
        clock.advance(minutes=1)
        email = SetEmail(email=f"ann{number}@example.org")
        await warehouse.run(set_email, email, ann(clock))
    more: list[tuple[Any, Any]] = [
        (set_email, SetEmail(email=MAIL)),
        (erase_profile, EraseProfile()),
    ]
    for operation, request in more:
        async with refusal(warehouse.db, TooManyChanges) as caught:
            await warehouse.run(operation, request, ann(clock))
        assert caught.value.again_at == first + timedelta(hours=1)
    clock.now = caught.value.again_at
    await warehouse.run(set_email, SetEmail(email=MAIL), ann(clock))


async def test_who_was_deactivated_neither_registers_nor_escapes_by_erasing(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.run(register_member, REGISTER, ann(clock))
    off = DeactivatePerson(user_id=ANN, reason="gone")
    await warehouse.run(deactivate_person, off, warehouse.admin)
    await warehouse.run(erase_profile, EraseProfile(), ann(clock))
    known = await member(warehouse)
    assert known is not None
    assert (known.name, known.email, known.registered_at) == ("", None, None)
    assert known.deactivated_at is not None
    kept: list[tuple[Any, Any]] = [(register_member, REGISTER), (set_email, SetEmail(email=MAIL))]
    for operation, request in kept:
        async with refusal(warehouse.db, NotAllowed):
            await warehouse.run(operation, request, ann(clock))
    async with refusal(warehouse.db, NotRegistered):
        await warehouse.run(erase_profile, EraseProfile(), ann(clock))


async def test_an_address_is_changed_and_removed(warehouse: Warehouse, clock: Clock) -> None:
    async with refusal(warehouse.db, NotRegistered):
        await warehouse.run(set_email, SetEmail(email=MAIL), ann(clock))
    await warehouse.run(register_member, RegisterMember(name="Ann"), ann(clock))
    changed = await warehouse.run(set_email, SetEmail(email=MAIL), ann(clock))
    assert changed.changes[0].after == "a***@e***.com"
    async with refusal(warehouse.db, MemberUnchanged):
        await warehouse.run(set_email, SetEmail(email=MAIL), ann(clock))
    async with refusal(warehouse.db, InvalidValue):
        await warehouse.run(set_email, SetEmail(email="ann at example"), ann(clock))
    await warehouse.run(set_email, SetEmail(email=" None "), ann(clock))
    known = await member(warehouse)
    assert known is not None
    assert known.email is None


async def test_what_is_exported_is_all_that_is_kept(warehouse: Warehouse, clock: Clock) -> None:
    await warehouse.put(await warehouse.add_item(), 5, await warehouse.add_shelf())
    registered = await warehouse.run(register_member, REGISTER, ann(clock))
    take = TakeStock(item="BOLT-8", quantity=Decimal(1), location="A1")
    taken = await warehouse.run(take_stock, take, ann(clock))
    both = SetRoles(user_id=ANN, roles=("employee", "viewer"))
    given = await warehouse.run(set_roles, both, warehouse.admin)
    exported = await warehouse.db.query(export_profile, ExportProfile(), ann(clock))
    content = exported.content
    assert content["profile"]["email"] == MAIL
    assert {role["role"] for role in content["roles"]} == {"employee", "viewer"}
    assert content["records_by_you"] == [taken.record, registered.record]
    assert content["records_about_you"] == [given.record, registered.record]


@pytest.mark.both_engines
async def test_erasing_leaves_the_id_alone_and_sound_books(
    warehouse: Warehouse, clock: Clock
) -> None:
    key = new_key()
    await warehouse.run(register_member, REGISTER, ann(clock), key=key)
    await warehouse.run(set_email, SetEmail(email="second@example.org"), ann(clock))
    erased = await warehouse.run(erase_profile, EraseProfile(), ann(clock))
    assert not await rows_of(warehouse.db, Member, GUILD)
    assert not await rows_of(warehouse.db, RoleAssignment, GUILD)
    everything = repr(await snapshot(warehouse.db))
    for trace in ("Ann", MAIL, "second@", "Stores"):
        assert trace not in everything
    for receipt in await rows_of(warehouse.db, Receipt, GUILD):
        if receipt.actor_id == ANN:
            answer = OPERATIONS[receipt.operation].load_result(receipt.answer)
            assert answer.record == receipt.record
            assert "***" not in receipt.answer
            assert bool(receipt.fingerprint) == (receipt.record == erased.record)
    (event,) = [
        row for row in await rows_of(warehouse.db, AuditEvent, GUILD) if row.record == erased.record
    ]
    assert (event.action, event.subject) == ("member.erased", str(ANN))
    assert await rows_of(warehouse.db, Outbox, GUILD)
    await require_sound_books(warehouse.db)
    async with refusal(warehouse.db, NotRegistered):
        await warehouse.run(erase_profile, EraseProfile(), ann(clock))
    await warehouse.run(register_member, REGISTER, ann(clock))
    await require_sound_books(warehouse.db)


@pytest.mark.parametrize("email", ["", "a@b", "ann@example", "x" * 300 + "@example.com"])
async def test_an_invalid_address_registers_no_one(
    warehouse: Warehouse, clock: Clock, email: str
) -> None:
    async with refusal(warehouse.db, InvalidValue):
        await warehouse.run(register_member, replace(REGISTER, email=email), ann(clock))


async def test_a_registration_while_discords_clock_is_ahead_counts(
    warehouse: Warehouse, clock: Clock
) -> None:
    ahead = replace(ann(clock), joined_at=clock.now + timedelta(seconds=30))
    await warehouse.run(register_member, REGISTER, ahead)
    shown = await warehouse.db.query(get_profile, GetProfile(), ahead)
    assert "stock.move" in shown.permissions
