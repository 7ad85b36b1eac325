"""Reports of what is low, expires and is open, as of now; what a report does not take."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest

from bot.domain.quantities import TypedQuantity
from bot.errors import InvalidValue, NotAllowed
from bot.services.items import EditItem, edit_item
from bot.services.reports.kinds import REPORTS, FindReport, ReportKind, find_report
from bot.services.requests.making import NewRequest, make_request
from bot.services.stock import TakeStock, take_stock
from tests.database.books import Warehouse, refusal
from tests.database.clock import Clock
from tests.services.buying import approve, order, send
from tests.services.deliveries import deliver
from tests.services.test_lots import hold, put, track
from tests.services.test_reports_played import pick, read_report


async def watch(warehouse: Warehouse, sku: str, point: int, target: int | None = None) -> None:
    levels: dict[str, Any] = {"reorder_point": TypedQuantity(Decimal(point))}
    if target is not None:
        levels["reorder_target"] = TypedQuantity(Decimal(target))
    await warehouse.run(edit_item, EditItem(item=sku, **levels), warehouse.admin)


@pytest.mark.both_engines
async def test_low_is_by_available_stock_with_what_is_ordered_counted_in(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.reports.low._ITEMS_AT_ONCE", 2)
    shelf = await warehouse.add_shelf("A1")
    await approve(warehouse)
    for sku, count in (("BOLT", 12), ("CAP", 30), ("NUT", 4), ("PIN", 5)):
        item = await warehouse.add_item(sku)
        await warehouse.put(item, count, shelf)
    await watch(warehouse, "BOLT", 10, 50)
    await watch(warehouse, "CAP", 10)
    await watch(warehouse, "NUT", 4)
    await watch(warehouse, "PIN", 4)
    names = ("sku", "available", "reorder point", "reorder target", "on order", "in drafts")
    rows = await read_report(warehouse, "low")
    assert [pick(row, "sku", "suggested") for row in rows] == [("NUT", 1)]
    await warehouse.run(make_request, NewRequest(wanted_for="Jo", lines="BOLT 3"))
    await send(warehouse, "NUT 6 1")
    await order(warehouse, "BOLT 1 1")
    rows = await read_report(warehouse, "low")
    assert [pick(row, *names, "suggested") for row in rows] == [
        ("BOLT", 9, 10, 50, 0, 1, 40),
        ("NUT", 4, 4, None, 6, 0, 0),
    ]


@pytest.mark.both_engines
async def test_what_expires_is_listed_by_day_and_location_until_the_last_day_of_the_warning(
    warehouse: Warehouse, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.reports.expiry._LOTS_AT_ONCE", 2)
    await track(warehouse)
    today = clock().date()
    days = {"OLD": -2, "NOW": 0, "EDGE": 30, "BEYOND": 31, "GONE": 1, "HELD": 1}
    for lot, left in days.items():
        await put(warehouse, lot, expires_on=today + timedelta(days=left))
    await put(warehouse, "FOREVER")
    await put(warehouse, "NOW", 2, location="B2")
    gone = TakeStock(item="COLA", quantity=Decimal(5), lot="GONE", location="A1")
    await warehouse.run(take_stock, gone)
    await hold(warehouse, "HELD")
    names = ("expires on", "days left", "lot", "location", "quantity", "state")
    expected = [
        ((today - timedelta(days=2)).isoformat(), -2, "OLD", "A1", 5, "open"),
        (today.isoformat(), 0, "NOW", "A1", 5, "open"),
        (today.isoformat(), 0, "NOW", "B2", 2, "open"),
        ((today + timedelta(days=1)).isoformat(), 1, "HELD", "A1", 5, "held"),
        ((today + timedelta(days=30)).isoformat(), 30, "EDGE", "A1", 5, "open"),
    ]
    rows = await read_report(warehouse, "expiry")
    assert [pick(row, *names) for row in rows] == expected
    rows = await read_report(warehouse, "expiry", location="B2")
    assert [pick(row, *names) for row in rows] == [expected[2]]


@pytest.mark.both_engines
async def test_open_orders_come_late_ones_first_and_then_by_supplier(
    warehouse: Warehouse, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.reports.documents._DOCUMENTS_AT_ONCE", 2)
    await warehouse.add_item("BOLT")
    await warehouse.add_item("NUT")
    await warehouse.add_shelf("Dock")
    for supplier in ("zeta", "Acme"):
        await approve(warehouse, supplier)
    day = clock().date()
    soon, later = day + timedelta(days=2), day + timedelta(days=20)
    await send(warehouse, "BOLT 5 1", supplier="zeta")
    part = await send(warehouse, "BOLT 8 1\nNUT 2 1", promised_on=later.isoformat())
    await send(warehouse, "NUT 4 1", promised_on=soon.isoformat(), supplier="zeta")
    await order(warehouse, "NUT 99 1")
    done = await send(warehouse, "NUT 7 1")
    await deliver(warehouse, done.order_id, "NUT 7")
    await deliver(warehouse, part.order_id, "BOLT 3\nNUT 2")
    clock.advance(days=5)
    rows = await read_report(warehouse, "orders")
    names = ("order", "supplier", "status", "days late", "sku", "received", "to come")
    assert [pick(row, *names) for row in rows] == [
        ("PO-3", "zeta", "sent", 3, "NUT", 0, 4),
        ("PO-2", "Acme", "partial", None, "BOLT", 3, 5),
        ("PO-1", "zeta", "sent", None, "BOLT", 0, 5),
    ]


@pytest.mark.both_engines
async def test_open_requests_say_what_is_reserved_and_short(
    warehouse: Warehouse, clock: Clock
) -> None:
    bolt, shelf = await warehouse.add_item("BOLT"), await warehouse.add_shelf("A1")
    await warehouse.put(bolt, 10, shelf)
    day = clock().date()
    for wanted_for, quantity, needed_by in (
        ("Ann", 4, ""),
        ("Jo", 9, (day + timedelta(days=9)).isoformat()),
        ("Kim", 1, (day + timedelta(days=1)).isoformat()),
    ):
        lines = f"BOLT {quantity}"
        request = NewRequest(wanted_for=wanted_for, lines=lines, needed_by=needed_by)
        await warehouse.run(make_request, request)
    clock.advance(days=3)
    rows = await read_report(warehouse, "requests")
    names = ("request", "wanted for", "days late", "wanted", "reserved", "short")
    assert [pick(row, *names) for row in rows] == [
        ("R-3", "Kim", 2, 1, 0, 1),
        ("R-2", "Jo", None, 9, 6, 3),
        ("R-1", "Ann", None, 4, 4, 0),
    ]


@pytest.mark.both_engines
async def test_pieces_of_the_ledger_are_the_same_on_both_engines(
    warehouse: Warehouse, clock: Clock
) -> None:
    bolt, shelf = await warehouse.add_item("BOLT", unit="kg"), await warehouse.add_shelf("A1")
    await warehouse.put(bolt, "10.5", shelf)
    clock.advance(days=1)
    take = TakeStock(item="BOLT", quantity=Decimal("0.5"), location="A1")
    await warehouse.run(take_stock, take)
    first = clock().date()
    clock.advance(days=100)
    for of in ({}, {"location": "A1"}):
        assert await read_report(warehouse, "cover", **of) == []
        (row,) = await read_report(warehouse, "idle", **of)
        shown = (row["quantity"], row["days"], row["idle since"], row["last"])
        assert shown == (10, 100, first.isoformat(), "left")
        (row,) = await read_report(warehouse, "cover", as_of=first.isoformat(), **of)
        assert (row["quantity"], row["left"], row["days"]) == (10, Decimal("0.5"), 1800)
        (row,) = await read_report(warehouse, "moves", as_of=first.isoformat(), **of)
        assert (row["came in"], row["left"]) == (Decimal("10.5"), Decimal("0.5"))


def test_every_choice_is_declared() -> None:
    assert set(get_args(ReportKind)) == set(REPORTS)


@pytest.mark.parametrize(
    ("kind", "option"),
    [
        ("low", "as_of"),
        ("low", "location"),
        ("expiry", "as_of"),
        ("abc", "location"),
        ("orders", "as_of"),
        ("requests", "location"),
    ],
)
async def test_an_option_without_a_meaning_is_refused(
    warehouse: Warehouse, kind: Any, option: str
) -> None:
    await warehouse.add_shelf("A1")
    given: dict[str, Any] = {option: {"as_of": "2026-01-01", "location": "A1"}[option]}
    async with refusal(warehouse.db, InvalidValue) as caught:
        await warehouse.db.query(find_report, FindReport(kind=kind, **given), warehouse.employee)
    assert caught.value.field == option


async def test_value_takes_the_right_to_see_prices(warehouse: Warehouse) -> None:
    async with refusal(warehouse.db, NotAllowed):
        await warehouse.db.query(find_report, FindReport(kind="value"), warehouse.employee)
