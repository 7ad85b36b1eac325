"""What does not agree between an invoice, what was ordered and what was received, as a table."""

from decimal import Decimal
from fractions import Fraction
from typing import Final

from bot.domain.invoice_matching import (
    PRICE,
    TOO_MANY,
    UNORDERED,
    InvoiceDiffers,
    MatchedLine,
)
from bot.domain.line_amounts import price_each
from bot.domain.money import UNIT_PRICE_PLACES, format_unit_price
from bot.domain.quantities import format_quantity
from bot.locales import N_, _
from bot.views.text import MAX_CONTENT, amount, bold, clip, more_of, plain

_MAX_ROWS: Final = 8
_MAX_ITEM: Final = 16
_NONE: Final = "-"
_FAULTS: Final = {
    UNORDERED: N_("• {item}: on no order of this supplier in {currency} that was sent."),
    TOO_MANY: N_(
        "• {item}: {billed} billed, {unbilled} received and not billed yet. Receive the rest "
        "first, or write less."
    ),
    PRICE: N_("• {item}: {price} billed per {unit}, {asked} ordered."),
}


def differences_text(error: InvoiceDiffers) -> str:
    """Write what differs as a table, and what is wrong in each line of it."""
    head = _("{label} does not agree with what was ordered and received, so it is not matched.")
    lines = [head.format(label=bold(error.label))]
    faulty = [line for line in error.lines if line.faults]
    shown = faulty[:_MAX_ROWS]
    if shown:
        lines += ["```", *_table(error.currency, shown), "```"]
        lines += [text for line in shown for text in _fault_lines(error.currency, line)]
    if len(faulty) > len(shown):
        lines.append(more_of(len(faulty) - len(shown)))
    if error.sum != error.total:
        text = _("• The lines add up to {sum}, and the invoice says {total}.")
        lines.append(text.format(sum=f"**{error.sum}**", total=f"**{error.total}**"))
    lines.append(_("Change the lines, or dispute the invoice."))
    return clip("\n".join(lines), MAX_CONTENT)


def _table(currency: str, lines: list[MatchedLine]) -> list[str]:
    rows = [("", _("ordered"), _("received"), _("billed"))]
    for line in lines:
        beside, billed = line.ordered, line.billed
        item = clip(billed.sku.replace("`", "'"), _MAX_ITEM)
        quantities = (_NONE, _NONE)
        if beside is not None:
            quantities = (format_quantity(beside.ordered), format_quantity(beside.received))
        rows.append((item, *quantities, format_quantity(billed.quantity)))
        if PRICE in line.faults and beside is not None:
            asked = _each(price_each(beside.unit_price, beside.factor), currency)
            price = _each(price_each(billed.unit_price, billed.factor), currency)
            rows.append((f" {currency}", asked.split()[0], "", price.split()[0]))
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    return [
        "  ".join([row[0].ljust(widths[0]), *(row[at].rjust(widths[at]) for at in (1, 2, 3))])
        for row in rows
    ]


def _fault_lines(currency: str, line: MatchedLine) -> list[str]:
    beside, billed = line.ordered, line.billed
    item = bold(billed.sku)
    facts = {"item": item, "currency": currency, "unit": plain(billed.item_unit)}
    if beside is not None:
        facts["item"] = f"{item} ({beside.order})"
        facts["billed"] = amount(billed.quantity, billed.item_unit)
        facts["unbilled"] = amount(beside.unbilled, billed.item_unit)
        facts["price"] = _each(price_each(billed.unit_price, billed.factor), currency)
        facts["asked"] = _each(price_each(beside.unit_price, beside.factor), currency)
    return [_(_FAULTS[fault]).format(**facts) for fault in line.faults]


def _each(price: Fraction, currency: str) -> str:
    written = Decimal(round(price * 10**UNIT_PRICE_PLACES)).scaleb(-UNIT_PRICE_PLACES)
    return format_unit_price(written, currency)
