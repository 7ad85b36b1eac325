"""Which few items make up most of what left in the last 365 days: classes A, B and C.

They are compared by what cost the goods that left, first in, first out; by quantity where no cost
is known, and for those who may not see prices.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.figures import ABC_DAYS, Share, class_by_share, first_day, percent
from bot.domain.left_by_item import CustomerDays, LeftByItem, LeftOfItem, choose_currency
from bot.domain.line_amounts import round_amount
from bot.services.left import Heirs, sum_left
from bot.services.reports.listed import Reading, declare_list
from bot.services.reports.worth import NameItems, name_reported
from bot.services.valuation import Ledger, value_items

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AbcItem:
    """An item among those that left; without a currency they are compared by quantity."""

    item_id: int
    left: Decimal
    value: Decimal
    currency: str | None
    without_value: Decimal
    share: Share


async def read_abc(
    db: DatabaseService, ledger: Ledger, actor: Actor, *, sees_prices: bool
) -> list[AbcItem]:
    """Return the items of which something left in the last 365 days, the largest first."""
    first = first_day(ledger.day, ABC_DAYS)
    if sees_prices:
        rules = ledger.rules
        days = CustomerDays(rules.timezone, rules.merges, rules.kept)
        costs = LeftByItem(first, Heirs(ledger).root)
        async for _piece in value_items(db, replace(ledger, rules=days), actor, costs):
            pass
        items = costs.items
    else:
        sums = await sum_left(db, ledger, actor, first)
        items = {key: LeftOfItem(quantity=quantity) for key, quantity in sums.items()}
    return _compare(items, choose_currency(items, ledger.currency))


def _compare(items: Mapping[int, LeftOfItem], currency: str | None) -> list[AbcItem]:
    """Return items by what they make up of all, the largest first."""

    def weigh(each: LeftOfItem) -> Decimal:
        return each.quantity if currency is None else each.cost(currency)

    ordered = sorted(items.items(), key=lambda pair: (-weigh(pair[1]), pair[0]))
    shares = class_by_share([weigh(each) for _item_id, each in ordered])
    return [
        AbcItem(
            item_id=item_id,
            left=each.quantity,
            value=weigh(each),
            currency=currency,
            without_value=each.quantity - each.priced.get(currency or "", Decimal(0)),
            share=share,
        )
        for (item_id, each), share in zip(ordered, shares, strict=True)
    ]


async def _read(reading: Reading) -> AsyncIterator[list[AbcRow]]:
    scope = reading.scope
    source = (reading.db, scope.ledger, reading.actor)
    found = await read_abc(*source, sees_prices=scope.sees_prices)
    for at in range(0, len(found), _ITEMS_AT_ONCE):
        piece = found[at : at + _ITEMS_AT_ONCE]
        request = NameItems(item_ids=tuple(each.item_id for each in piece))
        items = await reading.db.query(name_reported, request, reading.actor)
        rows = []
        for each in piece:
            item, currency = items[each.item_id], each.currency
            value = None if currency is None else round_amount(Fraction(each.value), currency)
            rows.append(
                AbcRow(
                    each.share.abc,
                    *(item.sku, item.name, item.unit, each.left),
                    None if value is None else value.amount,
                    currency,
                    (each.without_value or None) if currency else None,
                    percent(each.share.share),
                    percent(each.share.cumulative),
                )
            )
        yield rows


# A class follows from all that left: goods have no layers of their own at each location.
ABC: Final = declare_list("abc", AbcRow, _read, sort_of=lambda row: row.abc_class, has_day=True)
