"""The form of an order's lines: what it is filled with is read back as what the order has."""

from decimal import Decimal
from typing import Any

import pytest

from bot.database.unit import UnitOfWork
from bot.domain.quantities import TypedQuantity
from bot.services.item_units import SetUnit, set_unit
from bot.services.orders.editing import PrepareOrderLines, prepare_order_lines
from bot.services.orders.making import OrderKept
from bot.views.order_forms import write_line
from tests.database.books import Warehouse
from tests.services.buying import approve, change, lines_of, order


@pytest.fixture
async def shop(warehouse: Warehouse) -> Warehouse:
    """A warehouse that orders bolts, in boxes of fifty as well, from Acme."""
    await warehouse.add_item("BOLT-8")
    await set_box(warehouse, 50)
    await approve(warehouse)
    return warehouse


async def set_box(shop: Warehouse, factor: int) -> None:
    box = SetUnit(item="BOLT-8", unit="box", factor=TypedQuantity(Decimal(factor)))
    await shop.run(set_unit, box, shop.admin)


async def hide_prices(shop: Warehouse) -> None:
    """Let those who order see no prices."""

    async def hide(uow: UnitOfWork) -> None:
        role = await uow.roles.require_reference("buyer")
        await uow.roles.update_by_id(role.id, permissions=role.permissions - {"price.view"})

    await shop.change(hide)


async def fill_in(shop: Warehouse, made: OrderKept) -> str:
    """Return what the form of an order is filled with."""
    request = PrepareOrderLines(order=made.order_id)
    prepared = await shop.db.query(prepare_order_lines, request, shop.buyer)
    return "\n".join(write_line(line, prepared.currency) for line in prepared.lines)


async def columns_of(shop: Warehouse, made: OrderKept) -> list[Any]:
    rows = await lines_of(shop, made.order_id)
    return [(row.quantity, row.unit, row.factor, row.unit_price) for row in rows]


@pytest.mark.parametrize("factor", [60, 0])
async def test_a_line_stays_as_much_when_its_unit_becomes_another(
    shop: Warehouse, factor: int
) -> None:
    made = await order(shop, "BOLT-8 2 box 12.90; BOLT-8 1 box")
    await set_box(shop, factor)
    text = await fill_in(shop, made)
    assert text == "BOLT-8 100 0.258\nBOLT-8 50"
    changed = await change(shop, made, text, note="soon")
    assert str(changed.lines[0].unit_price) == "0.258000"
    assert [row[:3] for row in await columns_of(shop, made)] == [
        (Decimal(100), "", Decimal(1)),
        (Decimal(50), "", Decimal(1)),
    ]


@pytest.mark.parametrize("price", ["10", "0.0001"])
async def test_a_price_that_is_not_exact_by_the_piece_stays_that_of_the_former_unit(
    shop: Warehouse, price: str
) -> None:
    await set_box(shop, 48)
    made = await order(shop, f"BOLT-8 2 box {price}")
    before = await columns_of(shop, made)
    await set_box(shop, 50)
    text = await fill_in(shop, made)
    assert text == "BOLT-8 96"
    await change(shop, made, text, note="soon")
    assert await columns_of(shop, made) == before


async def test_two_lines_of_one_quantity_keep_a_price_each_that_was_not_shown(
    shop: Warehouse,
) -> None:
    made = await order(shop, "BOLT-8 10 1.00; BOLT-8 10 2.00; BOLT-8 1 box 12.90; BOLT-8 50 0.30")
    before = await columns_of(shop, made)
    await hide_prices(shop)
    text = await fill_in(shop, made)
    assert text == "BOLT-8 10\nBOLT-8 10\nBOLT-8 1 box\nBOLT-8 50"
    await change(shop, made, text, note="soon")
    assert await columns_of(shop, made) == before


async def test_prices_that_are_not_seen_stay_when_their_unit_becomes_another(
    shop: Warehouse,
) -> None:
    made = await order(shop, "BOLT-8 2 box 12.90")
    before = await columns_of(shop, made)
    await set_box(shop, 60)
    await hide_prices(shop)
    await change(shop, made, await fill_in(shop, made), note="soon")
    assert await columns_of(shop, made) == before
