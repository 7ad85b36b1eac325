"""The lines of an order as a table that a phone shows: aligned, and no name breaks it."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from bot.domain.line_amounts import line_amount, round_amount
from bot.domain.money import format_unit_price
from bot.domain.orders import PriceMarks
from bot.domain.quantities import format_quantity
from bot.locales import _, ngettext
from bot.services.orders.documents import OrderedLine
from bot.services.orders.file_lines import TotalDiffers
from bot.views.text import bold, clip, plain

# What an embed shows besides leaves room for so much of a table.
MAX_TABLE: Final = 2400
_MAX_MARKS: Final = 10
_MAX_CELL: Final = 40
_MAX_UNIT: Final = 12


def order_table(lines: Sequence[OrderedLine], currency: str) -> list[str]:
    """Write the lines as an aligned table, as many as fit, and below it what prices are marked."""
    heads = ("", _("SKU"), _("Quantity"), _("Price"), _("Amount"))
    rows = [heads, *(_cells(line, currency) for line in lines)]
    widths = [max(_width(row[at]) for row in rows) for at in range(len(heads))]
    shown, length = [], 0
    for row in rows:
        text = "  ".join(
            _pad(cell, width, at) for at, (cell, width) in enumerate(_zip(row, widths))
        )
        length += len(text) + 1
        if length > MAX_TABLE:
            break
        shown.append(text.rstrip())
    table = ["```", *shown, "```"]
    if more := len(rows) - len(shown):
        text = ngettext("… and {count} more line", "… and {count} more lines", more)
        table.append(text.format(count=more))
    return table + mark_lines(lines)


def mark_lines(lines: Sequence[OrderedLine]) -> list[str]:
    """Say which prices rose by much, or are above the supplier's list."""
    marked = [(line, line.marks) for line in lines if line.marks is not None]
    said = [_mark(line, marks) for line, marks in marked[:_MAX_MARKS]]
    if more := len(marked) - len(said):
        text = ngettext(
            "⚠️ {count} more line with such a price", "⚠️ {count} more lines with such prices", more
        )
        said.append(text.format(count=more))
    return said


def differing_lines(differing: Sequence[TotalDiffers]) -> list[str]:
    """Say which lines cost something else than their file says of all of it."""
    text = _("{item} costs {costs}, but its file says {stated} for the line.")
    said = [
        f"⚠️ {each.number}. "
        + text.format(item=bold(each.sku), costs=each.costs, stated=f"**{each.stated}**")
        for each in differing[:_MAX_MARKS]
    ]
    if more := len(differing) - len(said):
        text = ngettext(
            "⚠️ {count} more line with another total",
            "⚠️ {count} more lines with other totals",
            more,
        )
        said.append(text.format(count=more))
    return said


def has_room(lines: Sequence[OrderedLine], currency: str) -> bool:
    """Whether the table shows all lines."""
    return order_table(lines, currency).index("```", 1) == len(lines) + 2


def _zip(row: Sequence[str], widths: Sequence[int]) -> list[tuple[str, int]]:
    return list(zip(row, widths, strict=True))


def _mark(line: OrderedLine, marks: PriceMarks) -> str:
    item = f"{line.number}. {bold(line.sku)}"
    said = []
    if marks.before is not None:
        before = format_unit_price(marks.before.amount, marks.before.currency)
        before = _("{price} per {unit}").format(
            price=before, unit=plain(marks.before.unit or line.item_unit)
        )
        if marks.rise is None:
            said.append(_("paid last: {price}").format(price=before))
        else:
            text = _("{percent} % above the last price paid ({price})")
            said.append(text.format(percent=marks.rise, price=before))
    if marks.listed is not None:
        price = _("{price} per {unit}").format(
            price=format_unit_price(marks.listed.amount, marks.listed.currency),
            unit=plain(marks.listed.unit or line.item_unit),
        )
        said.append(_("above the supplier's list ({price})").format(price=price))
    return f"⚠️ {item}: {', '.join(said)}"


def _cells(line: OrderedLine, currency: str) -> tuple[str, ...]:
    quantity = f"{format_quantity(line.quantity)} {clip(line.item_unit, _MAX_UNIT)}"
    if line.unit_price is None:
        return (str(line.number), _cell(line.sku), _cell(quantity), "?", "")
    price = format_unit_price(line.unit_price, currency).removesuffix(f" {currency}")
    if line.unit:
        price += f"/{clip(line.unit, _MAX_UNIT)}"
    exact = line_amount(line.unit_price, line.quantity, line.factor)
    amount = f"{round_amount(exact, currency).amount:f}"
    return (str(line.number), _cell(line.sku), _cell(quantity), _cell(price), amount)


def _cell(text: str) -> str:
    """Return text that neither ends the block nor breaks its line."""
    return clip(" ".join(text.split()).replace("`", "'"), _MAX_CELL)


def _pad(text: str, width: int, at: int) -> str:
    blanks = " " * (width - _width(text))
    return text + blanks if at == 1 else blanks + text


def _width(text: str) -> int:
    """Return how many columns a text takes: marks take none, wide characters two."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )
