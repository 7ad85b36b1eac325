"""Which items were used most, as the chart of classes shows it: read in line, beside commands."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from bot.database.models import Item, Location
from bot.database.operations import query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.abc import AbcItem
from bot.domain.actors import Actor
from bot.domain.charts import NothingToDraw
from bot.domain.figures import ClassShare, first_day
from bot.domain.item_values import LedgerMove
from bot.domain.quantities import ZERO
from bot.domain.stock import Reference
from bot.services.availability import read_today
from bot.services.charts import find_location
from bot.services.left import FindWindow, ReadWindow, WindowQueries, find_window, read_window
from bot.services.used import classify_used
from bot.services.valuation import MAY_REPORT, MAY_SEE_PRICES, Ledger, find_rules
from bot.services.value_course import read_moves_in_line

SHOWN_ITEMS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRanking:
    """Ask which items were used most, from a location or all."""

    location: Reference | None = None
    days: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingLedger:
    """How far the ledger is read for a ranking, and by what items may be compared."""

    location: Location | None
    ledger: Ledger
    sees_prices: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRanked:
    """Ask what items are called."""

    item_ids: tuple[int, ...]


class RankedItem(NamedTuple):
    """An item, how much it was used, in money or quantity, and its share of all."""

    item_id: int
    sku: str
    unit: str
    amount: Decimal
    share: ClassShare


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRanking:
    """The items that were used most, and how many items of each class there are.

    Without a currency they are compared by quantity; `without_value` is how many were used at no
    known cost, in part at least.
    """

    location: Location | None
    since: date
    until: date
    currency: str | None
    items: tuple[RankedItem, ...]
    classes: dict[str, int]
    total: Decimal
    without_value: int = 0


@query(permission=MAY_REPORT, is_shown=False, is_in_line=True)
async def find_ranking(books: Books, request: GetRanking) -> RankingLedger:
    """Find what has to be known before the ledger is read; raises NotFound."""
    location, ids = await find_location(books, request.location)
    guild, today = await books.guilds.require(), await read_today(books)
    beyond = books.head.last_record + 1
    rules, merged = await find_rules(books, beyond)
    ledger = Ledger(
        day=today,
        currency=guild.currency,
        beyond=beyond,
        rules=rules,
        merged=merged,
        location=location.path if location else "",
        location_ids=ids,
    )
    sees_prices = books.rights.holds(MAY_SEE_PRICES)
    return RankingLedger(location=location, ledger=ledger, sees_prices=sees_prices)


@query(permission=MAY_REPORT, is_shown=False, is_in_line=True)
async def find_window_in_line(books: Books, request: FindWindow) -> int:
    """Return the first record of a window."""
    return await find_window(books, request)


@query(permission=MAY_REPORT, is_shown=False, is_in_line=True)
async def read_window_in_line(books: Books, request: ReadWindow) -> list[LedgerMove]:
    """Read the next moves of a window in the order of records."""
    return await read_window(books, request)


@query(permission=MAY_REPORT, is_shown=False, is_in_line=True)
async def name_ranked(books: Books, request: NameRanked) -> dict[int, Item]:
    """Return items by their ids."""
    return await books.items.get_many(list(request.item_ids))


async def rank_items(db: DatabaseService, request: GetRanking, actor: Actor) -> ItemRanking:
    """Rank items as reports do; raises NotFound and NothingToDraw.

    Each read waits in line with other charts, so that a long ledger holds up none of them.
    """
    await db.reads.require_right(find_ranking, None, actor, "")
    async with db.reads.in_long_line(actor.guild_id):
        found = await db.query(find_ranking, request, actor)
        since = first_day(found.ledger.day, request.days)
        used = await classify_used(
            *(db, found.ledger, actor, since),
            sees_prices=found.sees_prices,
            read=read_moves_in_line,
            window=WindowQueries(find_window_in_line, read_window_in_line),
        )
        if not used:
            raise NothingToDraw("abc", request.days, location=found.ledger.location)
        asked = NameRanked(item_ids=tuple(each.item_id for each in used[:SHOWN_ITEMS]))
        items = await db.query(name_ranked, asked, actor)
    return _rank(found, since, used, items)


def _rank(
    found: RankingLedger, since: date, used: list[AbcItem], items: dict[int, Item]
) -> ItemRanking:
    classes: dict[str, int] = {}
    for each in used:
        classes[each.share.abc] = classes.get(each.share.abc, 0) + 1
    currency = used[0].currency
    named = [(each, items[each.item_id]) for each in used[:SHOWN_ITEMS]]
    return ItemRanking(
        location=found.location,
        since=since,
        until=found.ledger.day,
        currency=currency,
        items=tuple(
            RankedItem(each.item_id, item.sku, item.unit, each.amount, each.share)
            for each, item in named
        ),
        classes=classes,
        total=sum((each.amount for each in used), ZERO),
        without_value=sum(bool(each.without_value) for each in used) if currency else 0,
    )
