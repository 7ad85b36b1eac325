"""Reports of what left and what there was, beside a naive account of a played year."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import bot.services.reports
from bot.domain.actors import Actor
from bot.domain.figures import ABC_DAYS, cover_days
from bot.domain.quantities import TypedQuantity
from bot.interactions.registers import load_modules
from bot.services.charts import GetMoves, get_moves
from bot.services.items import EditItem, edit_item
from bot.services.ranking import GetRanking, rank_items
from bot.services.reports.kinds import REPORTS, FindReport, find_report
from tests.conftest import SOAK
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.services.played_reports import (
    SHELVES,
    UNITS,
    Did,
    Year,
    costs_since,
    hold,
    play_queues,
)

pytestmark = pytest.mark.slow


load_modules(bot.services.reports)


async def read_report(
    warehouse: Warehouse, kind: Any, actor: Any = None, **of: Any
) -> list[dict[str, Any]]:
    """Return the rows of a report as its file has them, by its headings."""
    actor = actor or warehouse.manager
    async with warehouse.db.reads.heavy_work(warehouse.guild_id):
        scope = await warehouse.db.query(find_report, FindReport(kind=kind, **of), actor)
        tables = REPORTS[kind].begin(scope).tables(warehouse.db, actor)
        headings, pieces = tables[kind]
        return [dict(zip(headings, row, strict=True)) async for piece in pieces for row in piece]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("left._MOVES_AT_ONCE", "valuation._MOVES_AT_ONCE"):
        monkeypatch.setattr(f"bot.services.{name}", 7)
    monkeypatch.setattr("bot.services.left._ITEMS_AT_ONCE", 2)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("seed", range(60) if SOAK else (1,))
async def test_reports_are_what_a_naive_account_of_the_year_gives(
    warehouse: Warehouse, clock: Clock, seed: int
) -> None:
    year = Year(warehouse, clock, seed)
    await year.play()
    days = {each.day for each in year.done}
    merged_on = max(each.day for each in year.done if each.record < year.merged)
    chosen = year.chance.sample(sorted(day for day in days if day > merged_on), 2)
    for day in (None, *chosen):
        until = day or max(days)
        if day is None:
            until = Did(0, clock(), "", 0, "", "").day
        done = year.as_of(day)
        as_of = {} if day is None else {"as_of": day.isoformat()}
        for location in (None, "S1"):
            of = as_of if location is None else {**as_of, "location": location}
            places = set(SHELVES) if location is None else {location}
            assert await read_report(warehouse, "cover", **of) == cover(done, until, places)
            assert await read_report(warehouse, "idle", **of) == idle(done, until, places)
            reported = await read_report(warehouse, "moves", **of)
            assert reported == moves(done, until, places)
            if day is None:
                await require_same_weeks(warehouse, until, location, reported)
        by_value = await read_report(warehouse, "abc", **as_of)
        assert [pick(row, "sku", "value", "left without value") for row in by_value] == values(
            done, until, year.merged
        )
        by_quantity = await read_report(warehouse, "abc", warehouse.employee, **as_of)
        left = costs_since(done, until - timedelta(days=364), year.merged)
        assert {row["sku"]: row["left"] for row in by_quantity} == {
            sku: len(each) for sku, each in left.items()
        }
        assert all(row["value"] is row["currency"] is None for row in by_quantity)
        if day is None:
            await require_same_ranking(warehouse, warehouse.manager, by_value)
            await require_same_ranking(warehouse, warehouse.employee, by_quantity)


async def require_same_weeks(
    warehouse: Warehouse, today: date, location: str | None, reported: list[dict[str, Any]]
) -> None:
    """Require that the charts of all items of a unit add up to the report's weeks."""
    came, left = defaultdict[Any, Decimal](Decimal), defaultdict[Any, Decimal](Decimal)
    days = today.weekday() + 12 * 7 + 1
    # E is A by now, and D was not touched for longer.
    for sku in "ABC":
        asked = GetMoves(item=sku, location=location, days=days)
        for week in (await warehouse.db.query(get_moves, asked, warehouse.manager)).weeks:
            came[week.monday.isoformat(), UNITS[sku]] += week.came
            left[week.monday.isoformat(), UNITS[sku]] += week.left
    for drawn, name in ((came, "came in"), (left, "left")):
        assert {key: total for key, total in drawn.items() if total} == {
            (row["week"], row["unit"]): row[name] for row in reported if row[name]
        }


async def require_same_ranking(
    warehouse: Warehouse, actor: Actor, reported: list[dict[str, Any]]
) -> None:
    """Require that the chart ranks as the report does, and that locations add up to all."""
    ranked = await rank_items(warehouse.db, GetRanking(days=ABC_DAYS), actor)
    assert [(each.sku, each.share.abc) for each in ranked.items] == [
        pick(row, "sku", "abc class") for row in reported
    ]
    there = Counter[str]()
    for shelf in SHELVES:
        asked = GetRanking(days=ABC_DAYS, location=shelf)
        there.update(
            {e.sku: e.amount for e in (await rank_items(warehouse.db, asked, actor)).items}
        )
    assert there == {each.sku: each.amount for each in ranked.items}


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("seed", range(40) if SOAK else (2,))
async def test_stock_value_cover_and_low_agree_with_the_ledger_and_each_other_at_any_instant(
    warehouse: Warehouse, clock: Clock, seed: int
) -> None:
    year = Year(warehouse, clock, seed)
    await year.play()
    for sku in "ABCD":
        watched = EditItem(item=sku, reorder_point=TypedQuantity(Decimal(10_000)))
        await warehouse.run(edit_item, watched, warehouse.admin)
    clock.advance(hours=1)
    # Instants of moves themselves: what happens then is not before them.
    instants = [each.at for each in year.chance.sample(year.done, 4 if SOAK else 1)]
    instants += [at + timedelta(microseconds=1) for at in instants[:2]]
    instants += [Year.end_of(date(2026, 3, 29)), Year.end_of(date(2026, 10, 25)), clock()]
    for until in instants:
        done = year.until(until)
        for location in (None, "S1", "S2"):
            of = {"until": until} | ({"location": location} if location else {})
            there = {sku: count for sku, count in held_by(year, done, until, location) if count}
            stock = await read_report(warehouse, "stock", **of)
            assert {row["sku"]: row["quantity"] for row in stock} == there
            value = await read_report(warehouse, "value", **of)
            assert {r["sku"]: r["quantity"] for r in value if r["quantity"] is not None} == there
            if location is None:
                assert worth_in(value) == naive_worth(year, done, until)
            cover = await read_report(warehouse, "cover", **of)
            assert all(row["quantity"] == there.get(row["sku"], 0) for row in cover)
    low = await read_report(warehouse, "low")
    everything = dict(held_by(year, year.until(clock()), clock(), None))
    assert {row["sku"]: row["available"] for row in low} == {
        sku: everything.get(sku, 0) for sku in "ABCD"
    }


def held_by(
    year: Year, done: list[Did], until: datetime, location: str | None
) -> list[tuple[str, int]]:
    """Return what there was of each item: one that was merged later was still itself."""
    places = set(SHELVES) if location is None else {location}
    if until <= year.merged_at:
        done = [replace(each, item=each.queue) for each in done]
    return list(hold(done, places).items())


def worth_in(rows: list[dict[str, Any]]) -> dict[str, tuple[Any, Any]]:
    return {row["sku"]: (row["value"] or 0, row["quantity without a price"] or 0) for row in rows}


def naive_worth(year: Year, done: list[Did], until: datetime) -> dict[str, tuple[Any, Any]]:
    merged = year.merged if until > year.merged_at else 2**62
    queues = dict(play_queues(done, merged)[1])
    if until > year.merged_at and "E" in queues:
        queues["A"] = [*queues.get("A", []), *queues.pop("E")]
    return {
        sku: (sum(cost for cost in costs if cost is not None), costs.count(None))
        for sku, costs in queues.items()
        if costs
    }


def pick(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def cover(done: list[Did], until: date, places: set[str]) -> list[dict[str, Any]]:
    held, left = hold(done, places), defaultdict[str, int](int)
    for each in done:
        if each.target == "customer" and each.source in places and (until - each.day).days < 90:
            left[each.item] += each.quantity
    rows = [
        {
            "sku": sku,
            "name": f"The {sku}",
            "unit": UNITS[sku],
            "quantity": held[sku],
            "left": count,
            "days": cover_days(Decimal(held[sku]), Decimal(count)),
        }
        for sku, count in left.items()
    ]
    return sorted(rows, key=lambda row: (row["days"], row["sku"]))


def idle(done: list[Did], until: date, places: set[str]) -> list[dict[str, Any]]:
    rows = []
    for sku, count in hold(done, places).items():
        mine = [each for each in done if each.item == sku]
        left = [e.day for e in mine if e.target == "customer" and e.source in places]
        came = [e.day for e in mine if e.target in places]
        since = max(left, default=None) or min(came, default=until)
        days = (until - since).days
        if count and days >= 90:
            how = "left" if left else "never left"
            row = {"sku": sku, "name": f"The {sku}", "unit": UNITS[sku], "quantity": count}
            rows.append({**row, "idle since": since.isoformat(), "days": days, "last": how})
    return sorted(rows, key=lambda row: (row["idle since"], row["sku"]))


def moves(done: list[Did], until: date, places: set[str]) -> list[dict[str, Any]]:
    sums: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for each in done:
        week = each.day - timedelta(days=each.day.weekday())
        if (until - week).days >= 13 * 7 or (each.source in places) == (each.target in places):
            continue
        place = {"gain": 2, "loss": 2}.get(
            each.source if each.target in places else each.target, int(each.source in places)
        )
        sign = -1 if each.target == "loss" else 1
        sums[week, UNITS[each.item]][place] += sign * each.quantity
        sums[week, UNITS[each.item]][3] += 1
    names = ("came in", "left", "adjusted", "moves")
    return [
        {"week": week.isoformat(), "unit": unit, **dict(zip(names, sums[week, unit], strict=True))}
        for week, unit in sorted(sums, key=lambda key: (-key[0].toordinal(), key[1]))
    ]


def values(done: list[Did], until: date, merged: int) -> list[tuple[Any, ...]]:
    rows = []
    for sku, costs in costs_since(done, until - timedelta(days=364), merged).items():
        known = [cost for cost in costs if cost is not None]
        rows.append((sku, sum(known), len(costs) - len(known) or None))
    return sorted(rows, key=lambda row: (-row[1], row[0]))
