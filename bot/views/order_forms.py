"""The forms of orders: a new one, and its lines."""

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

# The supplier; currency and rate as they were typed, `EUR/1.08`.
NEW_ORDER_FORM: Final = Form("order", "new", number, str)
ORDER_LINES_FORM: Final = Form("order", "lines", number, number)

# What Discord takes of a field.
_MAX_TEXT: Final = 4000
_MAX_DAY: Final = 20


def new_order_form(supplier_id: int, request: NewOrder, supplier: str) -> discord.ui.Modal:
    """Ask what is ordered; currency and rate wait in the form's own id."""
    state = f"{request.currency.strip()[:8]}/{request.rate.strip()[:30]}"
    return NEW_ORDER_FORM(
        _("Order from {supplier}").format(supplier=supplier),
        supplier_id,
        state,
        fields=_fields("", None, ""),
    )


def order_lines_form(prepared: OrderPrepared) -> discord.ui.Modal:
    """Ask what is ordered instead."""
    lines = "\n".join(write_line(line, prepared.currency) for line in prepared.lines)
    return ORDER_LINES_FORM(
        _("Lines of {label}").format(label=prepared.label),
        prepared.order_id,
        prepared.version,
        fields=_fields(lines, prepared.promised_on, prepared.note),
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


def _fields(lines: str, promised_on: date | None, note: str) -> dict[str, Field]:
    """Return the inputs; lines that a field cannot hold are only replaced by a file."""
    return {
        _("Lines: SKU, quantity, unit, price"): discord.ui.TextInput(
            custom_id="lines",
            style=discord.TextStyle.paragraph,
            default=lines if 0 < len(lines) <= _MAX_TEXT else None,
            required=False,
            placeholder=_("BOLT-8 200 0.12\nNUT-8 2 box 4.50"),
            max_length=_MAX_TEXT,
        ),
        _("Or a file (CSV or XLSX)"): discord.ui.FileUpload(custom_id="file", required=False),
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
