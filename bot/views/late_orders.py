"""Late orders in words: a part of the digest, and the list that it leads to."""

from typing import Final

from bot.locales import _
from bot.services.receiving.late import LateOrder, LateOrders
from bot.views.components import Button, number
from bot.views.digest import DigestPart, digest_part
from bot.views.orders import ORDER_CONTROLS
from bot.views.pages import Row, list_page
from bot.views.replies import Reply, renders
from bot.views.text import bold, plain

DIGEST_ORDERS: Final = Button("digest", "orders", number)
# As many rows as a page has room for.
_SHOWN: Final = 10


@digest_part.register
def late_orders_part(part: LateOrders, day: int) -> DigestPart:
    """List the orders whose promise is over."""
    lines = [f"### {_('Orders past their promised date')}", *map(_line, part.rows)]
    if part.has_more:
        lines.append(_("… and more"))
    return DigestPart(lines, [DIGEST_ORDERS(_("Late orders"), day)])


@renders(LateOrders)
def late_orders_page(late: LateOrders) -> Reply:
    """Show the orders that are late, each with a button that opens it."""
    rows = late.rows[:_SHOWN]
    has_more = late.has_more or len(late.rows) > _SHOWN
    return list_page(
        _("Late orders"),
        [Row(_line(row), ORDER_CONTROLS.open(_("Open"), row.id)) for row in rows],
        nothing=_("_No order is late._"),
        footer=_("The others are in `/order list`.") if has_more else "",
    )


def _line(row: LateOrder) -> str:
    return _("{label} from {supplier} · promised for {day}").format(
        label=bold(row.label), supplier=plain(row.supplier), day=row.promised_on.isoformat()
    )
