"""Which few items make up most of what left in the last 365 days: classes A, B and C.

`bot/domain/abc.py` has the rule, which charts go by as well.
"""

from collections.abc import AsyncIterator
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from bot.domain.figures import ABC_DAYS, first_day, percent
from bot.domain.line_amounts import round_amount
from bot.services.reports.listed import Reading, declare_list
from bot.services.reports.worth import NameItems, name_reported
from bot.services.used import classify_used

_ITEMS_AT_ONCE: Final = 1000


class AbcRow(NamedTuple):
    """An item, what of it left, and its class; shares are percents of the value or quantity."""

    abc_class: str
    sku: str
    name: str
    unit: str
    left: Decimal
    value: Decimal | None
    currency: str | None
    left_without_value: Decimal | None
    share: Decimal
    cumulative_share: Decimal
    item_id: int


async def _read(reading: Reading) -> AsyncIterator[list[AbcRow]]:
    scope = reading.scope
    source = (reading.db, scope.ledger, reading.actor)
    first = first_day(scope.ledger.day, ABC_DAYS)
    found = await classify_used(*source, first, sees_prices=scope.sees_prices)
    for at in range(0, len(found), _ITEMS_AT_ONCE):
        piece = found[at : at + _ITEMS_AT_ONCE]
        request = NameItems(item_ids=tuple(each.item_id for each in piece))
        items = await reading.db.query(name_reported, request, reading.actor)
        rows = []
        for each in piece:
            item, currency = items[each.item_id], each.currency
            value = None if currency is None else round_amount(Fraction(each.amount), currency)
            rows.append(
                AbcRow(
                    each.share.abc,
                    *(item.sku, item.name, item.unit, each.left),
                    None if value is None else value.amount,
                    currency,
                    (each.without_value or None) if currency else None,
                    percent(each.share.share),
                    percent(each.share.cumulative),
                    each.item_id,
                )
            )
        yield rows


# A class follows from all that left: goods have no layers of their own at each location.
ABC: Final = declare_list("abc", AbcRow, _read, sort_of=lambda row: row.abc_class, has_day=True)
