"""No statement of a busy day walks a table, or a guild, whole.

Every query and operation that is declared is played here beside 20,000 moves, by `make soak`
beside 200,000 and on both engines. One that is missing fails the test, so that a new statement
without an index does.
"""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_type_hints

import pytest
import pytest_asyncio

import bot.services
from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.promised_answers import PendingAnswers
from bot.database.delivery.retention import KeptReceipts
from bot.database.delivery.schedule import Schedules
from bot.database.engine import DatabaseSettings
from bot.database.operations import OPERATIONS, QUERIES
from bot.database.service import DatabaseService
from bot.domain.actors import Actor, system_actor
from bot.domain.counts import NothingEntered, NothingLeft
from bot.domain.quantities import TypedQuantity
from bot.domain.schedule import KINDS
from bot.domain.stock import InsideNeeded, InsufficientStock, LineReference
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import AlreadyDecided, IllegalStep, NotFound, NothingToDo
from bot.interactions.registers import load_modules
from bot.jobs.item_days import ItemDaysHandler
from bot.jobs.lapses import LapseHandler
from bot.services.bulk.lines import BulkLine
from bot.services.imports.previewing import cancel_import, preview_again
from bot.services.prices.finding import find_prices
from bot.services.suggestions import (
    suggest_items,
    suggest_locations,
    suggest_names,
    suggest_suppliers,
)
from tests.conftest import DATA_KEY
from tests.database.board_day import show_boards
from tests.database.books import GUILD, OTHER_GUILD, Warehouse
from tests.database.busy import FIRST_ITEM, FIRST_LOCATION, FIRST_SUPPLIER, fill_guild
from tests.database.clock import Clock
from tests.database.lot_day import keep_lots
from tests.database.order_day import order_goods, receive_goods
from tests.database.payment_day import keep_invoices
from tests.database.plans import Watch, list_walks
from tests.database.report_day import read_reports, schedule_reports
from tests.database.sync_day import push_operations
from tests.database.why_day import explain_documents, explain_figures
from tests.services.imports.files import preview

pytestmark = pytest.mark.slow


ITEM, LOCATION, SUPPLIER = FIRST_ITEM + 6, FIRST_LOCATION + 6, FIRST_SUPPLIER + 6
ONE = Decimal(1)
# These read all of a guild's books on purpose, a page at a time.
READ_EVERYTHING = (
    "bot.services.verification",
    "bot.services.verified_records",
    "bot.services.export",
    "bot.services.chain_export",
    "bot.services.exports.tables",
    "bot.services.valuation",
    "bot.services.value_course",
    "bot.services.reports.worth",
)
CURSORS: tuple[dict[str, Any], ...] = ({}, {"before": (900, 1)}, {"after": (900, 1)})


class Day:
    """A guild at work, which remembers what of the program was played."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.admin, self.manager = warehouse.admin, warehouse.manager
        self.played: set[str] = set()
        load_modules(bot.services)

    async def run(self, name: str, actor: Actor | None = None, /, **request: Any) -> Any:
        """Run an operation by its name, as the admin unless said otherwise."""
        self.played.add(name)
        operation = OPERATIONS[name]
        made = get_type_hints(operation.function)["request"](**request)
        return await self.warehouse.run(operation, made, actor or self.admin)

    async def ask(self, name: str, actor: Actor | None = None, /, **request: Any) -> Any:
        """Run a query by its name."""
        self.played.add(name)
        query = QUERIES[name]
        wanted = get_type_hints(query.function)["request"]
        made = None if wanted is type(None) else wanted(**request)
        return await self.warehouse.db.query(query, made, actor or self.admin)

    def list_missing(self) -> set[str]:
        """Return what the program declares and was not played."""
        declared: list[tuple[str, Any]] = [*OPERATIONS.items(), *QUERIES.items()]
        modules = {name: each.function.__module__ for name, each in declared}
        ours = {name for name, module in modules.items() if module.startswith("bot.")}
        return {name for name in ours - self.played if modules[name] not in READ_EVERYTHING}


@pytest_asyncio.fixture
async def watch() -> AsyncIterator[Watch]:
    with Watch().watching() as watch:
        yield watch


@pytest_asyncio.fixture
async def day(database_url: str, clock: Clock) -> AsyncIterator[Day]:
    """A guild with years behind it, beside another one."""
    settings = DatabaseSettings(database_url, data_key=DATA_KEY)
    service = DatabaseService(settings, clock=clock)
    clock.advance(days=-5)  # before the moves
    for guild_id in (OTHER_GUILD, GUILD):
        await Warehouse.open(service, guild_id)
    clock.advance(days=5)
    await service.close()
    await fill_guild(database_url, GUILD)
    service = DatabaseService(settings, clock=clock)
    yield Day(Warehouse(service, GUILD))
    await service.close()


@pytest.mark.soak_on("sqlite")
async def test_no_statement_walks_a_table_or_a_guild(
    database_url: str, watch: Watch, day: Day
) -> None:
    for play in (
        move_stock,
        keep_catalogue,
        import_files,
        keep_units_and_codes,
        keep_lots,
        decide_about_suppliers,
        keep_prices,
        draw_charts,
        keep_invoices,
        count_stock,
        pick_requests,
        order_goods,
        receive_goods,
        manage_people,
        manage_guild,
        look_at_books,
        read_reports,
        schedule_reports,
        show_boards,
        pull,
        use_devices,
        push,
        suggest,
        deliver,
    ):
        await play(day)
    assert day.list_missing() == set()
    assert len(watch.statements) > 150
    walks = await list_walks(database_url, watch.statements)
    assert not walks, "\n".join(walks)


async def move_stock(day: Day) -> None:
    manager = day.manager
    await day.run("stock.put", manager, item="S-7", quantity=Decimal(9))
    taken = await day.run("stock.take", manager, item="S-7", quantity=ONE)
    source = taken.lines[0].source.id
    await day.run("stock.move", manager, item="S-7", quantity=ONE, source=source, target="L 9")
    await day.run(
        "stock.adjust", manager, item=ITEM, location="L 9", counted=Decimal(5), reason="counted"
    )
    await day.run("record.reverse", manager)
    await day.run("item.edit", item=ITEM, reorder_point=TypedQuantity(Decimal(4)))
    low = await day.run("stock.take", manager, item=ITEM, quantity=ONE, location="L 9")
    await day.ask("list_low_stock", record=low.record)
    await day.run("item.snooze", item_id=ITEM, record=1)
    await day.run("item.not_needed", item_id=ITEM, record=2)
    with pytest.raises(InsufficientStock):
        await day.run("stock.take", manager, item=ITEM, quantity=Decimal(900), location="L 9")
    await day.ask("find_request", record=taken.record, key="k")
    await day.run("shift.start", location="L 9")
    await day.run("shift.start", location="L 9")
    await day.ask("list_on_shift", permissions=("stock.move",))
    await day.run("shift.end")


async def count_stock(day: Day) -> None:
    manager = day.manager
    started = await day.run("count.start", location="L 9", items="S-7 S-8", is_blind=False)
    count = {"count_id": started.count_id}
    await day.run("count.start", location="L 9")
    form = await day.ask("prepare_entry", **count)
    await day.ask("prepare_entry", **count, lines=(1,))
    typed = tuple((line.number, "3") for line in form.lines)
    await day.run("count.enter", **count, seen=form.record, typed=typed)
    seen = (await day.ask("prepare_adding", **count)).record
    await day.run("count.add", **count, seen=seen, lines="S-9 4", location="L 9")
    with pytest.raises(NothingLeft):
        await day.ask("list_open_lines", **count)
    with pytest.raises(NothingEntered):
        await day.run("count.skip", **count, lines=(1,))
    await day.run("count.submit", **count)
    subject = {"subject_id": started.count_id}
    await day.ask("list_count_approvers", **subject)
    await day.ask("get_count_card", **subject)
    await day.ask("list_differences", manager, **count)
    await day.ask("review_count", manager, **subject, version=2, verb="discard")
    await day.run("count.recountall", manager, **subject, version=2)
    with pytest.raises(AlreadyDecided):
        await day.run("count.recount", manager, **subject, version=3)
    other = replace(day.admin, user_id=947)
    form = await day.ask("prepare_entry", other, **count)
    typed = tuple((line.number, "3") for line in form.lines)
    await day.run("count.enter", other, **count, seen=form.record, typed=typed)
    await day.run("count.submit", **count)
    await day.run("count.post", manager, **subject, version=4)
    with pytest.raises(AlreadyDecided):
        await day.run("count.discard", manager, **subject, version=4)
    await day.ask("get_count", document="C-1")
    for cursor in ({}, {"after": 2}, {"before": 1}):
        await day.ask("list_counts", **cursor)
        await day.ask("list_counts", status="counting", **cursor)
    await day.ask("suggest_counts", typed="c-1", statuses=("counting",))
    await day.ask("suggest_counts", typed="")


async def pick_requests(day: Day) -> None:
    await day.ask("prepare_request")
    made = await day.run("request.new", wanted_for="Jo", lines="S-11 9; S-12 2")
    request = {"request_id": made.request_id}
    number = {"request": made.label}
    await day.ask("prepare_lines", **number)
    await day.run("request.edit", **request, version=1, lines="S-11 8; S-13 2")
    planned = await day.ask("plan_pick", **number)
    await day.ask("plan_short", **request)
    typed = tuple((row.key, "1") for row in planned.rows)
    await day.run("request.pick", **request, seen=planned.record, typed=typed)
    planned = await day.ask("plan_pick", **number)
    await day.ask("plan_short", **request, after=planned.rows[0].key)
    picked = await day.run("request.pick_all", **request, signature=planned.signature)
    await day.run("record.reverse", record=picked.record)
    await day.ask("get_item", item="S-11")
    await day.run("request.close", **number)
    wrong = await day.run("request.new", wanted_for="Jo", lines="S-11 1")
    await day.ask("ask_to_cancel", request=wrong.label)
    await day.run("request.cancel", request=wrong.label)
    late = await day.run("request.new", wanted_for="Jo", lines="S-11 1")
    with pytest.raises(NothingToDo):
        await day.run("request.lapse", request_id=late.request_id)
    # Not lapsed yet. What it reads and writes otherwise, others do as well.
    with pytest.raises(IllegalStep):
        await day.run("request.again", request_id=late.request_id)
    await LapseHandler(day.warehouse.db)(GUILD)
    await day.ask("get_request", document="R-1")
    for cursor in ({}, {"before": 900}, {"after": 900}):
        await day.ask("list_requests", **cursor)
        await day.ask("list_requests", status="open", **cursor)
    await day.ask("suggest_requests", typed="r-1", statuses=("open",))
    await day.ask("suggest_requests", typed="")
    await explain_documents(day)


async def keep_catalogue(day: Day) -> None:
    await day.run("item.add", sku="NEW-1", name="A new one")
    await day.run("item.edit", item="NEW-1", name="A newer one", sku="NEW-2")
    await day.run("item.archive", item="NEW-1")
    await day.run("item.restore", item="NEW-1")
    await day.run("location.add", name="Rack", parent="L 7")
    await day.run("location.rename", location="Rack", name="Rack 1")
    await day.run("location.edit", location="Rack 1", name="Rack 2", parent="L 8")
    await day.run("location.edit", location="L 9", kind="quarantine")
    await day.run("location.edit", location="L 9", kind="storage")
    await day.run("stock.put", day.manager, item="S-7", quantity=ONE, location="Rack 2")
    with pytest.raises(InsideNeeded):
        await day.run("stock.take", day.manager, item="S-7", quantity=ONE, location="L 8")
    await day.run("stock.take", day.manager, item="S-7", quantity=ONE, location="Rack 2")
    await day.run("location.archive", location="Rack 2")
    await day.run("location.restore", location="Rack 2")
    for item in (ITEM, "S-7", "N 7"):
        await day.ask("get_item", item=item)
    for page in ({}, {"after": ITEM}, {"before": ITEM}):
        for location in (LOCATION, "L 7"):
            await day.ask("get_location", location=location, **page)
    for page in ({}, {"after": LOCATION}, {"before": LOCATION}):
        await day.ask("get_item", item=ITEM, **page)
        await day.ask("list_locations", inside="L 8", **page)
    for page in ({}, {"after": ITEM}, {"before": ITEM}):
        await day.ask("list_items", **page)
        await day.ask("list_items", typed="n", **page)
        if not page:
            await day.ask("list_locations", **page)
    for page in ({"after": LOCATION}, {"before": LOCATION}):
        await day.ask("list_locations", **page)
    for typed in ("S-7", "L 7", "n 1", "nothing like it 77"):
        try:
            await day.ask("find_stock", typed=typed)
        except NotFound:
            assert typed.startswith("nothing")


async def import_files(day: Day) -> None:
    await day.ask("prepare_bulk", day.manager, action="move", location="L 9", target="L 8")
    lines = (
        BulkLine(number=1, item="S-7", quantity=ONE, location="L 9"),
        BulkLine(number=2, item="N 7", quantity=ONE),
    )
    await day.run("stock.bulk", day.manager, action="put", lines=lines, location="L 8")
    file = (
        b"sku,name,unit,place,quantity,tracking,lot\nS-7,Other,box,L 9,3,,\n"
        b"IMP-1,New \xd0\xb5,pcs,L 8,2,,\nIMP-2,Two,pcs,L 8,2,lot,X-1\n"
    )
    previewed = await preview(day.warehouse, file, actor=day.admin)
    day.played |= {"read_for_import", "get_preview"}
    with pytest.raises(NothingToDo):
        await day.run("import.apply", token=previewed.token)
    done = await day.run("import.apply", token=previewed.token, mode="good")
    await day.run("record.reverse", record=done.record)
    asked = await preview(day.warehouse, file.replace(b",3", b",1.250"), actor=day.admin)
    again = await preview_again(day.warehouse.db, asked.token, day.admin, mark=".")
    await cancel_import(day.warehouse.db, again.token, day.admin)
    dated = b"sku,place,quantity,lot,expiry\nIMP-2,L 8,1,X-1,2031-01-01\n"
    redone = await preview(day.warehouse, file, actor=day.admin)
    await day.run("import.apply", token=redone.token, mode="good")
    dating = await preview(day.warehouse, dated, "stock", actor=day.admin)
    done = await day.run("import.apply", token=dating.token)
    await day.run("record.reverse", record=done.record)
    places = await preview(day.warehouse, b"name,inside\nBin,L 9\n", "locations", actor=day.admin)
    done = await day.run("import.apply", token=places.token)
    await day.run("record.reverse", record=done.record)
    await day.run("item.add", sku="IMP-3", name="Three")
    weighed = await preview(day.warehouse, b"sku,name,unit\nIMP-3,,kg\n", actor=day.admin)
    done = await day.run("import.apply", token=weighed.token)
    await day.run("record.reverse", record=done.record)
    asked = await preview(day.warehouse, b"sku,price\nS-7,2\n", "prices", actor=day.admin)
    turned = await preview_again(day.warehouse.db, asked.token, day.admin, after=SUPPLIER)
    of = {"supplier_id": SUPPLIER}
    priced = await preview_again(day.warehouse.db, turned.token, day.admin, **of)
    done = await day.run("import.apply", token=priced.token)
    await day.run("record.reverse", record=done.record)


async def keep_units_and_codes(day: Day) -> None:
    two = TypedQuantity(Decimal(2))
    await day.run("item.unit", item="S-7", unit="tray", factor=two)
    await day.run("item.unit", item="S-7", unit="tray", factor=TypedQuantity(Decimal(0)))
    await day.run("item.barcode", item="S-7", code="41-7", unit="box")
    await day.run("stock.put", day.manager, item="41-7", quantity=ONE, location="L 7")
    await day.run("item.barcode", item="40-7", code="41-7")
    await day.run("item.remove_picture", item=ITEM)
    await day.run("item.edit", item="S-7", reorder_target=TypedQuantity(Decimal(8)), barcode="42-7")
    await day.run("item.edit", item="S-7", clear=("barcode",))
    await day.run("item.add", sku="DUP-1", name="The same")
    await day.run("stock.put", day.manager, item="DUP-1", quantity=ONE, location="L 7")
    await day.run("item.unit", item="DUP-1", unit="tray", factor=two)
    await day.run("item.barcode", item="DUP-1", code="43-7", unit="tray")
    await day.ask("preview_merge", item="DUP-1", into="S-9")
    merged = await day.run("item.merge", item="DUP-1", into="S-9")
    for cursor in CURSORS:
        for location in (None, "L 7"):
            await day.ask("list_history", item="S-9", location=location, **cursor)
        await explain_figures(day, cursor)
    await day.run("record.reverse", day.manager, record=merged.record)


async def decide_about_suppliers(day: Day) -> None:
    fields = {
        "email": "ann@example.com",
        "phone": "+49 171 1234567",
        "tax_id": "DE123456789",
        "note": "n",
    }
    await day.run("supplier.propose", name="Acme", **fields)
    await day.run("supplier.edit", supplier="Acme", note="m", phone="+49 171 1234568")
    decided = await _open_proposal(day)
    await day.ask("review_supplier", day.manager, **decided)
    for name in ("get_supplier_card", "list_supplier_approvers"):
        await day.ask(name, subject_id=decided["subject_id"])
    await day.run("supplier.reject", day.manager, **decided, reason="no")
    await day.run("supplier.resubmit", supplier="Acme")
    await day.run("supplier.approve", day.manager, **await _open_proposal(day))
    await day.run("supplier.suspend", supplier="Acme", reason="late")
    await day.run("supplier.reinstate", supplier="Acme")
    for page in ({}, {"after": SUPPLIER}, {"before": SUPPLIER}):
        for status in (None, "pending"):
            await day.ask("list_suppliers", status=status, **page)
    for page in ({}, {"after": 900}, {"before": 900}):
        await day.ask("list_supplier_history", supplier_id=SUPPLIER, **page)


async def keep_prices(day: Day) -> None:
    bolt = {"supplier": SUPPLIER, "item": "S-7"}
    for amount, unit, least in (("1.5", "", ""), ("1.4", "", "10"), ("60", "box", "2")):
        await day.run("price.set", **bolt, amount=amount, unit=unit, min_quantity=least)
    await day.run("price.set", **bolt, amount="none")
    async with day.warehouse.db.look_up(day.manager) as books:
        today = date(2027, 1, 1)
        wanted = [(ITEM, Decimal(200))]
        assert (await find_prices(books, SUPPLIER, wanted, today))[0] is not None
    for page in ({}, {"after": 900}, {"before": 900}):
        for of in ({}, {"supplier": SUPPLIER}, {"item": "S-7"}, bolt):
            await day.ask("list_prices", **of, **page)
        await day.ask("list_price_history", item="S-7", **page)
    await day.ask("get_price_course", item="S-7")


async def draw_charts(day: Day) -> None:
    await day.ask("get_prices", item="S-7")
    await day.run("item.track", item="S-7")
    handler = ItemDaysHandler(day.warehouse.db, max_pieces=3)
    await handler(GUILD)
    for days in (30, 366):
        await day.ask("get_levels", item="S-7", days=days)
    await day.run("item.track", item="S-7", is_on=False)
    await handler(GUILD)
    for location in (None, "L 7"):
        await day.ask("get_levels", item="S-7", location=location)
        for item in (None, "S-7"):
            await day.ask("get_moves", item=item, location=location)
        await day.ask("find_ranking", location=location)
    await day.ask("find_window_in_line", first=date(2026, 1, 2), timezone="UTC")
    await day.ask("read_window_in_line", after=(1, -1), beyond=300)
    await day.ask("name_ranked", item_ids=(ITEM,))


async def _open_proposal(day: Day) -> dict[str, int]:
    shown = await day.ask("get_supplier", supplier="Acme")
    return {"subject_id": shown.supplier.id, "version": shown.approval.version}


async def manage_people(day: Day) -> None:
    person = day.warehouse.stranger
    await day.run("member.register", person, name="Sam", email="sam@example.com")
    await day.run("member.set_email", person, email="sam@example.org")
    await day.run("member.set_roles", user_id=person.user_id, roles=("viewer",), name="Sam")
    await day.run("member.deactivate", user_id=person.user_id, reason="left")
    await day.run(
        "member.reactivate", user_id=person.user_id, discord_role_ids=(1,), joined_at=None
    )
    await day.ask("get_person", person=person)
    await day.ask("get_member_roles", person=person)
    for page in ({}, {"after": 20007}, {"before": 5007}):
        for role in (None, "viewer"):
            await day.ask("list_people", role=role, **page)
    for query in ("get_profile", "export_profile"):
        await day.ask(query)
    await day.ask("get_access", permission="stock.move", member=person)
    await day.run("member.erase", person)


async def manage_guild(day: Day) -> None:
    await day.run(
        "guild.set_up",
        audit_channel_id=1,
        approvals_channel_id=2,
        discord_role_ids={"viewer": 77},
    )
    await day.run(
        "guild.set_up", discord_role_ids={"viewer": 78}, is_replacing=True, claimed="viewer"
    )
    for name, value in (("timezone", "Europe/Berlin"), ("currency", "CHF"), ("currency", "EUR")):
        await day.run("guild.set_setting", name=name, value=value)
    await day.run("role.create", name="helper")
    await day.run("role.set_permissions", role="helper", permissions=("stock.view",))
    await day.run("role.bind", discord_role_id=55, role="helper")
    await day.run("role.unbind", discord_role_id=55, role="helper")
    await day.run("role.bind", discord_role_id=56, role="helper")
    await day.run("role.forget", discord_role_id=56)
    await day.ask("get_role_permissions", role="helper")
    preview = await day.ask("get_deletion_preview", role="helper")
    deleted = {"role_id": preview.role.id, "preview_token": preview.preview_token}
    await day.run("role.delete", **deleted)
    for query in (
        "get_setup",
        "is_set_up",
        "get_help",
        "get_settings",
        "list_roles",
        "list_role_names",
    ):
        await day.ask(query)
    with pytest.raises(NothingToDo):
        await day.run("role.extend_defaults", system_actor(GUILD, "job"))
    await day.run("books.maintain", system_actor(GUILD, "job"), action="books.rekeyed")
    with pytest.raises(NothingToDo):
        await day.run("lot.expire", system_actor(GUILD, "job"))
    await day.run("day.close", system_actor(GUILD, "job"), day=date(2026, 1, 1))


async def look_at_books(day: Day) -> None:
    await day.ask("get_record", record=500)
    await day.ask("get_day", day=date(2026, 1, 1))
    for is_undoable in (False, True):
        await day.ask("list_own_records", typed="#5", is_undoable=is_undoable)
    asked: tuple[dict[str, Any], ...] = (
        {},
        {"member_id": 7},
        {"action": "stock.taken"},
        {"subject": "S-7"},
        {"subject": ("order", 7)},
        {"since": "2026-01-01", "until": "2026-01-02"},
        {"older_than": 900},
    )
    for request in asked:
        await day.ask("find_records", **request)
    for cursor in CURSORS:
        for narrowed in ({}, {"item": "S-7"}, {"location": "L 7"}, {"member_id": 7}):
            await day.ask("list_history", **narrowed, **cursor)
    async with day.warehouse.db.look_up(day.admin) as books:
        out = VirtualLocation.CUSTOMER
        await books.stock.lines([LineReference(f"S-{n}", f"L {n}", out) for n in range(1, 50)])
        await books.stock.lines([LineReference(ITEM + n, LOCATION + n, out) for n in range(50)])
        await books.stock.lines_of_record(500, after=0, limit=10)
        for controller in (books.items, books.locations, books.suppliers, books.members):
            await controller.list_changed(500)
            await controller.get_many([ITEM, ITEM + 1])


async def use_devices(day: Day) -> None:
    made = await day.run("device.link", link_hash="a" * 64, name="Gun")
    link = {"device_id": made.device_id, "link_hash": "a" * 64}
    await day.ask("find_link", **link)
    await day.run("device.redeem", **link, token_hash="b" * 64)
    await day.ask("find_device", device_id=made.device_id, token_hash="b" * 64)
    await day.ask("get_caller")
    for cursor in ({}, {"after": 1}, {"before": 900}):
        await day.ask("list_devices", **cursor)
    for actor in (day.admin, day.manager):
        await day.ask("suggest_devices", actor, typed="gu")
        await day.ask("list_devices", actor)
    await day.run("device.revoke", device=made.device_id)


async def pull(day: Day) -> None:
    """Begin a copy, go on behind a row of each table, and follow what changed since."""
    made = await day.ask("pull_changes", limit=20)
    head, _, _ = made.cursor.rpartition(".items.")
    for table, key in (
        ("items", f"{ITEM}"),
        ("locations", f"{LOCATION}"),
        ("barcodes", "40-7"),
        ("lots", "100007"),
        ("stock_levels", f"{ITEM}/{LOCATION}/0"),
    ):
        row = urlsafe_b64encode(key.encode()).decode().rstrip("=")
        await day.ask("pull_changes", cursor=f"{head}.{table}.{row}", limit=20)
    since = head.replace("s.", "r.", 1)
    await day.run("stock.put", day.manager, item="S-7", quantity=ONE, location="L 9")
    await day.run("item.edit", item=ITEM, name="Pulled")
    await day.run("item.barcode", item=ITEM, code="pulled")
    await day.run("item.barcode", item=ITEM, code="pulled")
    await day.run("location.add", name="Pulled")
    for limit in (1, 20):
        page = await day.ask("pull_changes", cursor=since, limit=limit)
        assert page.changes
        assert not page.reset
    await day.ask("pull_changes", last_sync_timestamp=page.last_sync_timestamp)


async def push(day: Day) -> None:
    await push_operations(day, ITEM + 4, LOCATION + 4)


async def suggest(day: Day) -> None:
    async with day.warehouse.db.look_up(day.admin, is_timed=True) as books:
        for typed in ("", "s", "s-7", "n 1 7", "bolt", "s 1", "777", "777 n"):
            await suggest_items(books, typed, with_archived=True)
            await suggest_locations(books, typed, item="S-7", other_end="L 9", with_archived=True)
            for status in (None, "pending"):
                await suggest_suppliers(books, typed, status=status)
            await suggest_names(books, typed)
            for controller in (books.items, books.locations):
                await controller.paginate_found(typed)
                await controller.paginate_found(typed, after=LOCATION)
        await books.locations.list_inside("l 7")
        await books.locations.list_repeated(["l 7", "l 8"])
        for location in ("L 7", "L 7 › Rack", "Rack › Bin", "/L 7"):
            await books.locations.find_exact(location)
        for actor_id in (7, 9999):
            await books.stock.recent_item_ids(actor_id)
            await books.stock.last_location(ITEM, actor_id, "take")
            await books.stock.last_out(ITEM, LOCATION, after=500)
            await books.audit.newest_reversible(actor_id)
            await books.audit.list_records_by(actor_id, 10)
        await books.audit.list_records_about("item", ITEM, 10)


async def deliver(day: Day) -> None:
    """Do what the jobs do."""
    db = day.warehouse.db
    lanes = OutboxLanes(db)
    for guild_id, lane in await lanes.list_due():
        held = await lanes.lease(guild_id, lane)
        if held is not None:
            await lanes.postpone(held, "forbidden", timedelta(minutes=1))
    await lanes.list_due_in([GUILD])
    await lanes.retry_now([GUILD])
    pending = PendingAnswers(db)
    await pending.promise(day.admin, "a-key", 1, "token", locale="en")
    await pending.list_waiting(older_than=timedelta(0))
    await pending.find_lost(GUILD, "a-key")
    await pending.note_known(GUILD, 500)
    pending.note_shown(GUILD, "a-key")
    await pending.finish()
    schedules = Schedules(db)
    due = await schedules.lease_due(KINDS)
    await schedules.renew(due)
    await schedules.finish([(each, datetime(2026, 2, 1, tzinfo=UTC)) for each in due])
    receipts = KeptReceipts(db)
    await receipts.find_oldest(GUILD)
    await receipts.purge(GUILD)
