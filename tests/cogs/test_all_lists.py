"""Every list is walked to its end, of five hundred in `make soak`; every page fits a message."""

import itertools
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

import pytest
from simcord.components import walk_components

from bot.database.operations import Operation
from bot.database.unit import UnitOfWork
from bot.domain.changes import Changed
from bot.domain.rights import Need
from bot.domain.stock import LineReference
from bot.domain.virtual_locations import VirtualLocation
from bot.interactions.limits import Limits
from bot.services.stock import PutStock, put_stock
from tests.cogs.phones import Answer, Phone
from tests.cogs.world import House
from tests.conftest import SOAK
from tests.database.books import new_key

pytestmark = pytest.mark.slow


MANY: Final = 500 if SOAK else 60
FOLLOWING: Final = "Next ▶"
WORST: Final = "_" * 60


async def _fill(uow: UnitOfWork, _request: None) -> Changed:
    """Make many of everything, with the worst names, in one record."""
    hall = await uow.locations.create(name=WORST, name_key=WORST)
    places = await uow.locations.bulk_create(
        [
            {"name": f"{n:03}{WORST[:57]}", "name_key": f"{n:03}{WORST[:57]}", "parent_id": hall.id}
            for n in range(MANY)
        ]
    )
    items = await uow.items.bulk_create(
        [
            {"sku": f"{n:03}{'_' * 37}", "sku_key": f"{n:03}{'_' * 37}", "name": "*" * 80}
            | {"name_key": "*" * 80, "unit": "_" * 16, "reorder_point": Decimal(9)}
            for n in range(MANY)
        ]
    )
    suppliers = await uow.suppliers.bulk_create(
        [{"name": f"{n:03}{'_' * 77}", "name_key": f"{n:03}{'_' * 77}"} for n in range(MANY)]
    )
    for supplier in suppliers:
        await uow.approvals.create(
            noun="supplier",
            subject_id=supplier.id,
            status="pending",
            opened_by=uow.actor.user_id,
            opened_at=uow.now,
            opened_record=uow.scope.record,
            touched_by=frozenset({uow.actor.user_id}),
        )
    await uow.members.bulk_create(
        [
            {"user_id": 10**17 + n, "name": f"{n:03}{'_' * 37}", "name_key": f"{n:03}"}
            | {"registered_at": uow.now}
            for n in range(MANY)
        ]
    )
    tracked = await uow.items.create(
        sku="LOTS", sku_key="lots", name="Lots", name_key="lots", tracking="lot"
    )
    lots = await uow.lots.bulk_create(
        [
            {"item_id": tracked.id, "code": f"{n:03}{'_' * 37}", "code_key": f"{n:03}{'_' * 37}"}
            for n in range(MANY)
        ]
    )
    made = {"version": 1, "made_by": uow.actor.user_id, "made_at": uow.now}
    await uow.requests.bulk_create(
        [{"number": n + 1, "status": "open", "wanted_for": "*" * 80, **made} for n in range(MANY)]
    )
    await uow.stock_counts.bulk_create(
        [
            {"number": n + 1, "status": "counting", "location_id": hall.id, **made}
            for n in range(MANY)
        ]
    )
    of = {"supplier_id": suppliers[0].id, "currency": "EUR"}
    await uow.supplier_prices.bulk_create(
        [
            {"item_id": items[0].id, "min_quantity": Decimal(n), "amount": Decimal(1), **of}
            | {"valid_from": date(2020, 1, 1)}
            for n in range(MANY)
        ]
    )
    await uow.orders.bulk_create(
        [{"number": n + 1, "status": "draft", **of, **made} for n in range(MANY)]
    )
    invoices = await uow.invoices.bulk_create(
        [
            {"number": n + 1, "status": "received", "supplier_number": f"{n:03}{'*' * 37}"}
            | {"number_key": f"{n:03}", "total": Decimal(1), **of, **made}
            for n in range(MANY)
        ]
    )
    await uow.payments.bulk_create(
        [
            {"number": n + 1, "status": "pending", "amount": Decimal(1), "currency": "EUR"}
            | {"invoice_id": invoices[0].id, **made}
            for n in range(MANY)
        ]
    )
    # One item everywhere, and every item and lot in one location.
    references = [
        LineReference(tracked.id, VirtualLocation.GAIN, places[0].id, lot.id) for lot in lots
    ]
    references += [LineReference(items[0].id, VirtualLocation.GAIN, each.id) for each in places]
    references += [LineReference(each.id, VirtualLocation.GAIN, places[0].id) for each in items[1:]]
    for line in await uow.stock.lines(references):
        uow.stock.post(line, Decimal(1))
    return uow.record_changes("item.added", "item", items[0].id, items[0].sku, [])


FILL: Final = Operation("tests.fill", _fill, Need(any_of=("stock.move",)))


async def walk(person: Phone, page: Answer, seen_of: Callable[[Answer], list[str]]) -> list[str]:
    """Return what is seen on a list's pages, from the first to the last."""
    seen = list(seen_of(page))
    while FOLLOWING in page.buttons:
        page = await person.press(page, FOLLOWING)
        require_fitting(page)
        seen += seen_of(page)
    assert FOLLOWING in page.greyed, page.text
    return seen


def require_fitting(page: Answer) -> None:
    """Check that Discord takes a page: forty components, four thousand characters."""
    walked = list(walk_components(page.message.components))
    assert len(walked) <= 40
    assert sum(len(each.get("content", "")) for each in walked) <= 4000


def buttons_of(page: Answer) -> list[str]:
    """Return the ids of the buttons in the rows of a page."""
    walked = walk_components(page.message.components)
    return [each["accessory"]["custom_id"] for each in walked if "accessory" in each]


async def test_many_of_everything_are_walked_to_the_end(house: House) -> None:
    person, db = house.admin, house.world.db
    await db.run(FILL, None, house.actor_of(person), new_key())
    for _ in range(MANY):
        put = PutStock(item="BOLT-8", quantity=Decimal(1), location="Shelf A1")
        await db.run(put_stock, put, house.actor_of(person), new_key())
    # A second goes by between two taps: no one is refused for turning pages too quickly.
    house.world.bot.desk.limits = Limits(clock=itertools.count().__next__)
    lists = {
        "item list": MANY + 2,
        "location list": MANY + 3,
        "supplier list": MANY,
        "people list": MANY,
        "history": MANY * 4 + 1,
        "lot list": MANY,
        "request list": MANY,
        "count list": MANY,
        "price list": MANY,
        "order list": MANY,
        "invoice list": MANY,
        "payment list": MANY,
        "audit search": await house.records(),
    }
    for command, least in lists.items():
        page = await person.type(command)
        assert len(set(await walk(person, page, buttons_of))) >= least, command
    page = await person.type("supplier list", status="pending")
    seen = await walk(person, page, lambda page: list(page.buttons))
    assert len({label for label in seen if label.startswith("Approve")}) == MANY
    item = await person.type("item show", item=f"000{'_' * 37}")
    assert len(set(await walk(person, item, buttons_of))) == MANY
    hall = await person.type("location show", location=WORST)
    assert len(set(await walk(person, hall, buttons_of))) == MANY + 1
    inside = await person.press(hall, "All inside")
    assert len(set(await walk(person, inside, buttons_of))) == MANY
    found = await person.type("find", query="00")
    assert len(found.rows) == 10
    assert len(await walk(person, found, buttons_of)) > 10
