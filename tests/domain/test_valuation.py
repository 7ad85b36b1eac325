from collections import defaultdict
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.line_amounts import round_amount
from bot.domain.valuation import Layer, Layers, LeftCosts, Value, ValueTotals

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)
COSTS = [(None, None), (Decimal(1), "EUR"), (Decimal("0.000001"), "EUR"), (Decimal(2), "JPY")]
steps = st.lists(
    st.tuples(st.integers(-9, 9).filter(bool), st.sampled_from(COSTS), st.booleans()), max_size=40
)


def euro(quantity: int | str, cost: str) -> Layer:
    return Layer(Decimal(quantity), Decimal(cost), "EUR")


def one_by_one(history: list[tuple[int, tuple[Decimal | None, str | None], bool]]) -> list[object]:
    """Value a history unit by unit: the n-th that leaves is the n-th that came in."""
    ins = [cost for by, cost, _ in history for _ in range(max(by, 0))]
    outs = [is_march for by, _, is_march in history for _ in range(max(-by, 0))]
    kept: defaultdict[object, Decimal] = defaultdict(Decimal)
    for cost, currency in ins[len(outs) :]:
        kept[currency] += cost if cost is not None else 1
    left: defaultdict[object, Decimal] = defaultdict(Decimal)
    for (cost, currency), is_march in zip(ins, outs, strict=False):
        left[is_march, currency] += cost if cost is not None else 1
    return [max(0, len(ins) - len(outs)), dict(kept), dict(left)]


@given(steps)
def test_layers_are_worth_what_counting_them_one_by_one_gives(
    history: list[tuple[int, tuple[Decimal | None, str | None], bool]],
) -> None:
    left = LeftCosts()
    layers = Layers(left)
    for by, (cost, currency), is_march in history:
        if by > 0:
            layers.receive(Layer(Decimal(by), cost, currency))
        else:
            layers.release(MARCH if is_march else JANUARY, Decimal(-by))
    value = layers.value()
    kept: dict[str | None, Decimal] = {None: value.without_price}
    kept |= dict(value.amounts)
    went: dict[object, Decimal] = {
        (month == MARCH, currency): amount for (month, currency), amount in left.amounts.items()
    }
    went |= {(month == MARCH, None): amount for month, amount in left.without_price.items()}
    quantity, expected, expected_left = one_by_one(history)
    assert value.quantity == quantity
    assert {key: each for key, each in kept.items() if each} == expected
    assert went == expected_left


def test_deliveries_at_one_price_are_one_layer() -> None:
    layers = Layers(LeftCosts())
    for _ in range(1000):
        layers.receive(euro(3, "1.25"))
    assert len(layers.layers) == 1
    assert layers.value().amounts == (("EUR", Decimal(3750)),)


def test_a_merged_item_comes_in_behind_what_is_there_at_its_own_costs() -> None:
    left = LeftCosts()
    other, layers = Layers(left), Layers(left)
    other.receive(euro(2, "1"))
    layers.receive(euro(1, "5"))
    layers.absorb(other)
    layers.release(MARCH, Decimal(2))
    assert left.amounts == {(MARCH, "EUR"): Decimal(6)}
    assert layers.value().amounts == (("EUR", Decimal(1)),)


def test_amounts_are_exact_and_rounded_half_even_at_the_end() -> None:
    largest = Layer(Decimal("999999999.999"), Decimal("999999999999.999999"), "EUR")
    layers = Layers(LeftCosts())
    layers.receive(largest)
    exact = Decimal(999_999_999_999 * 999_999_999_999_999_999).scaleb(-9, Context(prec=60))
    assert layers.value().amounts == (("EUR", exact),)
    totals = ValueTotals()
    for _ in range(3):
        totals.add(Value(Decimal(1), (("EUR", Decimal("0.005")),)))
    assert str(round_amount(Fraction(totals.amounts["EUR"]), "EUR")) == "0.02 EUR"
    assert str(round_amount(Fraction("0.005"), "EUR")) == "0.00 EUR"


def test_a_part_is_worth_its_share_of_every_layer() -> None:
    value = Value(Decimal(3), (("EUR", Decimal(9)),), Decimal(1))
    part = Value(Decimal(1), (("EUR", Decimal(3)),), Decimal("0.333"))
    assert value.share(Decimal(1)) == part
