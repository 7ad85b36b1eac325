"""A table that could change the books is changed by `DatabaseService.run` alone."""

import ast
import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import TextClause, UpdateBase, text
from sqlalchemy.exc import DBAPIError

import bot
from bot.database.delivery.approval_messages import ApprovalCards
from bot.database.delivery.board_messages import BoardMessages, Kept
from bot.database.delivery.command_trees import CommandTrees
from bot.database.delivery.device_contacts import note_contact
from bot.database.delivery.import_previews import KeptPreviews
from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.leased_lanes import Draft
from bot.database.delivery.promised_answers import PendingAnswers
from bot.database.delivery.report_postings import DueReport, ReportPostings
from bot.database.delivery.retention import KeptReceipts
from bot.database.delivery.schedule import Schedules
from bot.database.delivery.token_shares import TokenShares
from bot.database.engine import DatabaseSettings
from bot.database.models import Book, ImportPreview, metadata
from bot.database.service import DatabaseService
from bot.database.statements import Prepared
from bot.domain.changes import Changed
from bot.domain.lanes import AUDIT_LANE, AUDIT_LINE
from bot.domain.report_schedules import Rhythm
from bot.errors import TallymanError
from bot.jobs.item_days import ItemDaysHandler
from bot.services.approvals.declared import DecideProposal
from bot.services.devices import LinkDevice, link_device
from bot.services.guilds import SetSetting, set_setting
from bot.services.member_roles import SetRoles, set_roles
from bot.services.people import (
    DeactivatePerson,
    ReactivatePerson,
    deactivate_person,
    reactivate_person,
)
from bot.services.profiles import (
    EraseProfile,
    RegisterMember,
    SetEmail,
    erase_profile,
    register_member,
    set_email,
)
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.roles import BindRole, UnbindRole, bind_role, unbind_role
from bot.services.setup import SetUpGuild, set_up_guild
from bot.services.stock import (
    AdjustStock,
    MoveStock,
    TakeStock,
    adjust_stock,
    move_stock,
    take_stock,
)
from bot.services.suppliers import (
    EditSupplier,
    ProposeSupplier,
    approve_supplier,
    edit_supplier,
    propose_supplier,
)
from bot.services.tracked_items import TrackItem, track_item
from tests.conftest import DATA_KEY
from tests.database.books import GUILD, Warehouse, require_sound_books, rows_of
from tests.database.journal import Journal, Transaction, keep_on_postgresql, keep_on_sqlite

# Delivery and what Discord was told: nothing here says what lies where or who may do what.
BOOKKEEPING = {
    "approval_card",
    "audit_message",
    "pending_answer",
    "outbox",
    "outbox_lane",
    "command_tree",
    "schedule",
    "import_preview",
    "device_contact",
    "report_posting",
    "known_guild",
    "board_message",
    "token_share",
    "identify_turn",
    # Made from the ledger, and compared with it.
    "item_day",
    "item_day_mark",
}
# What bookkeeping may throw away when it is a week old, though only a unit of work writes it.
PURGED = {"receipt"}
# What may be written of the book without a record: the ids that it hands out ahead of a unit of
# work, and that it rests.
OF_THE_BOOK = {
    "bot.database.delivery.import_words",
    "bot.database.delivery.rest",
    "bot.database.resting",
}
# Who may write statements that change rows, and which tables those may name.
WRITERS: dict[str, set[str]] = {
    # Any table, but through a scope that `run` opened; and marks of what was deleted.
    "bot.database.controllers.writing": {"tombstone"},
    "bot.database.controllers.words": {"search_part", "search_word"},  # likewise
    # Any encrypted column: no operation, but under the book's lock as all are.
    "bot.database.admin.rekey": set(),
    # Every table of a database that has no books yet.
    "bot.database.admin.backup_crossing": set(),
    "bot.database.new_guild": {"book", "guild", "location", "outbox_lane", "role", "schedule"},
    "bot.database.writer.postgresql": {
        "audit_event", "book", "outbox", "receipt", "stock_level", "stock_move",
    },
    "bot.database.writer.sqlite": {
        "audit_event", "book", "outbox", "receipt", "stock_level", "stock_move",
    },
    "bot.database.writer.further": {"audit_subject", "dated_move", "outbox", "outbox_lane"},
    "bot.database.resting": {"book", "schedule"},
    "bot.database.delivery.approval_messages": {"approval_card", "outbox"},
    "bot.database.delivery.board_messages": {"board_message", "outbox", "outbox_lane"},
    "bot.database.delivery.command_trees": {"command_tree"},
    "bot.database.delivery.device_contacts": {"device_contact"},
    "bot.database.delivery.digests": {"outbox", "outbox_lane", "schedule"},
    "bot.database.delivery.import_previews": {"import_preview"},
    "bot.database.delivery.known_guilds": {"known_guild"},
    "bot.database.delivery.report_postings": {"outbox", "outbox_lane", "report_posting"},
    "bot.database.delivery.rest": {"book"},
    "bot.database.delivery.kept_days": {"item_day", "item_day_mark"},
    "bot.database.delivery.retention": {"receipt"},
    "bot.database.delivery.schedule": {"schedule"},
    "bot.database.delivery.token_shares": {"identify_turn", "token_share"},
    "bot.database.delivery.import_words": {"book", "import_preview"},
    "bot.database.delivery.lane_statements": {"audit_message", "outbox", "outbox_lane"},
    "bot.database.delivery.promise_statements": {"pending_answer"},
}  # fmt: skip
WITHIN_RUN = {
    "bot.database.controllers.words",
    "bot.database.controllers.writing",
    "bot.database.new_guild",
    "bot.database.writer.further",
    "bot.database.writer.postgresql",
    "bot.database.writer.sqlite",
}
# No change of rows is written without one of these; most modules need not be parsed.
_CHANGE = re.compile(r"\b(?:INSERT|UPDATE|DELETE|insert|update|delete)\b")
_SQL = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(\w+)")


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(bot.__path__, "bot."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def tables_changed_by(thing: Any) -> set[str]:
    """Name the tables that a statement changes, however it is wrapped."""
    if isinstance(thing, UpdateBase):
        return {str(thing.table)}
    if isinstance(thing, TextClause):
        return set(_SQL.findall(thing.text))
    if isinstance(thing, dict):
        return set().union(*map(tables_changed_by, thing.values()))
    return tables_changed_by(thing._statement) if isinstance(thing, Prepared) else set()


def writes_statements(module: ModuleType) -> bool:
    """Tell whether a module's source holds a change of rows in any form."""
    assert module.__file__ is not None
    source = Path(module.__file__).read_text()
    if not _CHANGE.search(source):
        return False
    nodes = list(ast.walk(ast.parse(source)))
    imported = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
    }
    return any(map(partial(_changes_rows, imported), nodes))


def _changes_rows(imported: set[str], node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="insert" | "update" | "delete" as name)):
            return name in imported
        case ast.Attribute(value=ast.Name(id=name), attr="insert"):
            return name in {"postgresql", "sqlite"} & imported
        case ast.Constant(value=str(sql)):
            return any(table in metadata.tables for table in _SQL.findall(sql))
    return False


def test_statements_that_change_rows_are_in_few_modules() -> None:
    assert {module.__name__ for module in modules() if writes_statements(module)} == set(WRITERS)


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_a_module_changes_its_own_tables_alone(name: str) -> None:
    module = importlib.import_module(name)
    changed = set().union(*(tables_changed_by(thing) for thing in vars(module).values()))
    assert changed & set(metadata.tables) == WRITERS[name]
    if name not in WITHIN_RUN:
        ahead = {"book"} if name in OF_THE_BOOK else set[str]()
        assert WRITERS[name] <= BOOKKEEPING | PURGED | ahead


def test_what_writes_the_books_is_called_by_the_unit_of_work_alone() -> None:
    callers: dict[str, set[str]] = {"write_unit": set(), "open_book": set()}
    for module in modules():
        for name, found in callers.items():
            if name in vars(module) and vars(module)[name].__module__ != module.__name__:
                found.add(module.__name__)
    assert set().union(*callers.values()) == {"bot.database.service"}


async def live(warehouse: Warehouse) -> None:
    """Use every kind of operation, some in vain, and then every piece of bookkeeping."""
    item, a1 = await warehouse.add_item(), await warehouse.add_shelf("A1")
    await warehouse.add_shelf("B2")
    await warehouse.put(item, 9, a1)
    one: dict[str, Any] = {"item": "BOLT-8", "quantity": Decimal(1)}
    owner, manager, run = warehouse.owner, warehouse.manager, warehouse.run
    taken = await run(take_stock, TakeStock(**one, location="A1"), key="twice")
    await run(take_stock, TakeStock(**one, location="A1"), key="twice")
    await run(move_stock, MoveStock(**one, source="A1", target="B2"))
    count = AdjustStock(item="BOLT-8", location="A1", counted=Decimal(3), reason="count")
    await run(adjust_stock, count, manager)
    await run(reverse_record, ReverseRecord(record=taken.record), manager)
    with pytest.raises(TallymanError):
        await run(take_stock, TakeStock(item="BOLT-8", quantity=Decimal(99), location="A1"))
    await warehouse.archive(await warehouse.add_item("OLD"))
    await run(bind_role, BindRole(discord_role_id=5, role="viewer"), owner)
    await run(unbind_role, UnbindRole(discord_role_id=5, role="viewer"), owner)
    bound = {"viewer": 6}
    chosen = SetUpGuild(audit_channel_id=1, approvals_channel_id=2, discord_role_ids=bound)
    await run(set_up_guild, chosen, owner)
    await run(set_setting, SetSetting(name="undo_minutes", value="20"), owner)
    acme = await run(propose_supplier, ProposeSupplier(name="Acme", email="ann@acme.example"))
    await run(edit_supplier, EditSupplier(supplier="Acme", note="edited"))
    decision = DecideProposal(subject_id=acme.subject_id, version=2)
    await run(approve_supplier, decision, manager)

    linked = await run(link_device, LinkDevice(link_hash="hash"))
    for was_asked in (True, False):
        await note_contact(warehouse.db, GUILD, linked.device_id, was_asked=was_asked)

    days = ItemDaysHandler(warehouse.db)
    for is_on in (True, False):
        await run(track_item, TrackItem(item="BOLT-8", is_on=is_on), warehouse.admin)
        await days(GUILD)

    await live_people(warehouse)
    await keep_house(warehouse, acme)


async def keep_house(warehouse: Warehouse, acme: Changed) -> None:
    """Use every piece of bookkeeping, some in vain."""
    db = warehouse.db
    answers, trees, lanes = PendingAnswers(db), CommandTrees(db), OutboxLanes(db)
    cards, what = ApprovalCards(db), (GUILD, "supplier", acme.subject_id)
    await cards.remember(*what, opened_record=acme.record, channel_id=1, message_id=2)
    await cards.redraw(*what, wait=timedelta(minutes=1))
    await cards.redraw(*what)
    boards = BoardMessages(db)
    kept = Kept(guild_id=GUILD, board_id=9, channel_id=1, posting="", edited_at=db.clock())
    await boards.keep(kept)
    await boards.queue(GUILD, [9])
    await boards.forget(GUILD, 9)
    for key in ("twice", "other"):
        await answers.promise(warehouse.employee, key, 1, "token", locale="en")
    await answers.fail(GUILD, "twice")
    answers.note_shown(GUILD, "other")
    await answers.finish()
    await trees.set_hash(1, "a")
    await trees.set_hash(1, "b")
    assert (GUILD, AUDIT_LANE) in await lanes.list_due()
    held = await lanes.lease(GUILD, AUDIT_LANE)
    assert held is not None
    held = await lanes.freeze(held, Draft(AUDIT_LINE, 1, held.rows[0].record, "text"))
    assert held is not None
    assert held.batch is not None
    held = await lanes.complete(replace(held, batch=replace(held.batch, message_id=3)))
    assert held is not None
    await lanes.note_owner_told(held)
    await lanes.known_guilds.note(GUILD, "Depot", 1)
    await lanes.postpone(held, "gone", timedelta(minutes=1))
    assert (GUILD, AUDIT_LANE) not in await lanes.list_due()
    await lanes.retry_now([GUILD])
    held = await lanes.lease(GUILD, AUDIT_LANE)
    assert held is not None
    await lanes.thaw(held)
    await lanes.complete_rows(held, held.rows)
    await lanes.release([(GUILD, AUDIT_LANE)])
    await keep_rest(db)


async def keep_rest(db: DatabaseService) -> None:
    """Use the bookkeeping that concerns no message."""
    kept = KeptReceipts(db)
    assert await kept.find_oldest(GUILD) is not None
    await kept.purge(GUILD)
    previews, now = KeptPreviews(db), db.clock()
    read: dict[str, Any] = {
        "kind": "items",
        "file_name": "a.csv",
        "file_hash": "0",
        "content": b"read",
    }
    dates: dict[str, Any] = {"made_by": 912, "made_at": now, "expires_at": now, "based_on": 1}
    await previews.keep(ImportPreview(guild_id=GUILD, token="t", **read, **dates))
    assert await previews.cancel(GUILD, "t")
    await previews.purge(GUILD)
    postings = ReportPostings(db)
    assert await postings.take(GUILD) is None
    assert await postings.find_schedule(GUILD, 1) is None
    assert await postings.find_next(GUILD, 1, 7) is None
    due_report = DueReport(
        guild_id=GUILD,
        schedule_id=1,
        kind="stock",
        channel_id=5,
        rhythm=Rhythm("day", "08:00", "UTC"),
        day=now.date(),
        due_at=now,
        skipped=0,
    )
    assert not await postings.finish(due_report)
    shares = TokenShares(db)
    await shares.renew(1, 0)
    await shares.release(1)
    assert not await shares.take_turn(1, 0, timedelta(seconds=5))
    schedules = Schedules(db)
    await schedules.put(GUILD, "day", db.clock())
    (due,) = await schedules.lease_due(["day"])
    await schedules.renew([due])
    await schedules.release([due])
    (due,) = await schedules.lease_due(["day"])
    await schedules.finish([(due, db.clock())])
    (due,) = await schedules.lease_due(["day"])
    await schedules.postpone(due, timedelta())
    (due,) = await schedules.lease_due(["day"])
    await schedules.finish([(due, None)])
    await db.ping()


async def live_people(warehouse: Warehouse) -> None:
    """Register, manage and erase a member."""
    run = warehouse.run
    mail, me = "ann@example.com", warehouse.stranger
    await run(register_member, RegisterMember(name="Ann", email=mail), me)
    await run(set_email, SetEmail(email="none"), me)
    chosen_roles = SetRoles(user_id=me.user_id, roles=("viewer",))
    await run(set_roles, chosen_roles, warehouse.admin)
    off = DeactivatePerson(user_id=me.user_id, reason="left")
    await run(deactivate_person, off, warehouse.admin)
    on = ReactivatePerson(user_id=me.user_id, discord_role_ids=(), joined_at=None)
    await run(reactivate_person, on, warehouse.admin)
    await run(erase_profile, EraseProfile(), me)


@pytest_asyncio.fixture
async def journal(
    own_database_url: str, engine: str, request: pytest.FixtureRequest
) -> AsyncIterator[Journal]:
    """What the database noted of a whole life of a guild."""
    journal = Journal()
    db = DatabaseService(DatabaseSettings(own_database_url, data_key=DATA_KEY))
    if engine == "sqlite":
        noting = keep_on_sqlite(journal, db)
    else:
        noting = keep_on_postgresql(
            journal, request.getfixturevalue("postgresql"), own_database_url
        )
    async with noting:
        await live(await Warehouse.open(db))
    (book,) = await rows_of(db, Book, GUILD)
    journal.last_record = book.last_record
    yield journal
    await db.close()


def is_bookkeeping(transaction: Transaction) -> bool:
    """Tell whether a transaction changed deliveries alone, or threw old receipts away."""
    if transaction.tables == PURGED:
        return all(statement.startswith("DELETE") for statement in transaction.statements)
    return not transaction.tables - BOOKKEEPING


async def test_every_change_of_the_books_holds_the_lock_and_makes_one_record(
    journal: Journal, engine: str
) -> None:
    of_books = [t for t in journal.transactions if not is_bookkeeping(t)]
    assert len(of_books) == journal.last_record > 12
    for transaction in of_books:
        assert transaction.records == 1, transaction
        assert {"book", "audit_event", "receipt", "outbox"} <= transaction.tables
        if engine == "postgresql":
            assert transaction.starts_with_the_lock, transaction


async def test_bookkeeping_changes_no_table_of_the_books(journal: Journal) -> None:
    others = [t for t in journal.transactions if is_bookkeeping(t)]
    assert set().union(*(t.tables for t in others)) == BOOKKEEPING | PURGED
    assert not any(t.records for t in others)
    touched = set().union(*(t.tables for t in journal.transactions))
    assert touched >= {
        "item",
        "location",
        "search_word",
        "stock_move",
        "role_binding",
        "guild",
        "member",
    }


async def test_the_doors_for_reading_change_nothing_even_when_asked_to(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_item()
    before = await require_sound_books(warehouse.db)
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each engine has words of its own
        async with warehouse.db.look_up(warehouse.admin) as books:
            await books.scope.connection.execute(text("UPDATE item SET unit = 'kg'"))
    assert isinstance(caught.value, DBAPIError | TallymanError)
    assert await require_sound_books(warehouse.db) == before
    async with warehouse.db.look_up(warehouse.admin) as books:
        assert await books.items.count(unit="kg") == 0
