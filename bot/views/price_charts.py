"""The chart of an item's prices: a line for each supplier, what was paid as points."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from bot.database.models import SupplierPrice
from bot.domain.charts import Chart, Panel, Points, StepLine
from bot.domain.money import format_unit_price
from bot.domain.names import key_of
from bot.locales import _
from bot.services.prices.course import PriceCourse
from bot.views.text import clip

# More lines than these are no picture on a phone.
_MAX_LINES: Final = 4
_MAX_PANELS: Final = 3
_LEAST_PRICES: Final = 2
_MAX_NAME: Final = 28
_MAX_DESCRIPTION: Final = 256


def price_chart(course: PriceCourse) -> Chart | None:
    """Return the chart of an item's prices, None for fewer than two."""
    lines = _choose(course)
    named = [
        each.currency for chosen in lines.values() for each in chosen if each.amount is not None
    ]
    paid = [row.currency for _day, row in course.paid]
    if len(named) + len(paid) < _LEAST_PRICES:
        return None
    currencies = [each for each, _count in Counter(named + paid).most_common(_MAX_PANELS)]
    days = [each.valid_from for chosen in lines.values() for each in chosen]
    title = _("Prices of {item}").format(item=course.item.sku)
    return Chart(
        title=title,
        panels=tuple(_panel(course, lines, currency) for currency in currencies),
        until=max([course.today, *days]),
        styles=tuple(lines),
        description=_describe(course, title, lines),
    )


def _choose(course: PriceCourse) -> dict[str, list[SupplierPrice]]:
    """Return the prices that a line shows, by its name: of each supplier those of one kind.

    The kind (unit and quantity) is that of which there are most, then that of the item's own unit
    and of the smallest quantity.
    """
    kinds: dict[int, dict[tuple[str, str], list[SupplierPrice]]] = {}
    factors = _factors(course)
    for each in course.prices:
        if each.unit_key in factors:
            kind = (each.unit_key, f"{each.min_quantity:020}")
            kinds.setdefault(each.supplier_id, {}).setdefault(kind, []).append(each)
    chosen = {
        number: max(sorted(of.items()), key=lambda pair: len(pair[1]))[1]
        for number, of in kinds.items()
    }
    most = sorted(chosen, key=lambda number: (-len(chosen[number]), number))[:_MAX_LINES]
    return {
        f"{place} {clip(course.suppliers[number], _MAX_NAME)}": sorted(
            chosen[number], key=lambda each: each.valid_from
        )
        for place, number in enumerate(most, 1)
    }


def _panel(course: PriceCourse, lines: dict[str, list[SupplierPrice]], currency: str) -> Panel:
    factors = _factors(course)
    drawn = [
        StepLine(name, _steps(chosen, currency, factors))
        for name, chosen in lines.items()
        if any(each.currency == currency and each.amount is not None for each in chosen)
    ]
    paid = tuple(
        (day, Fraction(row.unit_cost)) for day, row in course.paid if row.currency == currency
    )
    label = _("{currency} per {unit}").format(currency=currency, unit=course.item.unit)
    return Panel(label, tuple(drawn), Points(_("paid"), paid) if paid else None)


def _steps(
    chosen: Sequence[SupplierPrice], currency: str, factors: dict[str, Fraction]
) -> tuple[tuple[date, Fraction | None], ...]:
    """Return the prices of one of the item's own unit; in another currency there is none here."""
    return tuple(
        (
            each.valid_from,
            Fraction(each.amount) / factors[each.unit_key]
            if each.amount is not None and each.currency == currency
            else None,
        )
        for each in chosen
    )


def _factors(course: PriceCourse) -> dict[str, Fraction]:
    return {"": Fraction(1)} | {key_of(each.unit): Fraction(each.factor) for each in course.units}


def _describe(course: PriceCourse, title: str, lines: dict[str, list[SupplierPrice]]) -> str:
    """Say what the lines begin and end with, for those who do not see them."""
    texts = [title]
    for name, chosen in lines.items():
        known = [each for each in chosen if each.amount is not None]
        if known:
            ends = known if len(known) == 1 else (known[0], known[-1])
            shown = " → ".join(f"{_money(each)} ({each.valid_from.isoformat()})" for each in ends)
            texts.append(f"{name}: {shown}")
    if course.paid:
        day, row = course.paid[0]
        price = format_unit_price(row.unit_cost, row.currency)
        texts.append(_("Paid last: {price}").format(price=f"{price} ({day.isoformat()})"))
    return clip(". ".join(texts), _MAX_DESCRIPTION)


def _money(price: SupplierPrice) -> str:
    assert price.amount is not None
    return format_unit_price(price.amount, price.currency)
