"""What the preview of a price list says: prices before and after, and which ones jump."""

from collections.abc import Iterator

from bot.domain.imports.offers import PlannedPrice
from bot.domain.imports.plan import ImportPlan, PlannedRow
from bot.domain.money import format_unit_price
from bot.domain.prices import Price
from bot.domain.quantities import format_quantity
from bot.locales import _, ngettext
from bot.views.text import bold, plain


def shown_first(plan: ImportPlan, rows: list[PlannedRow]) -> list[PlannedRow]:
    """Return rows with those first that deserve a look: prices that jump."""
    if plan.kind != "prices":
        return rows
    return sorted(rows, key=lambda row: not (row.price and row.price.is_jump))


def jump_figures(plan: ImportPlan) -> Iterator[str]:
    """Say how many prices jump."""
    count = sum(row.price is not None and row.price.is_jump for row in plan.rows if not row.faults)
    if count:
        yield ngettext(
            "⚠️ {count} price rises by more than 20 %.",
            "⚠️ {count} prices rise by more than 20 %.",
            count,
        ).format(count=count)


def price_row_text(price: PlannedPrice) -> str:
    """Say what a row does to a price: `0.12 EUR → 0.129 EUR per pcs, from 2027-02-01`."""
    unit = price.unit or price.item_unit
    before = "" if price.before is None else f"{_money(price.before)} → "
    after = _("no price") if price.after is None else bold(_money(price.after))
    facts = [before + _("{price} per {unit}").format(price=after, unit=plain(unit))]
    if price.least:
        least = f"{format_quantity(price.least)} {plain(unit)}"
        facts.append(_("from {quantity} on").format(quantity=least))
    facts.append(_("from {day}").format(day=price.since.isoformat()))
    if price.is_jump:
        facts.append(
            _("⚠️ It cost nothing before")
            if price.rise is None
            else _("⚠️ {percent} % more").format(percent=price.rise)
        )
    return " · ".join(facts)


def _money(price: Price) -> str:
    return format_unit_price(price.amount, price.currency)
