"""Orders: every status and step, what a total in the books' currency is, and what is missing."""

from decimal import Decimal

import pytest

from bot.domain.approvals import Round, Step
from bot.domain.documents import ORDER
from bot.domain.money import Money
from bot.domain.orders import (
    ORDER_STATUSES,
    convert_total,
    count_missing,
    count_units,
    is_released,
)

# From each status, by what a record's action ends with, where an order can get to.
ALLOWED = {
    "draft": "edited>draft submitted>pending released>approved cancelled>cancelled",
    "pending": (
        "edited>pending released>approved approved>approved rejected>rejected cancelled>cancelled"
    ),
    "approved": "edited>pending released>approved sent>sent cancelled>cancelled",
    "rejected": "edited>draft cancelled>cancelled",
    "sent": "delivered>partial delivered>received cancelled>cancelled",
    "partial": (
        "delivered>partial delivered>received returned>partial returned>sent closed>closed"
    ),
    "received": "returned>received returned>partial returned>sent closed>closed",
    "closed": "",
    "cancelled": "",
}


@pytest.mark.parametrize("status", ORDER.statuses)
@pytest.mark.parametrize("step", ORDER_STATUSES.steps, ids=lambda step: step.past)
def test_every_pair_of_status_and_step_leads_where_the_product_says(
    status: str, step: Step
) -> None:
    before = Round(status=status, version=1, touched_by=frozenset(), agreed_by=frozenset())
    after = before.take(step, 7)
    if after is None:
        assert status not in step.leads
    else:
        assert f"{step.past}>{after.status}" in ALLOWED[status].split()
        assert after.version == 2


def test_no_step_that_the_product_names_is_missing() -> None:
    found = {
        status: {f"{s.past}>{s.leads[status]}" for s in ORDER_STATUSES.steps if status in s.leads}
        for status in ORDER.statuses
    }
    assert found == {status: set(said.split()) for status, said in ALLOWED.items()}


def test_a_total_is_converted_by_a_written_rate_alone_and_rounded_half_to_even() -> None:
    total = Money(Decimal("0.05"), "USD")
    assert convert_total(total, None, "EUR") is None
    assert str(convert_total(total, Decimal("0.5"), "EUR")) == "0.02 EUR"
    assert str(convert_total(total, Decimal("30.1"), "JPY")) == "2 JPY"
    assert not is_released(None, Decimal(100))
    assert is_released(Money(Decimal(100), "EUR"), Decimal(100))
    assert not is_released(Money(Decimal("100.01"), "EUR"), Decimal(100))


@pytest.mark.parametrize(
    ("point", "target", "available", "on_order", "missing"),
    [
        (None, None, "0", "0", "0"),
        ("5", "20", "6", "0", "0"),
        ("5", "20", "5", "0", "15"),
        ("5", "20", "2", "4", "0"),
        ("5", "20", "2", "3", "15"),
        ("5", "20", "-2", "0", "22"),
        ("5", None, "5", "0", "1"),
        ("5", None, "2", "0", "3"),
        ("0", None, "0", "0", "1"),
    ],
)
def test_what_is_missing_goes_up_to_the_target_once_it_is_down_to_the_point(
    point: str | None, target: str | None, available: str, on_order: str, missing: str
) -> None:
    at, up_to = (None if each is None else Decimal(each) for each in (point, target))
    found = count_missing(at, up_to, Decimal(available), Decimal(on_order))
    assert found == Decimal(missing)


def test_a_quantity_is_counted_in_another_unit_only_where_that_is_exact() -> None:
    assert count_units(Decimal(100), Decimal(50)) == 2
    assert count_units(Decimal(75), Decimal(50)) == Decimal("1.5")
    assert count_units(Decimal(10), Decimal(3)) is None
