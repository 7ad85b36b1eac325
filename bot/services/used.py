"""What was used of which items: the figures behind classes A, B and C, in reports and charts."""

from dataclasses import replace
from datetime import date

from bot.database.operations import Query
from bot.database.service import DatabaseService
from bot.domain.abc import AbcItem, classify
from bot.domain.actors import Actor
from bot.domain.item_values import LedgerMove
from bot.domain.left_by_item import CustomerDays, LeftByItem, LeftOfItem
from bot.services.left import REPORT_WINDOW, Heirs, WindowQueries, sum_left
from bot.services.valuation import Ledger, ReadMoves, read_moves, value_items


async def classify_used(
    db: DatabaseService,
    ledger: Ledger,
    actor: Actor,
    first: date,
    *,
    sees_prices: bool,
    read: Query[ReadMoves, list[LedgerMove]] = read_moves,
    window: WindowQueries = REPORT_WINDOW,
) -> list[AbcItem]:
    """Return the items of which something was used from a day on, the largest first."""
    if sees_prices:
        rules = ledger.rules
        days = CustomerDays(rules.timezone, rules.merges, rules.kept, ledger.location_ids)
        costs = LeftByItem(first, Heirs(ledger).root)
        # Goods have no layers of their own at each location: all of them are followed.
        followed = replace(ledger, rules=days, location_ids=None)
        async for _piece in value_items(db, followed, actor, costs, read):
            pass
        items = costs.items
    else:
        sums = await sum_left(db, ledger, actor, first, window)
        items = {key: LeftOfItem(quantity=quantity) for key, quantity in sums.items()}
    return classify(items, ledger.currency)
