"""The candles of a tracked item: days that are kept, and what the ledger has beyond them."""

from datetime import date
from typing import Final

from bot.database.models import Item
from bot.database.unit import Books
from bot.domain.item_days import Candle, ItemDays, fill_days, join_weeks
from bot.domain.periods import start_of
from bot.domain.quantities import ZERO
from bot.domain.rights import CLOCK_DRIFT

# More of them are not told apart on a phone.
MAX_DAYS: Final = 45


async def read_candles(books: Books, item: Item, since: date, until: date) -> list[Candle]:
    """Return the item's days, or its weeks if there are many; empty if its days are not kept.

    Until its past is made, and after a change of the time zone, the ledger is read instead.
    """
    if await books.tracked_items.get_by_id(item.id) is None:
        return []
    zone = (await books.guilds.require()).timezone
    mark = await books.item_day_marks.get_by_id(item.id)
    days, after = ItemDays(zone), 0
    if mark is not None and mark.timezone == zone:
        days.add(await books.item_days.list_since(item.id, since))
        after = mark.last_record
    # Days before are not shown: what there was on the first is what is left of the present.
    begin = start_of(since, zone) - 2 * CLOCK_DRIFT
    (first,) = await books.charts.first_since_each([begin])
    after = max(after, first - 1)
    async for piece in books.item_days.page_recorded(item.id, after, books.head.last_record):
        days.take(piece, since=since)
    levels = await books.stock.levels_to_merge(item.id)
    now = sum((quantity for *_, quantity in levels), ZERO)
    opened = now - days.net
    candles = fill_days(days.candles(opened), since, until, opened)
    return candles if len(candles) <= MAX_DAYS else join_weeks(candles)
