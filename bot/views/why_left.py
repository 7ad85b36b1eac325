"""Why a report says that much left of an item, in words."""

from bot.locales import _
from bot.services.why.chain import Checked
from bot.services.why.left import LeftExplained
from bot.views.pages import Row, list_page, page_buttons
from bot.views.replies import Reply, renders
from bot.views.stock import history_line
from bot.views.text import amount
from bot.views.why import chain_line
from bot.views.why_controls import EVERYWHERE, WHY_LEFT


@renders(LeftExplained)
def left_page(explained: LeftExplained) -> Reply:
    """Show how much left, and a page of the records by which it did."""
    return checked_left(explained, None)


def checked_left(explained: LeftExplained, checked: Checked | None) -> Reply:
    """Show it with what is known of the last verification."""
    asked, item, location = explained.asked, explained.item, explained.location
    moves = explained.moves
    text = _("{quantity} left for customers since {day}, by the records below.")
    quantity = f"**{amount(explained.quantity, item.unit)}**"
    return list_page(
        " · ".join([_("Why?"), item.sku, _("what left"), *([location.name] if location else [])]),
        [Row(history_line(move, explained.links)) for move in moves],
        above=[
            text.format(quantity=quantity, day=asked.first.isoformat()),
            _("As of #{record}.").format(record=asked.beyond - 1),
            chain_line(explained.chain, explained.links, checked),
        ],
        nothing=_("_No records._"),
        buttons=page_buttons(
            WHY_LEFT,
            (item.id, location.id if location else EVERYWHERE, asked.beyond, asked.first),
            f"b{moves[0].record}.{moves[0].line}" if moves and explained.has_newer else None,
            f"a{moves[-1].record}.{moves[-1].line}" if moves and explained.has_older else None,
        ),
    )
