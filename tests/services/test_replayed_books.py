"""What someone with the database changed outside of ledger and audit is found by the records."""

import re
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

import bot.services.reports
import bot.views
from bot.database.service import DatabaseService
from bot.domain.actions import ACTIONS
from bot.domain.actors import Actor
from bot.domain.replay_folds import is_known
from bot.domain.replayed_rows import COMPARED
from bot.interactions.registers import load_modules
from bot.services.counts.entering import EnterCounts, enter_counts
from bot.services.counts.starting import StartCount, start_count
from bot.services.guilds import SetSetting, set_setting
from bot.services.items import AddItem, add_item
from bot.services.lots import HoldLot, hold_lot
from bot.services.member_roles import SetRoles, set_roles
from bot.services.prices.setting import SetPrice, set_price
from bot.services.profiles import RegisterMember, register_member
from bot.services.reports.scheduling import (
    ScheduleReport,
    UnscheduleReport,
    schedule_report,
    unschedule_report,
)
from bot.services.setup import SetUpGuild, set_up_guild
from bot.services.stock import PutStock, put_stock
from bot.services.suppliers import ProposeSupplier, propose_supplier
from bot.services.tracked_items import TrackItem, track_item
from bot.services.verification import BooksVerified, verify_books
from bot.views.actions import ACTION_WORDS
from bot.views.audit.findings import THINGS, finding_text
from tests.database.books import GUILD, Warehouse
from tests.database.tampering import passing, tamper

load_modules(bot.services.reports)  # with them all kinds that can be scheduled
NOBODYS = 4711
OWNER = Actor(guild_id=GUILD, user_id=900, is_owner=True, is_administrator=True)


@pytest_asyncio.fixture
async def books(db: DatabaseService) -> AsyncIterator[Warehouse]:
    """A guild that was set up by its own operations, with something of every noun."""
    warehouse = Warehouse(db, GUILD)
    names = ("viewer", "employee", "manager", "auditor", "admin")
    setup = SetUpGuild(
        audit_channel_id=501,
        approvals_channel_id=502,
        discord_role_ids={name: 111 + number for number, name in enumerate(names)},
    )
    await warehouse.run(set_up_guild, setup, OWNER)
    await warehouse.add_item("BOLT-8")
    await warehouse.add_item("NUT-8")
    item, shelf = await warehouse.add_item("PIN-8"), await warehouse.add_shelf("A1")
    await warehouse.put(item, 5, shelf)
    await warehouse.run(register_member, RegisterMember(name="Kim", email="kim@example.org"))
    await warehouse.run(set_roles, SetRoles(user_id=777, roles=("viewer",)), OWNER)
    await warehouse.run(set_setting, SetSetting(name="undo_minutes", value="30"), OWNER)
    proposal = ProposeSupplier(name="Bolt & Co", phone="+49 171 1234567")
    await warehouse.run(propose_supplier, proposal)
    price = SetPrice(supplier="Bolt & Co", item="BOLT-8", amount="1.25")
    await warehouse.run(set_price, price, warehouse.manager)
    started = await warehouse.run(start_count, StartCount(location="A1"))
    entered = ((1, "3"),)
    count = EnterCounts(count_id=started.count_id, seen=started.record, typed=entered)
    await warehouse.run(enter_counts, count)
    await warehouse.run(
        add_item, AddItem(sku="SERUM", name="Serum", tracking="lot"), warehouse.admin
    )
    for lot, day in (("L1", date(2026, 3, 1)), ("L2", None)):
        put = PutStock(item="SERUM", quantity=Decimal(2), location="A1", lot=lot, expires_on=day)
        await warehouse.run(put_stock, put)
    await warehouse.run(hold_lot, HoldLot(item="SERUM", lot="L1", reason="glass"), warehouse.admin)
    await warehouse.run(track_item, TrackItem(item="PIN-8"), warehouse.admin)
    for kind in ("low", "stock"):
        figures = ScheduleReport(kind=kind, channel_id=503, every="week", at="7:30")
        made = await warehouse.run(schedule_report, figures, warehouse.manager)
    gone = UnscheduleReport(schedule=made.schedule.id)
    await warehouse.run(unschedule_report, gone, warehouse.manager)
    yield warehouse


@pytest.mark.both_engines
async def test_a_setup_that_replaces_and_claims_is_replayed(books: Warehouse) -> None:
    again = SetUpGuild(discord_role_ids={"viewer": 211}, is_replacing=True, claimed="admin")
    await books.run(set_up_guild, again, OWNER)
    assert not (await verify(books)).findings


async def verify(warehouse: Warehouse) -> BooksVerified:
    return await verify_books(warehouse.db, warehouse.auditor)


# One row each: several statements, what they do, and what is said of it.
TAMPERINGS: dict[str, tuple[tuple[str, ...], str]] = {
    "two SKUs swapped": (
        (
            "UPDATE item SET sku = 'x', sku_key = 'x' WHERE sku = 'BOLT-8'",
            "UPDATE item SET sku = 'BOLT-8', sku_key = 'bolt-8' WHERE sku = 'NUT-8'",
            "UPDATE item SET sku = 'NUT-8', sku_key = 'nut-8' WHERE sku = 'x'",
        ),
        "sku is NUT-8, #n says BOLT-8",
    ),
    "only the keys of SKUs swapped": (
        (
            "UPDATE item SET sku_key = 'x' WHERE sku = 'BOLT-8'",
            "UPDATE item SET sku_key = 'bolt-8' WHERE sku = 'NUT-8'",
            "UPDATE item SET sku_key = 'nut-8' WHERE sku = 'BOLT-8'",
        ),
        "SKU as it is looked up is nut-8",
    ),
    "stock held back for no request": (
        ("UPDATE item SET reserved = 3000 WHERE sku = 'PIN-8'",),
        "reserved is ",
    ),
    "a location renamed": (
        ("UPDATE location SET name = 'B9', name_key = 'b9' WHERE name = 'A1'",),
        "name is B9, #n says A1",
    ),
    "viewer given all rights": (
        (
            (
                "UPDATE role SET permissions = (SELECT r.permissions FROM role r WHERE r.id = 15) "
                "WHERE id = 11"
            ),
        ),
        "role viewer: permissions is audit.view",
    ),
    "a stranger made admin": (
        (
            (
                "INSERT INTO role_assignment (guild_id, user_id, role_id, assigned_at, "
                "assigned_by, changed_record) SELECT guild_id, 4711, 15, assigned_at, assigned_by, "
                "changed_record FROM role_assignment WHERE user_id = 777"
            ),
        ),
        "the assignment of a role (4711 / 15) exists, but no record says so",
    ),
    "a Discord role bound": (
        (
            (
                "INSERT INTO role_binding (guild_id, discord_role_id, role_id, changed_record) "
                "SELECT guild_id, 4711, 15, 1 FROM book"
            ),
        ),
        "(4711 / 15) exists, but no record says so",
    ),
    "an assignment removed": (
        ("DELETE FROM role_assignment WHERE user_id = 777",),
        "the assignment of a role (777 / 11) is missing",
    ),
    "that a role was taken away denied": (
        ("DELETE FROM default_role_grant",),
        "that member 922 had the default role or lost roles is missing",
    ),
    "a setting changed": (
        ("UPDATE guild SET undo_minutes = 10000",),
        "the settings: undo\\_minutes is 10000, #n says 30",
    ),
    "the audit channel moved": (
        ("UPDATE guild_channel SET channel_id = 666 WHERE purpose = 'audit'",),
        "the audit channel: channel is 666, #n says 501",
    ),
    "access deactivated": (
        ("UPDATE member SET deactivated_at = registered_at WHERE registered_at IS NOT NULL",),
        "deactivated at is 20",
    ),
    "a supplier approved without a record": (
        ("UPDATE approval SET status = 'approved', version = 2, touched_by = ''",),
        "status is approved, #n says pending",
    ),
    "one's hand in a proposal denied": (
        ("UPDATE approval SET touched_by = ''",),
        "touched is none, #n says 922",
    ),
    "a supplier without a record": (
        (
            (
                "INSERT INTO supplier (guild_id, changed_record, id, name, name_key, note) "
                "SELECT guild_id, changed_record, 999, 'Ghost', 'ghost', '' FROM supplier"
            ),
        ),
        "supplier Ghost exists, but no record says so",
    ),
    "an item removed": (("DELETE FROM item WHERE sku = 'NUT-8'",), "item NUT-8 is missing"),
    "what was counted changed": (
        ("UPDATE count_line SET counted = expected",),
        "counted is 5, #n says 3",
    ),
    "what the books had there changed": (
        ("UPDATE count_line SET expected = counted",),
        "expected is 3, #n says 5",
    ),
    "a line taken out of a count": (
        ("DELETE FROM count_line",),
        "line of a count",
    ),
    "a count posted without a record": (
        ("UPDATE stock_count SET status = 'posted'",),
        "status is posted, #n says counting",
    ),
    "a count without its number": (
        ("UPDATE stock_count SET number = 9",),
        "number is 9, #n says 1",
    ),
    "a price changed": (
        ("UPDATE supplier_price SET amount = 1",),
        "price 105: amount is ",
    ),
    "an item tracked no longer": (
        ("DELETE FROM tracked_item",),
        " is the last record about it",
    ),
    "a held lot released": (
        ("UPDATE lot SET state = 'open' WHERE code = 'L1'",),
        "lot L1: state is open, #n says held",
    ),
    "a lot that keeps longer": (
        ("UPDATE lot SET expires_on = '2029-03-01' WHERE code = 'L1'",),
        "expires is 2029-03-01, #n says 2026-03-01",
    ),
    "a lot removed": (
        ("DELETE FROM lot WHERE code = 'L2'",),
        " is the last record about it",
    ),
    "an expired role dated later": (
        ("UPDATE role_assignment SET assigned_at = '2099-01-01 00:00:00.000000'",),
        "given since is 2099-01-01",
    ),
    "a receipt deleted": (
        ("DELETE FROM receipt WHERE record = 6",),
        "the receipt of #6 is missing",
    ),
    "a line for the audit channel deleted": (
        ("DELETE FROM outbox WHERE record = 6 AND kind = 'audit_line'",),
        "the line of #6 for the audit channel was removed",
    ),
    "the last lines for the audit channel deleted": (
        ("DELETE FROM outbox WHERE record > 8 AND kind = 'audit_line'",),
        "the line of #9 for the audit channel was removed",
    ),
}


async def test_what_was_changed_behind_the_records_is_found(
    books: Warehouse, database_url: str
) -> None:
    for what in TAMPERINGS:
        with passing(database_url):
            await _require_found(books, database_url, what)
    assert (await verify(books)).findings == ()


@pytest.mark.only_on("postgresql")
async def test_postgresql_tells_what_was_changed_as_well(
    books: Warehouse, database_url: str
) -> None:
    await _require_found(books, database_url, next(iter(TAMPERINGS)))


async def _require_found(books: Warehouse, database_url: str, what: str) -> None:
    assert (await verify(books)).findings == ()
    statements, said = TAMPERINGS[what]
    for statement in statements:
        await tamper(database_url, statement)
    verified = await verify(books)
    found = [
        re.sub(r", #\d+ says", ", #n says", finding_text(finding, verified))
        for finding in verified.findings
    ]
    assert any(said in each for each in found), (what, found)


BESIDE = {"import", "item day", "item day mark", "level", "sync operation", "dated move"}


def test_every_noun_that_is_compared_has_words_for_findings() -> None:
    # Days and levels are compared with the ledger, files with the records that imported them.
    assert COMPARED.keys() | BESIDE == THINGS.keys()


def test_every_action_of_the_product_can_be_replayed() -> None:
    load_modules(bot.views)
    ours = {name for name in ACTIONS if ACTION_WORDS[name].verb != "tested"}
    assert [name for name in sorted(ours) if not is_known(name)] == []


@pytest.mark.both_engines
async def test_contact_data_whose_key_is_missing_is_said_and_does_not_fail(
    books: Warehouse, database_url: str
) -> None:
    encrypted: dict[str, Any] = {"v": "s1.00000000.AAAA"}
    await tamper(database_url, "UPDATE supplier SET phone = :v", **encrypted)
    verified = await verify(books)
    assert (verified.findings, verified.unreadable) == ((), 1)
