"""What differs between a count and the books, page by page, for those who decide."""

from decimal import Decimal
from typing import Final

from bot.domain.documents import COUNT
from bot.domain.money import Money
from bot.domain.quantities import format_quantity
from bot.locales import _, ngettext
from bot.services.counts.deciding import CountDifference, DifferencesListed
from bot.views.approval_words import words_of
from bot.views.components import Button, Component, number
from bot.views.counts import COUNT_CARD
from bot.views.pages import Row, Turn, list_page, page_buttons, turns_of
from bot.views.replies import Reply, renders
from bot.views.text import bold, person, plain

DIFFERENCES: Final = Button(COUNT.noun, "differ", Turn.parse, number)


@renders(DifferencesListed)
def differences_page(listed: DifferencesListed) -> Reply:
    """Show a page of differences, with the buttons to decide about all of them."""
    page, count = listed.page, listed.count
    summary = " · ".join(
        (
            ngettext("{count} line counted", "{count} lines counted", listed.counted).format(
                count=listed.counted
            ),
            ngettext("{count} difference", "{count} differences", listed.total).format(
                count=listed.total
            ),
        )
    )
    if listed.skipped:
        summary += " · " + _("{count} skipped").format(count=listed.skipped)
    turns = turns_of(page, [each.line.number for each in page.rows])
    buttons = page_buttons(DIFFERENCES, (count.id,), *turns)
    if listed.may_decide:
        buttons += _decisions(count.id, count.version)
    return list_page(
        _("Count {label}").format(label=listed.label),
        [Row(_line(each)) for each in page.rows],
        above=[summary],
        buttons=buttons,
        nothing=_("_Everything is as the books say._"),
    )


def _decisions(count_id: int, version: int) -> list[Component]:
    return [
        COUNT_CARD.buttons[each.verb](_(each.label), count_id, version, style=each.style)
        for each in words_of(COUNT.noun).decisions
    ]


def _line(each: CountDifference) -> str:
    line = each.line
    where = " · ".join(plain(part) for part in (line.location, line.lot) if part)
    text = _("{counted} counted, {expected} expected: **{difference} {unit}**").format(
        counted=format_quantity(line.counted or Decimal(0)),
        expected=format_quantity(line.expected or Decimal(0)),
        difference=signed(each.difference),
        unit=plain(line.unit),
    )
    if each.unit_cost is not None:
        text += f" · {Money.of_units(each.unit_cost, each.difference, each.currency)}"
    who = person(line.counted_by) if line.counted_by else ""
    return f"{bold(line.sku)} {where}\n{text} · {who}"


def signed(difference: Decimal) -> str:
    """Write a difference with its sign."""
    return f"{'+' if difference > 0 else ''}{format_quantity(difference)}"
