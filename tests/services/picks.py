"""Requests in tests: made by one sentence, picked as a person picks, and held against the books."""

from collections import Counter
from decimal import Decimal
from typing import Any

from bot.database.models import Item, Request, RequestLine
from bot.domain.actors import Actor
from bot.domain.requests import UNDER_WAY, RowKey
from bot.services.requests.making import NewRequest, RequestMade, make_request
from bot.services.requests.picking import PickAll, PickSome, RequestPicked, pick_all, pick_some
from bot.services.requests.planning import PickPlanned, PlanPick, plan_pick
from tests.database.books import Warehouse, rows_of


async def ask(
    warehouse: Warehouse, lines: str, actor: Actor | None = None, **values: str
) -> RequestMade:
    """Make a request."""
    request = NewRequest(wanted_for="Jo", lines=lines, **values)
    return await warehouse.run(make_request, request, actor)


async def look(warehouse: Warehouse, request_id: int) -> PickPlanned:
    """Look at where to pick a request."""
    return await warehouse.db.query(plan_pick, PlanPick(request=request_id), warehouse.employee)


async def pick(warehouse: Warehouse, request_id: int, actor: Actor | None = None) -> RequestPicked:
    """Pick all that the list says."""
    planned = await look(warehouse, request_id)
    request = PickAll(request_id=request_id, signature=planned.signature)
    return await warehouse.run(pick_all, request, actor)


async def fill_in(
    warehouse: Warehouse, request_id: int, *typed: str, planned: PickPlanned | None = None
) -> RequestPicked:
    """Fill in the form: how much was picked of each row of the list."""
    shown = planned or await look(warehouse, request_id)
    rows: list[tuple[RowKey, str]] = [
        (row.key, text) for row, text in zip(shown.rows, typed, strict=False)
    ]
    request = PickSome(request_id=request_id, seen=shown.record, typed=tuple(rows))
    return await warehouse.run(pick_some, request)


async def request_of(warehouse: Warehouse, request_id: int) -> Any:
    """Return a request's row."""
    rows = await rows_of(warehouse.db, Request, warehouse.guild_id)
    return next(row for row in rows if row.id == request_id)


async def reserved(warehouse: Warehouse) -> dict[str, Decimal]:
    """Return what is reserved by SKU, where it is anything; the lines must add up to it."""
    items = await rows_of(warehouse.db, Item, warehouse.guild_id)
    requests = await rows_of(warehouse.db, Request, warehouse.guild_id)
    under_way = {row.id for row in requests if row.status in UNDER_WAY}
    held: Counter[int] = Counter()
    for line in await rows_of(warehouse.db, RequestLine, warehouse.guild_id):
        assert line.reserved == 0 or line.request_id in under_way, "an ended request holds stock"
        held[line.item_id] += line.reserved
    assert {row.id: row.reserved for row in items if row.reserved} == {
        item_id: quantity for item_id, quantity in held.items() if quantity
    }, "what items have reserved is not the sum of their lines"
    return {row.sku: row.reserved for row in items if row.reserved}


async def held_by_line(warehouse: Warehouse) -> list[Decimal]:
    """Return what each line holds back, by request; they add up to what the items say."""
    await reserved(warehouse)
    rows = await rows_of(warehouse.db, RequestLine, warehouse.guild_id)
    return [row.reserved for row in sorted(rows, key=lambda row: row.request_id)]
