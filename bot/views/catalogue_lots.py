"""Lots as choices of autocomplete, which shows text as it is."""

from bot.database.controllers.lot_levels import LotRow
from bot.domain.lots import HELD, has_expired
from bot.domain.quantities import format_quantity
from bot.locales import _
from bot.services.suggested_lots import LotsSuggested


def lot_choice(row: LotRow, suggested: LotsSuggested) -> str:
    """Write a lot with its last good day, what there is of it, and why it may not be used."""
    facts = [row.code]
    if row.expires_on is not None:
        facts.append(row.expires_on.isoformat())
    facts.append(f"{format_quantity(row.quantity)} {suggested.unit}")
    if row.state == HELD:
        facts.append(_("held"))
    elif has_expired(row.expires_on, suggested.today):
        facts.append(_("expired"))
    return " · ".join(facts)
