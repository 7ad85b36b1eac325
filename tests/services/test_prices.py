"""What suppliers ask: one price a day, unit and quantity, and which of them holds."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.prices import Price, PriceUnchanged
from bot.domain.quantities import TypedQuantity
from bot.domain.units import WrongUnit
from bot.errors import InvalidValue, NotAllowed
from bot.services.item_units import SetUnit, set_unit
from bot.services.merging import MergeItems, merge_items
from bot.services.prices.finding import find_prices
from bot.services.prices.listing import (
    ListPriceHistory,
    ListPrices,
    list_price_history,
    list_prices,
)
from bot.services.prices.setting import PriceSet, SetPrice, set_price
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.suppliers import ProposeSupplier, propose_supplier
from tests.database.books import Warehouse, refusal, require_sound_books
from tests.services.buying import approve
from tests.services.deliveries import deliver, send_order

ACME = {"supplier": "Acme", "item": "BOLT-8"}


@pytest_asyncio.fixture
async def shop(warehouse: Warehouse) -> Warehouse:
    """A warehouse that buys bolts, in boxes of fifty as well, from a supplier."""
    await warehouse.add_item("BOLT-8")
    fifty = TypedQuantity(Decimal(50))
    await warehouse.run(set_unit, SetUnit(item="BOLT-8", unit="box", factor=fifty), warehouse.admin)
    await warehouse.run(propose_supplier, ProposeSupplier(name="Acme"))
    return warehouse


async def ask(shop: Warehouse, amount: str, **options: str) -> PriceSet:
    """Set a price of the bolts as the buyer."""
    request = SetPrice(**ACME, amount=amount, **options)
    return await shop.run(set_price, request, shop.buyer)


async def found(shop: Warehouse, quantity: int, day: str, currency: str = "EUR") -> Price | None:
    async with shop.db.look_up(shop.manager) as books:
        item = await books.items.require_reference("BOLT-8")
        supplier = await books.suppliers.require_reference("Acme")
        wanted = Decimal(quantity)
        (price,) = await find_prices(
            books, supplier.id, [(item.id, wanted)], date.fromisoformat(day), currency
        )
        return price


async def price_of(shop: Warehouse, quantity: int, day: str) -> str:
    price = await found(shop, quantity, day)
    return "" if price is None else f"{price.amount.normalize():f} {price.unit}".strip()


@pytest.mark.both_engines
async def test_a_price_holds_until_the_next_one_begins(shop: Warehouse) -> None:
    await ask(shop, "12.90", valid_from="2027-01-01")
    await ask(shop, "14", valid_from="2027-06-01")
    await ask(shop, "13", valid_from="2027-03-01")
    await ask(shop, "none", valid_from="2027-09-01")
    days = ("2026-12-31", "2027-01-01", "2027-02-28", "2027-03-01", "2027-08-31", "2027-09-01")
    assert [await price_of(shop, 1, day) for day in days] == ["", "12.9", "12.9", "13", "14", ""]
    await require_sound_books(shop.db)


async def test_the_price_of_the_largest_quantity_that_is_reached_holds(shop: Warehouse) -> None:
    await ask(shop, "1.00")
    await ask(shop, "0.90", min_quantity="100")
    await ask(shop, "0.80", min_quantity="1.000,5")
    today = shop.db.clock().date().isoformat()
    for quantity, price in ((1, "1"), (99, "1"), (100, "0.9"), (1000, "0.9"), (1001, "0.8")):
        assert await price_of(shop, quantity, today) == price


async def test_of_several_units_the_cheapest_is_taken_where_its_quantity_is_reached(
    shop: Warehouse,
) -> None:
    await ask(shop, "1.00")
    await ask(shop, "40", unit="box", min_quantity="2 box")
    today = shop.db.clock().date().isoformat()
    assert await price_of(shop, 99, today) == "1"
    assert await price_of(shop, 100, today) == "40 box"
    price = await found(shop, 100, today)
    assert price is not None
    assert price.factor == 50


async def test_a_price_in_another_currency_is_not_taken(shop: Warehouse) -> None:
    await ask(shop, "3 USD")
    today = shop.db.clock().date().isoformat()
    assert await found(shop, 1, today) is None
    price = await found(shop, 1, today, "USD")
    assert price is not None
    assert price.currency == "USD"


async def test_a_rise_of_more_than_a_fifth_is_marked(shop: Warehouse) -> None:
    await ask(shop, "10")
    tomorrow = shop.db.clock().date() + timedelta(days=1)
    fifth = await ask(shop, "12", valid_from=tomorrow.isoformat())
    assert (fifth.is_jump, fifth.rise) == (False, 20)
    more = await ask(shop, "12.01", valid_from=tomorrow.isoformat())
    assert more.before == Price(Decimal("12.000000"), "EUR")
    assert not more.is_jump
    later = tomorrow + timedelta(days=1)
    assert (await ask(shop, "15", valid_from=later.isoformat())).is_jump


async def test_the_same_price_from_the_same_day_on_changes_nothing(shop: Warehouse) -> None:
    await ask(shop, "12.90")
    async with refusal(shop.db, PriceUnchanged):
        await ask(shop, "12,9 €")
    async with refusal(shop.db, PriceUnchanged):
        await ask(shop, "none", unit="box")
    async with refusal(shop.db, WrongUnit):
        await ask(shop, "3", unit="pallet")
    async with refusal(shop.db, WrongUnit):
        await ask(shop, "3", unit="box", min_quantity="2 pallet")
    async with refusal(shop.db, InvalidValue):
        await ask(shop, "3", valid_from="someday")
    async with refusal(shop.db, NotAllowed):
        await shop.run(set_price, SetPrice(**ACME, amount="3"), shop.employee)


@pytest.mark.both_engines
async def test_lists_show_what_holds_and_what_is_to_come(shop: Warehouse) -> None:
    for month in range(1, 13):
        await ask(shop, f"{month}", valid_from=f"2020-{month:02}-01")
    await ask(shop, "99", valid_from="2099-01-01")
    await ask(shop, "40", unit="box")
    await ask(shop, "none", unit="box")
    viewer = shop.accountant
    listed = await shop.db.query(list_prices, ListPrices(supplier="Acme"), viewer)
    assert [(str(row.amount), row.unit) for row in listed.page.rows] == [
        ("99.000000", ""),
        ("12.000000", ""),
    ]
    history = await shop.db.query(list_price_history, ListPriceHistory(item="BOLT-8"), viewer)
    assert [row.valid_from.year for row in history.page.rows[:3]] == [2099, 2026, 2020]
    last = history.page.rows[-1]
    older = ListPriceHistory(item="BOLT-8", after=last.id)
    rest = await shop.db.query(list_price_history, older, viewer)
    assert [row.amount for row in rest.page.rows] == [4, 3, 2, 1]
    newer = ListPriceHistory(item="BOLT-8", before=rest.page.rows[0].id)
    again = await shop.db.query(list_price_history, newer, viewer)
    assert again.page.rows == history.page.rows
    await require_sound_books(shop.db)


@pytest.mark.both_engines
async def test_the_prices_of_a_merged_item_are_of_the_one_that_it_is_now(shop: Warehouse) -> None:
    await shop.add_item("SCREW")
    for amount, unit in (("0.10", ""), ("7", "box")):
        request = SetPrice(supplier="Acme", item="SCREW" if not unit else "BOLT-8", amount=amount)
        await shop.run(set_price, replace(request, unit=unit), shop.buyer)
    merge = MergeItems(item="SCREW", into="BOLT-8")
    merged = await shop.run(merge_items, merge, shop.admin)
    today = shop.db.clock().date().isoformat()

    async def listed(request: ListPrices | ListPriceHistory) -> list[tuple[str, str]]:
        query: Any = list_prices if isinstance(request, ListPrices) else list_price_history
        rows = (await shop.db.query(query, request, shop.accountant)).page.rows
        return [(row.sku, f"{row.amount.normalize():f}") for row in rows if row.amount is not None]

    assert await price_of(shop, 1, today) == "0.1"
    assert await listed(ListPrices(item="BOLT-8")) == [("BOLT-8", "7"), ("SCREW", "0.1")]
    # Of one day the item's own price holds.
    done = await ask(shop, "0.12")
    assert (done.before, await price_of(shop, 1, today)) == (Price(Decimal("0.1"), "EUR"), "0.12")
    assert await listed(ListPrices(item="BOLT-8")) == [("BOLT-8", "0.12"), ("BOLT-8", "7")]
    assert len(await listed(ListPriceHistory(item="BOLT-8"))) == 3
    await ask(shop, "none")
    assert await price_of(shop, 1, today) == "7 box"
    assert await listed(ListPrices(item="BOLT-8")) == [("BOLT-8", "7")]
    await shop.run(reverse_record, ReverseRecord(record=merged.record), shop.admin)
    assert await listed(ListPrices(item="SCREW")) == [("SCREW", "0.1")]
    await require_sound_books(shop.db)


async def test_what_a_reversed_delivery_cost_was_never_paid(warehouse: Warehouse) -> None:
    for name in ("BOLT-8", "NUT-8"):
        await warehouse.add_item(name)
    await warehouse.add_shelf("Dock")
    await approve(warehouse)
    await deliver(warehouse, await send_order(warehouse, ["BOLT-8 10 1.00"]), "BOLT-8 10")
    wrong = await send_order(warehouse, ["BOLT-8 5 99.00", "NUT-8 5 99.00"])
    delivered = await deliver(warehouse, wrong, "BOLT-8 5; NUT-8 5")

    async def paid(item: str) -> object:
        request = ListPriceHistory(item=item)
        return (
            await warehouse.db.query(list_price_history, request, warehouse.accountant)
        ).last_paid

    assert await paid("BOLT-8") == (Decimal(99), "EUR")
    reverse = ReverseRecord(record=delivered.record)
    await warehouse.run(reverse_record, reverse, warehouse.manager)
    assert await paid("BOLT-8") == (Decimal(1), "EUR")
    assert await paid("NUT-8") is None


async def test_a_least_quantity_is_taken_in_any_unit_of_the_item(shop: Warehouse) -> None:
    assert (await ask(shop, "3", min_quantity="10 box")).min_quantity == 500
    assert (await ask(shop, "2", unit="box", min_quantity="500 pcs")).min_quantity == 10
    assert (await ask(shop, "1", unit="box", min_quantity="2 box")).min_quantity == 2
    three = SetUnit(item="BOLT-8", unit="trio", factor=TypedQuantity(Decimal(3)))
    await shop.run(set_unit, three, shop.admin)
    async with refusal(shop.db, InvalidValue) as caught:
        await ask(shop, "2", unit="trio", min_quantity="10 pcs")
    assert caught.value.reason == "uneven"
    async with refusal(shop.db, WrongUnit) as wrong:
        await ask(shop, "2", min_quantity="10 kg")
    assert wrong.value.others == ("box", "trio")
