"""Planning the rows of a price list: exact prices of one unit, each from a day on."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.domain.imports import Catalogue, Fault, Outcome, RepeatedRow
from bot.domain.imports.content import Content
from bot.domain.imports.offers import PlannedPrice
from bot.domain.imports.plan import ImportPlan, PlannedRow
from bot.domain.imports.price_rows import PriceRow, PriceUnit
from bot.domain.names import key_of
from bot.domain.prices import Price
from bot.domain.sheets import SheetRow
from bot.domain.sheets.headings import BARCODE, SKU


def plan_prices(content: Content, catalogue: Catalogue) -> ImportPlan:
    """Plan the rows of a price list."""
    rows = tuple(_plan(content, catalogue, row) for row in content.sheet.rows)
    _require_once(rows)
    _compare(row.price for row in rows if row.price is not None and not row.faults)
    return ImportPlan(content.kind, rows)


def _plan(content: Content, catalogue: Catalogue, row: SheetRow) -> PlannedRow:
    """Plan one row; what is wrong with it is noted, all of it."""
    assert catalogue.pricing is not None
    planned = PlannedRow(line=row.line, label=content.text(row, SKU) or content.text(row, BARCODE))
    read = PriceRow(content, catalogue, catalogue.pricing, row, planned.faults)
    supplier, item = read.supplier(), read.item()
    price, since, typed = read.price(item), read.since(), read.least()
    if item is not None:
        planned.item_id, planned.label = item.id, item.facts.sku
    if supplier is None or item is None or price is None or since is None or typed is None:
        return planned
    planned.label = f"{item.facts.sku} · {supplier[1]}"
    offers = catalogue.pricing.offers.get((supplier[0], item.id), [])
    unit = read.unit(item, price[1], {each.unit_key: each.unit for each in offers if each.unit})
    if unit is None:
        return planned
    least = read.least_of(typed, item, unit)
    if least is None:
        return planned
    asked, key = price[0], key_of(unit.unit)
    alike = [each for each in offers if (each.unit_key, each.min_quantity) == (key, least)]
    planned.price = PlannedPrice(
        supplier_id=supplier[0],
        supplier=supplier[1],
        item_id=item.id,
        sku=item.facts.sku,
        item_unit=item.facts.unit,
        unit=unit.unit,
        unit_key=key,
        factor=unit.factor,
        least=least,
        since=since,
        currency=catalogue.pricing.currency if asked is None else asked.currency,
        after=None if asked is None else replace(asked, unit=unit.unit, factor=unit.factor),
        starts={
            each.valid_from: None
            if each.amount is None
            else _price_of(each.amount, each.currency, unit)
            for each in alike
        },
        known=next((each for each in alike if each.valid_from == since), None),
    )
    return planned


def _price_of(amount: Decimal, currency: str, unit: PriceUnit) -> Price:
    return Price(amount, currency, unit.unit, unit.factor)


def _require_once(rows: Iterable[PlannedRow]) -> None:
    """Refuse what an earlier line says."""
    lines: dict[object, int] = {}
    for row in rows:
        if row.price is not None:
            first = lines.setdefault((row.price.kind, row.price.since), row.line)
            if first != row.line:
                row.faults.append(Fault(SKU, row.label, RepeatedRow(first)))


def _compare(prices: Iterable[PlannedPrice]) -> None:
    """Find what holds before each price: by the books, or from an earlier day of the file."""
    held = dict[object, dict[date, Price | None]]()
    for price in sorted(prices, key=lambda each: each.since):
        starts = held.setdefault(price.kind, dict(price.starts))
        begun = [day for day in starts if day <= price.since]
        price.before = starts[max(begun)] if begun else None
        if price.outcome is not Outcome.UNCHANGED:
            starts[price.since] = price.after
        if price.after is None and price.before is not None:
            price.currency = price.before.currency
