"""The forms of orders: a new one, and its lines."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import discord

from bot.domain.lines import write_name
from bot.domain.money import format_unit_price
from bot.domain.names import MAX_NOTE
from bot.domain.orders import count_units
from bot.domain.quantities import format_quantity
from bot.locales import _
from bot.services.orders.documents import OrderedLine
from bot.services.orders.editing import OrderPrepared
from bot.services.orders.making import NewOrder
from bot.views.components import Field, Form, number
from bot.views.long_fields import line_fields, split_lines

# The supplier; currency and rate as they were typed, `EUR/1.08`.
NEW_ORDER_FORM: Final = Form("order", "new", number, str)
ORDER_LINES_FORM: Final = Form("order", "lines", number, number)

# Beside the file, the day and the note; Discord takes five fields.
_MAX_PARTS: Final = 2
_MAX_DAY: Final = 20


def new_order_form(supplier_id: int, request: NewOrder, supplier: str) -> discord.ui.Modal:
    """Ask what is ordered; currency and rate wait in the form's own id."""
    state = f"{request.currency.strip()[:8]}/{request.rate.strip()[:30]}"
    return NEW_ORDER_FORM(
        _("Order from {supplier}").format(supplier=supplier),
        supplier_id,
        state,
        fields=_fields([""], None, ""),
    )


def order_lines_form(prepared: OrderPrepared) -> discord.ui.Modal:
    """Ask what is ordered instead; lines that have no room in it are replaced by a file alone."""
    parts = split_lines([write_line(line, prepared.currency) for line in prepared.lines])
    hint = ""
    if len(parts) > _MAX_PARTS:
        hint = _(
            "The {count} lines of {label} are too long for a form. They stay as they are, unless "
            "you attach a file with all of them."
        ).format(count=len(prepared.lines), label=prepared.label)
    return ORDER_LINES_FORM(
        _("Lines of {label}").format(label=prepared.label),
        prepared.order_id,
        prepared.version,
        fields=_fields([] if hint else parts, prepared.promised_on, prepared.note),
        hint=hint,
    )


def write_line(line: OrderedLine, currency: str) -> str:
    """Write a line as it is read back: `BOLT-8 2 box 12.90`.

    A quantity that is no number of its price's unit goes without the price, which then stays.
    """
    count = count_units(line.quantity, line.factor)
    if count is None:
        return f"{write_name(line.sku)} {format_quantity(line.quantity)}"
    text = f"{write_name(line.sku)} {format_quantity(count)}"
    if line.unit:
        text += f" {line.unit}"
    if line.unit_price is not None:
        text += f" {format_unit_price(line.unit_price, currency).removesuffix(f' {currency}')}"
    return text


def _fields(parts: Sequence[str], promised_on: date | None, note: str) -> dict[str, Field]:
    """Return the inputs, without parts none for lines."""
    label, example = _("Lines: SKU, quantity, unit, price"), _("BOLT-8 200 0.12\nNUT-8 2 box 4.50")
    lines = line_fields(label, parts, example, is_required=False) if parts else {}
    file = _("Or a file (CSV or XLSX)") if parts else _("A file with all lines (CSV or XLSX)")
    return {
        **lines,
        file: discord.ui.FileUpload(custom_id="file", required=False),
        _("Promised for (such as 2027-03-01)"): discord.ui.TextInput(
            custom_id="promised_on",
            default=promised_on.isoformat() if promised_on else None,
            required=False,
            max_length=_MAX_DAY,
        ),
        _("Note"): discord.ui.TextInput(
            custom_id="note", default=note or None, required=False, max_length=MAX_NOTE
        ),
    }
