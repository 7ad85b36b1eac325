"""Devices: a link is used once, a token lets one device in until its end, and none is kept."""

import asyncio
import secrets
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from loguru import logger
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import DeviceContact, DeviceSession
from bot.database.models.base import table_of
from bot.domain.actors import Actor, system_actor
from bot.domain.changes import Change
from bot.domain.devices import (
    MAX_DEVICES,
    AlreadyRevoked,
    Credential,
    DeviceExpired,
    DeviceRevoked,
    DeviceUnknown,
    LinkExpired,
    LinkRevoked,
    LinkUnknown,
    LinkUsed,
    hash_secret,
    make_code,
    make_secret,
)
from bot.domain.findings import Finding
from bot.domain.sync import LINK_VALID, SESSION
from bot.errors import Ambiguous, InvalidValue, LimitReached, NotAllowed, NotFound, TallymanError
from bot.services.device_calls import (
    DeviceFound,
    DeviceLinked,
    FindDevice,
    FindLink,
    RedeemDevice,
    find_device,
    find_link,
    redeem_device,
)
from bot.services.devices import (
    LinkDevice,
    LinkMade,
    ListDevices,
    RevokeDevice,
    SuggestDevices,
    link_device,
    list_devices,
    revoke_device,
    suggest_devices,
)
from bot.services.profiles import (
    EraseProfile,
    ExportProfile,
    RegisterMember,
    erase_profile,
    export_profile,
    register_member,
)
from bot.services.verification import verify_books
from tests.database.books import Warehouse, refusal, rows_of, snapshot
from tests.database.clock import Clock
from tests.database.tampering import tamper


async def made(
    warehouse: Warehouse, name: str | None = None, actor: Actor | None = None
) -> tuple[LinkMade, str]:
    code = make_code()
    request = LinkDevice(name=name, link_hash=hash_secret(code))
    return await warehouse.run(link_device, request, actor), code


async def redeemed(
    warehouse: Warehouse, device_id: int, code: str, actor: Actor | None = None
) -> tuple[DeviceLinked, str]:
    secret = make_secret()
    request = RedeemDevice(
        device_id=device_id, link_hash=hash_secret(code), token_hash=hash_secret(secret)
    )
    return await warehouse.run(redeem_device, request, actor), secret


async def linked(
    warehouse: Warehouse, name: str | None = None, actor: Actor | None = None
) -> tuple[DeviceLinked, str]:
    link, code = await made(warehouse, name, actor)
    return await redeemed(warehouse, link.device_id, code, actor)


async def found(warehouse: Warehouse, device_id: int, secret: str) -> DeviceFound:
    request = FindDevice(device_id=device_id, token_hash=hash_secret(secret))
    return await warehouse.db.query(find_device, request, system_actor(warehouse.guild_id, "sync"))


async def heard_of(warehouse: Warehouse, device_id: int) -> None:
    table, now = table_of(DeviceContact), warehouse.db.clock()

    async def write(connection: AsyncConnection) -> None:
        values = {"guild_id": warehouse.guild_id, "device_id": device_id, "last_used_at": now}
        await connection.execute(
            insert(table).values(values | {"discord_role_ids": frozenset(), "is_owner": False})
        )

    await warehouse.db.maintenance.write(write)


async def findings(warehouse: Warehouse) -> tuple[Finding, ...]:
    return (await verify_books(warehouse.db, warehouse.auditor)).findings


async def names_of(warehouse: Warehouse, actor: Actor) -> list[str]:
    listed = await warehouse.db.query(list_devices, ListDevices(), actor)
    return [row.name for row in listed.page.rows]


@pytest.mark.both_engines
async def test_a_link_is_used_once_and_its_token_lets_the_device_in(
    warehouse: Warehouse, clock: Clock
) -> None:
    link, code = await made(warehouse, "  Gun\u200b  1 ")
    assert (link.name, link.expires_at) == ("Gun 1", clock.now + LINK_VALID)
    system = system_actor(warehouse.guild_id, "sync")
    request = FindLink(device_id=link.device_id, link_hash=hash_secret(code))
    assert (await warehouse.db.query(find_link, request, system)).user_id == (
        warehouse.employee.user_id
    )
    device, secret = await redeemed(warehouse, link.device_id, code)
    async with refusal(warehouse.db, LinkUsed):
        await redeemed(warehouse, link.device_id, code)
    known = await found(warehouse, device.device_id, secret)
    assert (known.user_id, known.name, known.contact) == (
        warehouse.employee.user_id,
        "Gun 1",
        None,
    )
    for wrong in (make_secret(), code, ""):
        with pytest.raises(DeviceUnknown):
            await found(warehouse, device.device_id, wrong)
    with pytest.raises(DeviceUnknown):
        await found(warehouse, device.device_id + 1, secret)


async def test_a_device_that_was_not_linked_yet_lets_no_one_in(warehouse: Warehouse) -> None:
    link, code = await made(warehouse)
    for secret in ("", code, make_secret()):
        with pytest.raises(DeviceUnknown):
            await found(warehouse, link.device_id, secret)


async def test_a_link_is_refused_by_why_it_does_not_work(
    warehouse: Warehouse, clock: Clock
) -> None:
    link, code = await made(warehouse)
    for wrong, actor in ((make_code(), None), (code, warehouse.colleague)):
        async with refusal(warehouse.db, LinkUnknown):
            await redeemed(warehouse, link.device_id, wrong, actor)
    async with refusal(warehouse.db, NotAllowed):
        stranger = replace(warehouse.stranger, user_id=warehouse.employee.user_id)
        await redeemed(warehouse, link.device_id, code, stranger)
    clock.advance(seconds=LINK_VALID.total_seconds())
    async with refusal(warehouse.db, LinkExpired):
        await redeemed(warehouse, link.device_id, code)
    link, code = await made(warehouse)
    await warehouse.run(revoke_device, RevokeDevice(device=link.device_id))
    async with refusal(warehouse.db, LinkRevoked):
        await redeemed(warehouse, link.device_id, code)


@pytest.mark.only_on("postgresql")
async def test_of_fifty_who_redeem_a_link_at_once_one_does(warehouse: Warehouse) -> None:
    link, code = await made(warehouse)

    async def redeem() -> str:
        try:
            _device, secret = await redeemed(warehouse, link.device_id, code)
        except TallymanError as error:
            return type(error).__name__
        return secret

    outcomes = Counter(await asyncio.gather(*(redeem() for _ in range(50))))
    assert outcomes.pop("LinkUsed") == 49
    (secret,) = outcomes
    assert (await found(warehouse, link.device_id, secret)).device_id == link.device_id


async def test_a_session_ends_ninety_days_after_the_last_contact(
    warehouse: Warehouse, clock: Clock
) -> None:
    device, secret = await linked(warehouse)
    clock.advance(days=SESSION.days - 1)
    await heard_of(warehouse, device.device_id)
    clock.advance(days=SESSION.days - 1)
    contact = (await found(warehouse, device.device_id, secret)).contact
    assert contact is not None
    assert contact.last_used_at == clock.now - timedelta(days=SESSION.days - 1)
    clock.advance(days=1)
    with pytest.raises(DeviceExpired):
        await found(warehouse, device.device_id, secret)
    with pytest.raises(DeviceUnknown):
        await found(warehouse, device.device_id, make_secret())


async def test_members_revoke_their_own_devices_and_managers_of_people_any(
    warehouse: Warehouse,
) -> None:
    device, secret = await linked(warehouse, "Gun")
    for reference in (device.device_id, "gun"):
        async with refusal(warehouse.db, NotFound):
            await warehouse.run(revoke_device, RevokeDevice(device=reference), warehouse.colleague)
    # Also without any right, which a deactivated member has not.
    oneself = replace(warehouse.stranger, user_id=warehouse.employee.user_id)
    await warehouse.run(revoke_device, RevokeDevice(device="GUN"), oneself)
    with pytest.raises(DeviceRevoked):
        await found(warehouse, device.device_id, secret)
    async with refusal(warehouse.db, AlreadyRevoked):
        await warehouse.run(revoke_device, RevokeDevice(device=device.device_id))
    other, secret = await linked(warehouse, "Gun")
    await warehouse.run(revoke_device, RevokeDevice(device="gun"), warehouse.admin)
    with pytest.raises(DeviceRevoked):
        await found(warehouse, other.device_id, secret)


async def test_which_of_two_devices_of_one_name_is_revoked_is_not_guessed(
    warehouse: Warehouse,
) -> None:
    first, _ = await linked(warehouse, "Gun")
    await linked(warehouse, "Gun")
    async with refusal(warehouse.db, Ambiguous):
        await warehouse.run(revoke_device, RevokeDevice(device="Gun"))
    await warehouse.run(revoke_device, RevokeDevice(device=first.device_id))
    await warehouse.run(revoke_device, RevokeDevice(device="Gun"))
    assert await names_of(warehouse, warehouse.employee) == []


@pytest.mark.both_engines
async def test_devices_are_listed_with_their_last_use_and_unused_links_go(
    warehouse: Warehouse, clock: Clock
) -> None:
    device, _ = await linked(warehouse)
    await linked(warehouse, "Tablet", warehouse.colleague)
    await made(warehouse)
    assert await names_of(warehouse, warehouse.employee) == ["Device 1", "Device 2"]
    assert await names_of(warehouse, warehouse.admin) == ["Device 1", "Tablet", "Device 2"]
    clock.advance(hours=1)
    await heard_of(warehouse, device.device_id)
    listed = await warehouse.db.query(list_devices, ListDevices(), warehouse.employee)
    assert [row.name for row in listed.page.rows] == ["Device 1"]
    assert listed.contacts[device.device_id].last_used_at == clock.now
    for actor, names in ((warehouse.employee, []), (warehouse.admin, ["Tablet"])):
        offered = await warehouse.db.query(suggest_devices, SuggestDevices(typed="TAB"), actor)
        assert [row.name for row in offered] == names


async def test_a_member_has_twenty_devices_at_most_of_those_that_work(
    warehouse: Warehouse, clock: Clock
) -> None:
    for _ in range(MAX_DEVICES):
        await made(warehouse)
    async with refusal(warehouse.db, LimitReached):
        await made(warehouse)
    await made(warehouse, actor=warehouse.colleague)
    clock.advance(minutes=11)
    assert (await linked(warehouse))[0].name == "Device 1"
    clock.advance(days=SESSION.days)
    assert (await made(warehouse))[0].name == "Device 2"


async def test_a_device_needs_a_name_that_can_be_read_and_a_member_who_may_use_it(
    warehouse: Warehouse,
) -> None:
    for name in ("", "a" * 41, "none", "<@1>"):
        async with refusal(warehouse.db, InvalidValue):
            await made(warehouse, name)
    async with refusal(warehouse.db, NotAllowed):
        await made(warehouse, actor=warehouse.viewer)


@pytest.mark.both_engines
async def test_every_column_of_a_device_is_held_against_its_records(
    warehouse: Warehouse, database_url: str
) -> None:
    device, _ = await linked(warehouse, "Gun")
    await made(warehouse, "Tablet")
    revoked, _ = await linked(warehouse, "Old")
    await warehouse.run(revoke_device, RevokeDevice(device=revoked.device_id))
    await warehouse.run(register_member, RegisterMember(name="Kim"), warehouse.colleague)
    await linked(warehouse, "Kim's", warehouse.colleague)
    await warehouse.run(erase_profile, EraseProfile(), warehouse.colleague)
    assert await findings(warehouse) == ()
    here = f"WHERE id = {device.device_id}"
    another_time = "'2099-01-01 00:00:00.000000'"
    for column in table_of(DeviceSession).c:
        # No other guild has books to move it to, and of no noun the last record is compared.
        if column.name in {"guild_id", "changed_record"}:
            continue
        ending = column.name.rpartition("_")[2]
        change = {"id": "{0} + 4711", "at": another_time}.get(ending, "{0} || 'x'")
        if column.name == "revoked_at":
            change = "linked_at"
        kept = "CREATE TABLE kept AS SELECT * FROM device_session"
        changed = f"UPDATE device_session SET {column.name} = {change.format(column.name)} {here}"
        back = "INSERT INTO device_session SELECT * FROM kept"
        for statement in (kept, changed):
            await tamper(database_url, statement)
        assert await findings(warehouse), column.name
        for statement in ("DELETE FROM device_session", back, "DROP TABLE kept"):
            await tamper(database_url, statement)
    assert await findings(warehouse) == ()


async def test_an_erased_member_leaves_no_device_that_works(warehouse: Warehouse) -> None:
    device, secret = await linked(warehouse, "Gun")
    await heard_of(warehouse, device.device_id)
    exported = await warehouse.db.query(export_profile, ExportProfile(), warehouse.employee)
    (kept,) = exported.content["devices"]
    assert kept["name"] == "Gun"
    assert kept["last_contact"]["last_used_at"] == warehouse.db.clock()
    assert secret not in str(exported)
    erased = await warehouse.run(erase_profile, EraseProfile())
    assert erased.changes == (Change("devices", "", "1"),)
    with pytest.raises(DeviceRevoked):
        await found(warehouse, device.device_id, secret)
    assert await rows_of(warehouse.db, DeviceContact, warehouse.guild_id) == []


async def test_neither_code_nor_secret_is_in_any_table_or_log(warehouse: Warehouse) -> None:
    lines: list[str] = []
    outcomes: list[bytes] = []
    warehouse.db.on_outcome.append(lambda outcome: outcomes.append(outcome.request))
    handler = logger.add(lambda line: lines.append(str(line)), level="TRACE")
    try:
        link, code = await made(warehouse, "Gun")
        device, secret = await redeemed(warehouse, link.device_id, code)
        await found(warehouse, device.device_id, secret)
        with pytest.raises(LinkUsed):
            await redeemed(warehouse, device.device_id, code)
        logger.info("{}", Credential(warehouse.guild_id, device.device_id, secret))
    finally:
        logger.remove(handler)
    everything = f"{await snapshot(warehouse.db)} {outcomes} {lines}"
    assert hash_secret(code) in everything
    assert hash_secret(secret) in everything
    assert lines
    assert code not in everything
    assert secret not in everything
    (row,) = await rows_of(warehouse.db, DeviceSession, warehouse.guild_id)
    assert (row.link_hash, row.token_hash) == (hash_secret(code), hash_secret(secret))


def test_a_credential_reads_what_it_writes_and_nothing_else() -> None:
    written = Credential(7001, 12, secrets.token_urlsafe(32))
    assert Credential.read(written.write()) == written
    for text in (
        "",
        "7001.12",
        "7001.12.",
        f"0.12.{written.secret}",
        f"\u0667.12.{written.secret}",
    ):
        assert Credential.read(text) is None
