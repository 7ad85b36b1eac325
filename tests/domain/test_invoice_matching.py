"""The match of billed lines with what was ordered and received."""

from decimal import Decimal

import pytest

from bot.domain.invoice_matching import (
    PRICE,
    TOO_MANY,
    BilledLine,
    LineKey,
    OrderedLine,
    agrees_in_total,
    match_lines,
)
from bot.domain.money import Money

KEY = LineKey(7, 1)


def ordered(received: str, price: str, factor: str = "1", elsewhere: str = "0") -> OrderedLine:
    return OrderedLine(
        key=KEY,
        order="PO-7",
        ordered=Decimal(100),
        received=Decimal(received),
        unit="",
        unit_price=Decimal(price),
        factor=Decimal(factor),
        billed_elsewhere=Decimal(elsewhere),
    )


def billed(quantity: str, price: str, factor: str = "1") -> BilledLine:
    return BilledLine(
        number=1,
        sku="BOLT-8",
        item_unit="pcs",
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        factor=Decimal(factor),
        key=KEY,
    )


@pytest.mark.parametrize(
    ("line", "beside", "tolerance", "faults"),
    [
        (billed("10", "2"), ordered("10", "2"), "0", ()),
        (billed("10.001", "2"), ordered("10", "2"), "0", (TOO_MANY,)),
        (billed("10", "2"), ordered("10", "2", elsewhere="0.001"), "0", (TOO_MANY,)),
        (billed("10.2", "2"), ordered("10", "2"), "2", ()),
        (billed("10.201", "2"), ordered("10", "2"), "2", (TOO_MANY,)),
        (billed("1", "2.04"), ordered("10", "2"), "2", ()),
        (billed("1", "1.96"), ordered("10", "2"), "2", ()),
        (billed("1", "2.040001"), ordered("10", "2"), "2", (PRICE,)),
        (billed("1", "1.959999"), ordered("10", "2"), "2", (PRICE,)),
        # A box of fifty at 10 is 0.20 each.
        (billed("50", "0.2"), ordered("50", "10", "50"), "0", ()),
        (billed("50", "10", "50"), ordered("50", "0.2"), "0", ()),
        # A third of 10 has six places on paper, and no more.
        (billed("3", "3.333333"), ordered("3", "10", "3"), "0", ()),
        (billed("3", "3.333334"), ordered("3", "10", "3"), "0", (PRICE,)),
        (billed("1", "0.000001"), ordered("1", "0"), "5", (PRICE,)),
        (billed("1", "2"), ordered("0", "2"), "100", (TOO_MANY,)),
    ],
)
def test_a_line_agrees_within_the_tolerance(
    line: BilledLine, beside: OrderedLine, tolerance: str, faults: tuple[str, ...]
) -> None:
    (found,) = match_lines([line], {KEY: beside}, Decimal(tolerance))
    assert found.faults == faults


@pytest.mark.parametrize(
    ("total", "prices", "tolerance", "is_agreed"),
    [
        # 0.333 + 0.333 + 0.333 is a euro, or three times 0.33.
        ("1.00", ("0.333", "0.333", "0.333"), "0", True),
        ("0.99", ("0.333", "0.333", "0.333"), "0", True),
        ("1.01", ("0.333", "0.333", "0.333"), "0", False),
        ("0.26", ("0.125", "0.125"), "0", True),
        ("0.24", ("0.125", "0.125"), "0", True),
        ("200.01", ("100", "100"), "0", False),
        ("200.01", ("100", "100"), "1", True),
        ("202.00", ("100", "100"), "1", True),
        ("202.01", ("100", "100"), "1", False),
        ("197.99", ("100", "100"), "1", False),
    ],
)
def test_a_total_is_rounded_at_the_end_or_line_by_line(
    total: str, prices: tuple[str, ...], tolerance: str, *, is_agreed: bool
) -> None:
    lines = [billed("1", price) for price in prices]
    assert agrees_in_total(Money(Decimal(total), "EUR"), lines, Decimal(tolerance)) is is_agreed
