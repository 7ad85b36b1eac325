from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.receiving import (
    OpenLine,
    is_complete,
    limit_of,
    parse_received,
    read_received,
    received_field,
    share_among,
    unit_cost_of,
    write_received,
)

whole = st.integers(0, 30).map(Decimal)


def line(number: int, quantity: int, received: int = 0, percent: int = 0) -> OpenLine:
    ordered = Decimal(quantity)
    limit = limit_of(ordered, percent)
    return OpenLine(number=number, quantity=ordered, received=Decimal(received), limit=limit)


def test_an_order_is_complete_line_by_line_and_never_by_the_sum() -> None:
    lines = [line(1, 1), line(2, 1), line(3, 1)]
    assert share_among(lines[:1], Decimal(3)) is None
    assert not is_complete(lines, {1: Decimal(3)})
    assert is_complete(lines, {1: Decimal(1), 2: Decimal(1), 3: Decimal(1)})
    assert is_complete([line(1, 2, received=3), line(2, 1)], {2: Decimal(1)})


def test_what_is_to_come_is_filled_before_what_may_come_beyond() -> None:
    lines = [line(1, 10, percent=20), line(2, 10, received=4, percent=20)]
    assert share_among(lines, Decimal(16)) == {1: Decimal(10), 2: Decimal(6)}
    assert share_among(lines, Decimal(19)) == {1: Decimal(12), 2: Decimal(7)}
    assert share_among(lines, Decimal(20)) == {1: Decimal(12), 2: Decimal(8)}
    assert share_among(lines, Decimal(21)) is None


@given(st.lists(st.tuples(whole, whole), min_size=1, max_size=4), st.integers(0, 50), whole)
def test_shares_add_up_and_keep_to_the_limits(
    given_lines: list[tuple[Decimal, Decimal]], percent: int, delivered: Decimal
) -> None:
    lines = [
        OpenLine(number=number, quantity=q, received=min(r, q), limit=limit_of(q, percent))
        for number, (q, r) in enumerate(given_lines)
    ]
    shares = share_among(lines, delivered)
    assert (shares is None) == (delivered > sum(each.room for each in lines))
    if shares is not None:
        assert sum(shares.values()) == delivered
        assert all(shares.get(each.number, 0) <= each.room for each in lines)


def test_the_limit_is_a_share_of_what_was_ordered_rounded_down() -> None:
    assert limit_of(Decimal(3), 10) == Decimal("3.300")
    assert limit_of(Decimal("0.001"), 50) == Decimal("0.001")
    assert limit_of(Decimal(7), 0) == Decimal(7)


@pytest.mark.parametrize(
    ("price", "factor", "rate", "cost"),
    [
        ("10", "50", None, "0.200000"),
        ("1", "3", None, "0.333333"),
        ("0.000001", "2", None, "0.000000"),
        ("0.000003", "2", None, "0.000002"),
        ("10", "4", "1.1", "2.750000"),
    ],
)
def test_a_unit_costs_the_price_by_its_factor_in_the_guilds_currency(
    price: str, factor: str, rate: str | None, cost: str
) -> None:
    given_rate = None if rate is None else Decimal(rate)
    assert unit_cost_of(Decimal(price), Decimal(factor), given_rate) == Decimal(cost)


def test_what_records_say_of_a_line_is_read_back() -> None:
    assert read_received(received_field(12)) == 12
    assert read_received("received") is None
    assert parse_received(write_received(Decimal("2.500"), "BOLT 8", "pcs")) == Decimal("2.5")
    assert parse_received("") == 0
