"""Classes A, B and C: which few items make up most of what was used. One rule for all who ask.

Items are compared by what cost the goods that left for customers, first in, first out; by quantity
where no cost is known, and for those who may not see prices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.figures import ClassShare, class_by_share
from bot.domain.left_by_item import LeftOfItem, choose_currency
from bot.domain.quantities import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class AbcItem:
    """An item among those that left; without a currency they are compared by quantity.

    `amount` is what is compared, `without_value` how much left at no known cost.
    """

    item_id: int
    left: Decimal
    amount: Decimal
    currency: str | None
    without_value: Decimal
    share: ClassShare


def classify(items: Mapping[int, LeftOfItem], own_currency: str) -> list[AbcItem]:
    """Return items with their classes, what makes up most of all first."""
    currency = choose_currency(items, own_currency)

    def weigh(each: LeftOfItem) -> Decimal:
        return each.quantity if currency is None else each.cost(currency)

    ordered = sorted(items.items(), key=lambda pair: (-weigh(pair[1]), pair[0]))
    shares = class_by_share([weigh(each) for _item_id, each in ordered])
    return [
        AbcItem(
            item_id=item_id,
            left=each.quantity,
            amount=weigh(each),
            currency=currency,
            without_value=each.quantity - each.priced.get(currency or "", ZERO),
            share=share,
        )
        for (item_id, each), share in zip(ordered, shares, strict=True)
    ]
