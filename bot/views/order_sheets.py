"""An order on paper, in the guild's language."""

from bot.domain.line_amounts import line_amount, round_amount
from bot.domain.money import format_unit_price
from bot.domain.orders import count_units
from bot.domain.printed import Printed, PrintedColumn
from bot.domain.quantities import format_quantity
from bot.locales import _, use_locale
from bot.services.orders.documents import OrderedLine, OrderPrinted


def order_sheet(printed: OrderPrinted) -> Printed:
    """Write an order as it is printed; it has no marks, which are no business of the supplier."""
    with use_locale(printed.language):
        return _sheet(printed)


def _sheet(printed: OrderPrinted) -> Printed:
    order, facts = printed.order, printed.facts
    said = [
        _("Supplier: {supplier}").format(supplier=facts.supplier),
        _("Currency: {currency}").format(currency=facts.currency),
        _("Made on {day}").format(day=order.made_at.date().isoformat()),
    ]
    if order.promised_on is not None:
        said.append(_("Promised for {day}").format(day=order.promised_on.isoformat()))
    if order.note:
        said.append(order.note)
    total = "?" if facts.total is None else str(facts.total)
    return Printed(
        file_name=f"{printed.label}.pdf",
        title=_("Order {label}").format(label=printed.label),
        facts=tuple(said),
        columns=(
            PrintedColumn(heading="", share=4, is_figure=True),
            PrintedColumn(heading=_("SKU"), share=18),
            PrintedColumn(heading=_("Name"), share=30),
            PrintedColumn(heading=_("Quantity"), share=17, is_figure=True),
            PrintedColumn(heading=_("Price"), share=17, is_figure=True),
            PrintedColumn(heading=_("Amount"), share=14, is_figure=True),
        ),
        rows=tuple(_row(at, line, facts.currency) for at, line in enumerate(facts.lines, start=1)),
        totals=(_("Total: {total}").format(total=total),),
        page=_("page {number}"),
    )


def _row(at: int, line: OrderedLine, currency: str) -> tuple[str, ...]:
    count = count_units(line.quantity, line.factor) if line.unit else None
    own = f"{format_quantity(line.quantity)} {line.item_unit}"
    quantity = own if count is None else f"{format_quantity(count)} {line.unit} ({own})"
    if line.unit_price is None:
        return (str(at), line.sku, line.name, quantity, "?", "")
    price = format_unit_price(line.unit_price, currency).removesuffix(f" {currency}")
    amount = round_amount(line_amount(line.unit_price, line.quantity, line.factor), currency)
    per = f"{price} / {line.unit or line.item_unit}"
    return (str(at), line.sku, line.name, quantity, per, f"{amount.amount:f}")
