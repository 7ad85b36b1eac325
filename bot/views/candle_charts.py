"""The candles of a tracked item, in words: a panel of what there was, and one of what moved."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bot.domain.charts import Bars, Candles, Chart, Panel, Rule
from bot.domain.item_days import Candle
from bot.domain.quantities import format_quantity
from bot.locales import _
from bot.services.charts import LevelCourse
from bot.views.text import clip

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7
_MAX_DESCRIPTION: Final = 1000
_VOLUME_HEIGHT: Final = Fraction(1, 2)


def candle_chart(course: LevelCourse) -> Chart:
    """Return the chart of a tracked item's days or weeks."""
    item, candles = course.item, course.candles
    days = (candles[1].day - candles[0].day).days if len(candles) > 1 else 1
    if days == _WEEK:
        title = _("Stock of {item} by week").format(item=item.sku)
    else:
        title = _("Stock of {item} by day").format(item=item.sku)
    rules = []
    if item.reorder_point is not None:
        rules.append(Rule(_("reorder point"), Fraction(item.reorder_point)))
    if item.reserved:
        rules.append(Rule(_("reserved now"), Fraction(item.reserved)))
    drawn = Candles(_("closed higher"), _("closed lower"), candles, days)
    volume = tuple((each.day, Fraction(each.volume)) for each in candles)
    return Chart(
        title=title,
        panels=(
            Panel(item.unit, rules=tuple(rules), candles=drawn),
            Panel(
                _("in + out"),
                bars=(Bars(_("in and out"), volume, days=days, is_plain=True),),
                height=_VOLUME_HEIGHT,
            ),
        ),
        until=candles[-1].day + days * _DAY,
        styles=(),
        description=_describe(title, course, days),
        since=candles[0].day,
    )


def _describe(title: str, course: LevelCourse, days: int) -> str:
    item, candles = course.item, course.candles

    def write(quantity: Decimal) -> str:
        return f"{format_quantity(quantity)} {item.unit}"

    def at(quantity: Decimal, candle: Candle) -> str:
        return f"{write(quantity)} ({candle.day.isoformat()})"

    first, last = candles[0], candles[-1]
    lowest = min(candles, key=lambda each: each.lowest)
    highest = max(candles, key=lambda each: each.highest)
    busiest = max(candles, key=lambda each: each.volume)
    said = [
        title,
        _("Opened at {first}, closed at {last}; lowest {lowest}, highest {highest}").format(
            first=at(first.opened, first),
            last=at(last.closed, last),
            lowest=at(lowest.lowest, lowest),
            highest=at(highest.highest, highest),
        ),
    ]
    text = _("In and out {total}, most on {day} ({most})")
    if days == _WEEK:
        text = _("In and out {total}, most in the week of {day} ({most})")
    total = sum((each.volume for each in candles), Decimal(0))
    said.append(
        text.format(total=write(total), day=busiest.day.isoformat(), most=write(busiest.volume))
    )
    if item.reorder_point is not None:
        said.append(_("Reorder point: {quantity}").format(quantity=write(item.reorder_point)))
    if item.reserved:
        said.append(_("Reserved now: {quantity}").format(quantity=write(item.reserved)))
    return clip(". ".join(said), _MAX_DESCRIPTION)
