"""Charts of the ledger, in words: what is drawn, and what the picture says."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Final

from bot.database.models import Location
from bot.domain.charts import Bars, Chart, Panel, RankedBar, Ranking, Rule, StepLine
from bot.domain.figures import percent
from bot.domain.line_amounts import round_amount
from bot.domain.quantities import format_quantity
from bot.locales import _, ngettext
from bot.services.charts import LevelCourse, MovesCourse
from bot.services.ranking import ItemRanking, RankedItem
from bot.services.value_course import ValueCourse
from bot.views.candle_charts import candle_chart
from bot.views.text import clip

_DAY: Final = timedelta(days=1)
_MAX_TITLE: Final = 60
_MAX_DESCRIPTION: Final = 1000
# More panels than these are no picture on a phone.
_MAX_PANELS: Final = 3

Write = Callable[[Decimal], str]


def level_chart(course: LevelCourse) -> Chart:
    """Return the chart of how much there was of an item."""
    if course.candles:
        return candle_chart(course)
    item, (first, *_rest, (last, _now)) = course.item, course.levels
    title = _titled(_("Stock of {item}").format(item=item.sku), course.location)
    line = _filled(_("in stock"), course.levels)
    rules = []
    # Both are of all locations together.
    if course.location is None:
        if item.reorder_point is not None:
            rules.append(Rule(_("reorder point"), Fraction(item.reorder_point)))
        if item.reserved:
            rules.append(Rule(_("reserved now"), Fraction(item.reserved)))

    def write(quantity: Decimal) -> str:
        return f"{format_quantity(quantity)} {item.unit}"

    said = [title, _ends(course.levels, write)]
    if course.location is None and item.reorder_point is not None:
        said.append(_("Reorder point: {quantity}").format(quantity=write(item.reorder_point)))
    if course.location is None and item.reserved:
        said.append(_("Reserved now: {quantity}").format(quantity=write(item.reserved)))
    return Chart(
        title=title,
        panels=(Panel(item.unit, (line,), rules=tuple(rules)),),
        until=last + _DAY,
        styles=(line.name,),
        description=_joined(said),
        since=first[0],
    )


def moves_chart(course: MovesCourse) -> Chart:
    """Return the chart of what came in and left by weeks."""
    came = tuple((each.monday, Fraction(each.came)) for each in course.weeks)
    left = tuple((each.monday, -Fraction(each.left)) for each in course.weeks)
    if course.item is None:
        title, label = _("Moves by week"), _("moves")
    else:
        title = _("In and out of {item} by week").format(item=course.item.sku)
        label = course.item.unit
    title = _titled(title, course.location)

    def write(quantity: Decimal) -> str:
        if course.item is None:
            count = int(quantity)
            return ngettext("{count} move", "{count} moves", count).format(count=count)
        return f"{format_quantity(quantity)} {label}"

    said = [title, _days(course.since, course.until)]
    for text, none, values in (
        (
            _("In: {quantity}, most in the week of {day} ({most})"),
            _("In: {quantity}"),
            [each.came for each in course.weeks],
        ),
        (
            _("Out: {quantity}, most in the week of {day} ({most})"),
            _("Out: {quantity}"),
            [each.left for each in course.weeks],
        ),
    ):
        at = max(range(len(values)), key=values.__getitem__)
        said.append(
            (text if values[at] else none).format(
                quantity=write(sum(values, Decimal(0))),
                day=course.weeks[at].monday.isoformat(),
                most=write(values[at]),
            )
        )
    return Chart(
        title=title,
        panels=(Panel(label, bars=(Bars(_("in"), came), Bars(_("out"), left))),),
        until=course.weeks[-1].monday + 7 * _DAY,
        styles=(),
        description=_joined(said),
        since=course.weeks[0].monday,
    )


def value_chart(course: ValueCourse) -> Chart:
    """Return the chart of what stock was worth, a panel for each currency."""
    title = _("Value of stock")
    if course.item is not None:
        title = _("Value of {item}").format(item=course.item.sku)
    title = _titled(title, course.location)
    last = course.points[-1][1]
    found = {currency for _day, totals in course.points for currency in totals.amounts}
    ordered = sorted(
        found, key=lambda each: (each != course.currency, -last.amounts.get(each, 0), each)
    )
    name, said, panels = _("value"), [title], []
    for currency in ordered[:_MAX_PANELS] or [course.currency]:
        values = [
            (day, round_amount(Fraction(totals.amounts.get(currency, 0)), currency).amount)
            for day, totals in course.points
        ]
        panels.append(Panel(currency, (_filled(name, values),)))
        said.append(_ends(values, partial(_money, currency)))
    if last.items_without_price:
        said.append(
            ngettext(
                "{count} item has stock without a price, which is not in the value",
                "{count} items have stock without a price, which is not in the value",
                last.items_without_price,
            ).format(count=last.items_without_price)
        )
    return Chart(
        title=title,
        panels=tuple(panels),
        until=course.points[-1][0] + _DAY,
        styles=(name,),
        description=_joined(said),
        since=course.points[0][0],
    )


def ranking_chart(course: ItemRanking) -> Ranking:
    """Return the chart of which items were used most."""
    title, label = _("Used most, by quantity"), _("quantity · share so far")
    if course.currency is not None:
        title, label = _("Used most, by value"), f"{course.currency} · " + _("share so far")
    title = _titled(title, course.location)
    classes = {
        name: f"{text} · " + _count_items(course.classes[name])
        for name, text in (
            ("A", _("A: the first 80 %")),
            ("B", _("B: the next 15 %")),
            ("C", _("C: the last 5 %")),
        )
        if name in course.classes
    }
    items = course.items
    return Ranking(
        title=title,
        label=label,
        bars=tuple(
            RankedBar(
                each.sku,
                Fraction(each.amount),
                f"{_used(course, each)} · {percent(each.share.cumulative)} %",
                each.share.abc,
            )
            for each in items
        ),
        styles=classes,
        description=_joined([title, *_say_ranking(course)]),
    )


def _say_ranking(course: ItemRanking) -> Iterator[str]:
    first, last = course.items[0], course.items[-1]
    yield _days(course.since, course.until)
    if course.currency is not None:
        yield _("Used for {amount}").format(amount=_money(course.currency, course.total))
    yield _("{item} most ({amount}, {percent} %)").format(
        item=first.sku, amount=_used(course, first), percent=percent(first.share.share)
    )
    if len(course.items) > 1:
        yield _("The first {count} together {percent} %").format(
            count=len(course.items), percent=percent(last.share.cumulative)
        )
    counts = ", ".join(f"{name}: {count}" for name, count in course.classes.items())
    yield _("Items by class: {counts}").format(counts=counts)
    if course.without_value:
        yield ngettext(
            "{count} item was used without a known price, which counts as nothing",
            "{count} items were used without a known price, which counts as nothing",
            course.without_value,
        ).format(count=course.without_value)


def _used(course: ItemRanking, item: RankedItem) -> str:
    if course.currency is None:
        return f"{format_quantity(item.amount)} {item.unit}"
    return _money(course.currency, item.amount)


def _count_items(count: int) -> str:
    return ngettext("{count} item", "{count} items", count).format(count=count)


def _titled(title: str, location: Location | None) -> str:
    return title if location is None else f"{title} · {clip(location.path, _MAX_TITLE)}"


def _filled(name: str, values: Sequence[tuple[date, Decimal]]) -> StepLine:
    steps = tuple((day, Fraction(value)) for day, value in values)
    return StepLine(name, steps, is_filled=True)


def _money(currency: str, amount: Decimal) -> str:
    return str(round_amount(Fraction(amount), currency))


def _days(since: date, until: date) -> str:
    return _("{first} to {last}").format(first=since.isoformat(), last=until.isoformat())


def _ends(values: Sequence[tuple[date, Decimal]], write: Write) -> str:
    """Say where a line begins and ends, and its lowest and highest."""

    def at(value: tuple[date, Decimal]) -> str:
        return f"{write(value[1])} ({value[0].isoformat()})"

    lowest, highest = (pick(values, key=lambda each: each[1]) for pick in (min, max))
    return _("From {first} to {last}; lowest {lowest}, highest {highest}").format(
        first=at(values[0]), last=at(values[-1]), lowest=at(lowest), highest=at(highest)
    )


def _joined(said: Sequence[str]) -> str:
    return clip(". ".join(said), _MAX_DESCRIPTION)
