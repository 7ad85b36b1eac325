"""Purchase orders: their statuses and the steps between them, and what their rules refuse."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bot.domain.approvals import APPROVE, REJECT, Effect, StatusTable, Step
from bot.domain.days import parse_day
from bot.domain.documents import ORDER
from bot.domain.line_amounts import round_amount
from bot.domain.money import MAX_UNIT_PRICE, UNIT_PRICE_PLACES, Money
from bot.domain.prices import Price, is_jump, rise_percent
from bot.domain.quantities import PLACES, read_number
from bot.errors import InvalidValue, NothingToDo, RuleBroken

# As many as a person reads on a card or in a file, and a unit writes at once.
MAX_ORDER_LINES: Final = 200

DRAFT, PENDING, APPROVED, REJECTED, SENT, PARTIAL, RECEIVED, CLOSED, CANCELLED = ORDER.statuses

# While goods may still come in.
AWAITED: Final = frozenset({SENT, PARTIAL})
# What boards, reports and Why? call open: it waits for a decision, to be sent, or for goods.
UNDER_WAY: Final = frozenset({PENDING, APPROVED}) | AWAITED

# Whatever was decided before is about another version.
EDIT: Final = Step(past="edited", effect=Effect.REVISE, leads=ORDER.steps["edit"])
SUBMIT: Final = Step(past="submitted", effect=Effect.REVISE, leads=ORDER.steps["submit"])
# A total of at most `order_approval_above` needs no decision.
RELEASE: Final = Step(past="released", effect=Effect.REVISE, leads=ORDER.steps["release"])
SEND: Final = Step(past="sent", effect=Effect.REVISE, leads=ORDER.steps["send"])
DELIVER: Final = Step(past="delivered", effect=Effect.REVISE, leads=ORDER.steps["deliver"])
COMPLETE: Final = Step(past="delivered", effect=Effect.REVISE, leads=ORDER.steps["complete"])
# A delivery was reversed: all of the goods that were ordered, some, or none are left.
RETURN_SURPLUS: Final = Step(
    past="returned", effect=Effect.REVISE, leads=ORDER.steps["return_surplus"]
)
RETURN: Final = Step(past="returned", effect=Effect.REVISE, leads=ORDER.steps["return"])
RESET: Final = Step(past="returned", effect=Effect.REVISE, leads=ORDER.steps["reset"])
CLOSE: Final = Step(past="closed", effect=Effect.REVISE, leads=ORDER.steps["close"])
CANCEL: Final = Step(past="cancelled", effect=Effect.REVISE, leads=ORDER.steps["cancel"])

ORDER_STATUSES: Final = StatusTable(
    (
        EDIT,
        SUBMIT,
        RELEASE,
        APPROVE,
        REJECT,
        SEND,
        DELIVER,
        COMPLETE,
        RETURN_SURPLUS,
        RETURN,
        RESET,
        CLOSE,
        CANCEL,
    ),
    first=DRAFT,
    pending=PENDING,
    opened="opened",
)


@dataclass(eq=False)
class SupplierNotApproved(RuleBroken):
    """Only from an approved supplier can be ordered."""

    supplier: str
    status: str


@dataclass(eq=False)
class PricesMissing(RuleBroken):
    """Some lines have no price, and neither the supplier's list nor an earlier order has one."""

    label: str
    lines: tuple[tuple[int, str], ...]


@dataclass(eq=False)
class OtherCurrency(RuleBroken):
    """A line's price is in another currency than the order."""

    currency: str
    typed: str


@dataclass(eq=False)
class NothingToOrder(NothingToDo):
    """What is available and on order reaches the item's target already."""

    noun: str = field(default="item", init=False)
    label: str


@dataclass(eq=False)
class SupplierNeeded(RuleBroken):
    """The item was ordered from no one before; `choices` are ids and names of suppliers.

    `alert` is the message that asked, 0 for none: it is answered with the choice.
    """

    item_id: int
    record: int
    item: str
    choices: tuple[tuple[int, str], ...] = ()
    alert: int = 0


@dataclass(frozen=True, slots=True)
class PriceMarks:
    """What is remarkable about a line's price: by how many percent it rose, a lower list price."""

    rise: int | None = None
    before: Price | None = None
    listed: Price | None = None


def mark_price(price: Price, last_paid: Price | None, listed: Price | None) -> PriceMarks | None:
    """Compare a price with the last one paid and the supplier's list; None if all is well.

    Prices of different currencies are not compared.
    """
    is_risen = last_paid is not None and is_jump(last_paid, price)
    is_above = listed is not None and listed.currency == price.currency and price.each > listed.each
    if not is_risen and not is_above:
        return None
    return PriceMarks(
        rise=rise_percent(last_paid, price) if is_risen and last_paid else None,
        before=last_paid if is_risen else None,
        listed=listed if is_above else None,
    )


def count_units(quantity: Decimal, factor: Decimal) -> Decimal | None:
    """Return a quantity of an item's own unit in another one, None if that is not exact."""
    exact = Fraction(quantity) / Fraction(factor) * 10**PLACES
    return Decimal(exact.numerator).scaleb(-PLACES) if exact.denominator == 1 else None


def read_rate(text: str, currency: str, guild_currency: str) -> Decimal | None:
    """Read what one of a currency is in the guild's; None for nothing.

    Raises InvalidValue, also for a rate that an order in the guild's own currency does not need.
    """
    if not text.strip():
        return None
    if currency == guild_currency:
        raise InvalidValue(field="rate", reason="same_currency", value=currency)
    read = read_number(text, field="rate", places=UNIT_PRICE_PLACES, limit=MAX_UNIT_PRICE)
    if read.unit:
        raise InvalidValue(field="rate", reason="not_a_number", value=text.strip()[:40])
    return read.value


def read_promised(text: str, today: date) -> date | None:
    """Read the day for which goods are promised, from today on; None for nothing."""
    if not text.strip():
        return None
    day = parse_day(text, field="promised_on", today=today)
    if day < today:
        raise InvalidValue(field="promised_on", reason="past", value=day.isoformat())
    return day


def convert_total(total: Money, rate: Decimal | None, currency: str) -> Money | None:
    """Return a total in another currency by a written rate, None without one."""
    if total.currency == currency:
        return total
    if rate is None:
        return None
    return round_amount(Fraction(total.amount) * Fraction(rate), currency)


def is_released(total: Money | None, limit: Decimal) -> bool:
    """Whether a total, in the guild's currency, is so small that no one need approve it."""
    return total is not None and total.amount <= limit


def count_missing(
    point: Decimal | None, target: Decimal | None, available: Decimal, on_order: Decimal
) -> Decimal:
    """Return how much to order of an item: up to its target, once it is down to its point.

    Without a target it is brought to its point, and by one above where it is there.
    """
    there = available + on_order
    if point is None or there > point:
        return Decimal("0.000")
    return max((target if target is not None else point) - there, Decimal("1.000"))
