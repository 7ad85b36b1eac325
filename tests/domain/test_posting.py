from decimal import Decimal
from typing import Any

import pytest

from bot.domain.posting import Level, Posting
from bot.domain.stock import InsufficientStock, LevelKey, LineEnd, StockedItem, StockLine
from bot.domain.virtual_locations import VirtualLocation

BOLT = StockedItem(100, "BOLT-8", "Hex bolt", "pcs", reserved=Decimal(3))
SUPPLIER = LineEnd(VirtualLocation.SUPPLIER, "supplier", Decimal(-5))
A1, B2 = LineEnd(101, "A1", Decimal(5)), LineEnd(102, "B2")


def test_moves_that_touch_the_same_level_add_up() -> None:
    posting = Posting()
    posting.post(StockLine(BOLT, A1, B2), Decimal(5))
    posting.post(StockLine(BOLT, B2, A1), Decimal(2))
    with pytest.raises(InsufficientStock) as caught:
        posting.post(StockLine(BOLT, A1, B2), Decimal(3))
    assert caught.value.available == 2
    assert posting.levels == {
        LevelKey(100, 101): Level(Decimal(5), Decimal(2)),
        LevelKey(100, 102): Level(None, Decimal(3)),
    }


def test_lots_of_an_item_are_levels_of_their_own() -> None:
    posting = Posting()
    posting.post(StockLine(BOLT, A1, B2, lot_id=7), Decimal(4))
    posting.post(StockLine(BOLT, A1, B2), Decimal(5))
    assert posting.levels[LevelKey(100, 102, 7)].after == 4
    assert posting.levels[LevelKey(100, 102)].after == 5


def test_what_is_reserved_is_on_hand_and_not_available() -> None:
    posting, line = Posting(), StockLine(BOLT, A1, B2)
    assert posting.on_hand(line) == 5
    assert posting.available(line) == 2
    posting.post(line, Decimal(4))
    assert posting.on_hand(line) == 1
    assert posting.available(line) == 0
    assert posting.available(StockLine(BOLT, B2, A1)) == 1


def test_a_cost_is_kept_with_six_places_where_goods_come_in() -> None:
    moved = Posting().post(StockLine(BOLT, SUPPLIER, A1), Decimal(1), Decimal("0.0125"), "EUR")
    assert (str(moved.unit_cost), moved.currency) == ("0.012500", "EUR")


@pytest.mark.parametrize(
    ("source", "cost"),
    [
        (A1, (Decimal(1), "EUR")),
        (SUPPLIER, (Decimal(1), None)),
        (SUPPLIER, (None, "EUR")),
        (SUPPLIER, (Decimal(1), "XXX")),
        (SUPPLIER, (Decimal(-1), "EUR")),
        (SUPPLIER, (Decimal("0.0000001"), "EUR")),
        (SUPPLIER, (Decimal("NaN"), "EUR")),
    ],
)
def test_what_is_no_cost_is_refused_and_nothing_is_queued(source: LineEnd, cost: Any) -> None:
    posting = Posting()
    with pytest.raises(ValueError, match=r"."):
        posting.post(StockLine(BOLT, source, B2), Decimal(1), *cost)
    assert (posting.lines, posting.levels) == ([], {})
