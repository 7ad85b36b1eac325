"""Orders: their lines and prices, who decides, what needs no decision, and what is refused."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from bot.database.statements import Prepared
from bot.domain.lines import LinesRefused
from bot.domain.orders import PricesMissing, SupplierNotApproved
from bot.domain.quantities import TypedQuantity
from bot.domain.units import WrongUnit
from bot.errors import (
    AlreadyDecided,
    IllegalStep,
    InvalidValue,
    NotAllowed,
    NothingToDo,
    Overtaken,
    SelfApproval,
)
from bot.services.approvals.declared import DecideProposal
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.documents.kinds import GetDocument, ListDocuments
from bot.services.exports.tables import read_table
from bot.services.guilds import SetSetting, set_setting
from bot.services.item_units import SetUnit, set_unit
from bot.services.orders.approving import approve_order, reject_order
from bot.services.orders.documents import ORDERS, name_orders, sum_up_orders
from bot.services.orders.steps import (
    StepOrder,
    cancel_order,
    close_order,
    send_order,
    submit_order,
)
from bot.services.prices.setting import SetPrice, set_price
from bot.services.suppliers import SuspendSupplier, suspend_supplier
from bot.services.verification import verify_books
from tests.database.books import Warehouse, refusal, require_sound_books
from tests.services.buying import (
    approve,
    change,
    decide,
    lines_of,
    order,
    order_of,
    send,
    submit,
)


@pytest_asyncio.fixture
async def shop(warehouse: Warehouse) -> Warehouse:
    """A warehouse that orders bolts, in boxes of fifty as well, and nuts from Acme."""
    await warehouse.add_item("BOLT-8")
    await warehouse.add_item("NUT-8")
    fifty = TypedQuantity(Decimal(50))
    await warehouse.run(set_unit, SetUnit(item="BOLT-8", unit="box", factor=fifty), warehouse.admin)
    await approve(warehouse)
    return warehouse


async def require_proven(shop: Warehouse) -> None:
    assert (await verify_books(shop.db, shop.auditor)).findings == ()
    await require_sound_books(shop.db)


async def step(shop: Warehouse, operation: Any, made: Any, version: int | None = None) -> Any:
    request = StepOrder(order=made.order_id, version=version)
    return await shop.run(operation, request, shop.buyer)


@pytest.mark.both_engines
async def test_an_order_goes_from_draft_to_sent_under_four_eyes(shop: Warehouse) -> None:
    made = await order(shop, "BOLT-8 2 box 12.90; nut-8 10 @ 0.0125", promised_on="2027-03-01")
    assert (made.label, made.status, str(made.total)) == ("PO-1", "draft", "25.92 EUR")
    assert [(line.quantity, line.unit, line.unit_price) for line in made.lines] == [
        (Decimal("100.000"), "box", Decimal("12.900000")),
        (Decimal("10.000"), "", Decimal("0.012500")),
    ]
    await submit(shop, made)
    async with refusal(shop.db, SelfApproval):
        own = DecideProposal(subject_id=made.order_id, version=2)
        await shop.run(approve_order, own, replace(shop.admin, user_id=shop.buyer.user_id))
    await decide(shop, made)
    async with refusal(shop.db, AlreadyDecided):
        late = DecideProposal(subject_id=made.order_id, version=2, reason="no")
        await shop.run(reject_order, late, shop.admin)
    sent = await step(shop, send_order, made, version=3)
    assert (sent.label, sent.lines) == ("PO-1", 2)
    async with refusal(shop.db, IllegalStep):
        await step(shop, submit_order, made)
    async with refusal(shop.db, IllegalStep):
        await step(shop, close_order, made)
    await step(shop, cancel_order, made)
    assert (await order_of(shop, made.order_id)).status == "cancelled"
    await require_proven(shop)


async def test_changing_what_was_decided_asks_again_and_keeps_the_lines_numbers(
    shop: Warehouse,
) -> None:
    made = await order(shop, "BOLT-8 10 1; NUT-8 5 2")
    await submit(shop, made)
    await decide(shop, made)
    changed = await change(shop, made, "NUT-8 6 2; BOLT-8 10 1", note="soon")
    assert (changed.status, changed.version) == ("pending", 4)
    assert [(row.line, row.quantity) for row in await lines_of(shop, made.order_id)] == [
        (1, Decimal("10.000")),
        (2, Decimal("6.000")),
    ]
    async with refusal(shop.db, NothingToDo):
        await change(shop, made, "BOLT-8 10 1; NUT-8 6 2")
    await decide(shop, made, reject_order)
    changed = await change(shop, made, "NUT-8 1 2")
    assert (changed.status, len(changed.lines)) == ("draft", 1)
    await require_proven(shop)


async def test_a_small_total_needs_no_approval_and_a_foreign_one_a_rate_of_someone_else(
    shop: Warehouse,
) -> None:
    limit = SetSetting(name="order_approval_above", value="100")
    await shop.run(set_setting, limit, shop.admin)
    cases: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("BOLT-8 100 1", {}, "approved"),
        ("BOLT-8 100.00 1.0001", {}, "pending"),
        ("BOLT-8 100 1", {"currency": "usd"}, "pending"),
        ("BOLT-8 100 1", {"currency": "usd", "rate": "0.9"}, "pending"),
        ("BOLT-8 100 1", {"currency": "usd", "rate": "0.9", "actor": shop.manager}, "approved"),
        ("BOLT-8 100 1", {"currency": "usd", "rate": "1.1", "actor": shop.manager}, "pending"),
    )
    for lines, values, status in cases:
        made = await order(shop, lines, **values)
        await submit(shop, made)
        assert (await order_of(shop, made.order_id)).status == status, values
    made = await order(shop, "BOLT-8 100 1")
    await submit(shop, made)
    assert (await change(shop, made, "BOLT-8 90 1")).status == "approved"
    assert (await change(shop, made, "BOLT-8 101 1")).status == "pending"
    assert (await change(shop, made, "BOLT-8 99 1")).status == "approved"
    await require_proven(shop)


async def test_a_line_without_a_price_takes_the_lists_else_the_last_one_paid(
    shop: Warehouse,
) -> None:
    offer = SetPrice(supplier="Acme", item="BOLT-8", amount="10", unit="box")
    await shop.run(set_price, offer, shop.buyer)
    made = await order(shop, "BOLT-8 100; BOLT-8 1 box; NUT-8 4")
    assert [(line.unit, line.unit_price) for line in made.lines] == [
        ("", Decimal("0.200000")),
        ("box", Decimal("10.000000")),
        ("", None),
    ]
    assert made.total is None
    async with refusal(shop.db, PricesMissing) as caught:
        await submit(shop, made)
    assert caught.value.lines == ((3, "NUT-8"),)
    await send(shop, "NUT-8 4 0.7")
    await submit(shop, made)
    assert (await lines_of(shop, made.order_id))[2].unit_price == Decimal("0.700000")


async def test_prices_that_rose_by_a_fifth_or_are_above_the_list_are_marked(
    shop: Warehouse,
) -> None:
    await send(shop, "NUT-8 4 1.00; BOLT-8 50 1")
    listed = SetPrice(supplier="Acme", item="BOLT-8", amount="1.05")
    await shop.run(set_price, listed, shop.buyer)
    made = await order(shop, "NUT-8 4 1.20; NUT-8 4 1.21; BOLT-8 1 box 53; BOLT-8 5")
    marks = [line.marks for line in made.lines]
    assert [mark and (mark.rise, mark.listed is not None) for mark in marks] == [
        None,
        (21, False),
        (None, True),
        None,
    ]


@pytest.mark.parametrize(
    ("lines", "values", "error"),
    [
        ("BOLT-8 2 USD 3", {}, LinesRefused),
        ("BOLT-8 2 tray 3", {}, LinesRefused),
        ("BOLT-8 2 1,000", {}, LinesRefused),
        ("BOLT-8 2 1.1234567", {}, LinesRefused),
        ("BOLT-9 2 1", {}, LinesRefused),
        ("BOLT-8 2 1", {"rate": "2"}, InvalidValue),
        ("BOLT-8 2 1", {"currency": "XXX"}, InvalidValue),
        ("BOLT-8 2 1", {"currency": "USD", "rate": "0"}, InvalidValue),
        ("BOLT-8 2 1", {"promised_on": "2020-01-01"}, InvalidValue),
        ("", {}, InvalidValue),
    ],
)
async def test_what_cannot_be_ordered_is_refused_and_changes_nothing(
    shop: Warehouse, lines: str, values: dict[str, Any], error: type[Exception]
) -> None:
    async with refusal(shop.db, error):
        await order(shop, lines, **values)


async def test_only_an_approved_supplier_can_be_ordered_from_at_every_step(
    shop: Warehouse,
) -> None:
    draft = await order(shop, "BOLT-8 1 1")
    approved = await order(shop, "BOLT-8 1 1")
    await submit(shop, approved)
    await decide(shop, approved)
    pending = await order(shop, "BOLT-8 3 1")
    await submit(shop, pending)
    reason = SuspendSupplier(supplier="Acme", reason="late")
    await shop.run(suspend_supplier, reason, shop.manager)
    for refused in (
        order(shop, "BOLT-8 1 1"),
        change(shop, draft, "BOLT-8 2 1"),
        submit(shop, draft),
        decide(shop, pending),
        step(shop, send_order, approved),
    ):
        async with refusal(shop.db, SupplierNotApproved):
            await refused
    await step(shop, cancel_order, draft)


async def test_prices_are_for_those_with_the_right_alone(shop: Warehouse) -> None:
    made = await order(shop, "BOLT-8 2 3")
    wanted = GetDocument(document=made.label)
    facts = (await shop.db.query(ORDERS.get, wanted, shop.employee)).facts
    assert (facts.total, facts.lines[0].unit_price, facts.shows_prices) == (None, None, False)
    listed = await shop.db.query(ORDERS.list, ListDocuments(only="Acme"), shop.employee)
    assert [(each.lines, each.total) for each in listed.summaries.values()] == [(1, None)]
    async with refusal(shop.db, NotAllowed):
        await order(shop, "BOLT-8 2 3", actor=shop.employee)


async def test_a_click_on_an_older_version_names_who_was_quicker(shop: Warehouse) -> None:
    made = await order(shop, "BOLT-8 2 3")
    await submit(shop, made)
    await step(shop, cancel_order, made, version=2)
    for refused in (
        step(shop, cancel_order, made, version=2),
        step(shop, submit_order, made, version=1),
        shop.run(approve_order, DecideProposal(subject_id=made.order_id, version=2), shop.manager),
    ):
        async with refusal(shop.db, Overtaken) as caught:
            await refused
        assert (caught.value.changed_by, caught.value.status) == (shop.buyer.user_id, "cancelled")


async def test_orders_are_exported_line_by_line_and_prices_to_those_with_the_right(
    shop: Warehouse,
) -> None:
    await order(shop, "BOLT-8 2 box 12.9; NUT-8 4", note="n")
    rows = [row async for piece in read_table(shop.db, "orders", shop.buyer) for row in piece]
    assert [(row[0], row[2], row[5], row[6], *row[8:]) for row in rows] == [
        (
            "PO-1",
            "Acme",
            "n",
            "BOLT-8",
            100,
            "pcs",
            0,
            Decimal("12.9"),
            "box",
            "EUR",
            Decimal("25.8"),
        ),
        ("PO-1", "Acme", "n", "NUT-8", 4, "pcs", 0, None, "pcs", "EUR", None),
    ]


async def test_a_list_takes_as_many_statements_for_many_orders_as_for_few(
    shop: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[Any] = []
    fetch = Prepared.fetch

    async def count(self: Prepared, *arguments: Any) -> Any:
        ran.append(self)
        return await fetch(self, *arguments)

    monkeypatch.setattr(Prepared, "fetch", count)
    counts = []
    for orders in (2, 23):
        for _number in range(orders):
            await order(shop, "BOLT-8 1 1; NUT-8 1 1")
        ran.clear()
        async with shop.db.look_up(shop.buyer) as books:
            page = await books.orders.page_newest(limit=25)
            await name_orders(books, page.rows)
            summaries = await sum_up_orders(books, page.rows)
        assert {each.lines for each in summaries.values()} == {2}
        counts.append(len(ran))
    assert counts[0] == counts[1] <= 8


async def test_the_code_of_a_pack_orders_packs_at_the_price_of_one(shop: Warehouse) -> None:
    one, many = TypedQuantity(Decimal(1), "box"), TypedQuantity(Decimal(4))
    for code, each in (("4006381333931", one), ("4006381333948", many)):
        pack = SetBarcode(item="BOLT-8", code=code, quantity=each)
        await shop.run(set_barcode, pack, shop.admin)
    made = await order(shop, "4006381333931 2 12.90; 4006381333948 3 1")
    box, four = await lines_of(shop, made.order_id)
    assert (box.quantity, box.unit, box.unit_price) == (100, "box", Decimal("12.90"))
    assert (four.quantity, four.unit, four.unit_price) == (12, "", Decimal("0.25"))
    assert str(made.total) == "28.80 EUR"


async def test_no_order_costs_more_than_a_delivery_can_carry(shop: Warehouse) -> None:
    # 999999999999 as a price fits; by its rate it does not.
    made = await order(shop, "BOLT-8 1 999999999999")
    async with refusal(shop.db, InvalidValue):
        await order(shop, "BOLT-8 1 999999999999", currency="USD", rate="1.1")
    async with refusal(shop.db, LinesRefused):
        await order(shop, "BOLT-8 1 9999999999999")
    assert str(made.total) == "999999999999.00 EUR"


async def test_a_price_is_of_the_unit_that_it_names(shop: Warehouse) -> None:
    typed = "BOLT-8 10 box 0.05/pcs; BOLT-8 500 pcs 2,50 je box; BOLT-8 7 200 € / 100 Box"
    made = await order(shop, typed)
    assert [(line.quantity, line.unit, line.unit_price) for line in made.lines] == [
        (Decimal(500), "box", Decimal("2.5")),
        (Decimal(500), "", Decimal("0.05")),
        (Decimal(7), "", Decimal("0.04")),
    ]
    await shop.run(
        set_unit,
        SetUnit(item="BOLT-8", unit="gross", factor=TypedQuantity(Decimal(144))),
        shop.admin,
    )
    # A price of a piece that ends nowhere: the line is of the unit that the price is of.
    made = await order(shop, "BOLT-8 144 100 per gross")
    (line,) = made.lines
    assert (line.quantity, line.unit, line.unit_price) == (Decimal(144), "gross", Decimal(100))
    async with refusal(shop.db, LinesRefused) as refused:
        await order(shop, "BOLT-8 10 2 / pallet")
    cause = refused.value.faults[0].cause
    assert isinstance(cause, WrongUnit)
    assert cause.others == ("box", "gross")
