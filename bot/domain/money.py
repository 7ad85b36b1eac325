"""Money: exact decimal amounts in a currency's own places, and unit prices to six places.

Nothing here converts a currency or accepts a float: both would be wrong without anyone noticing.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

# The active codes of ISO 4217 that stand for money (no metals, no test codes).
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES: Final = frozenset(_CODES.split())
_WITHOUT_PLACES = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_WITH_THREE_PLACES = "BHD IQD JOD KWD LYD OMR TND"
_PLACES: Final = {
    **dict.fromkeys(_WITHOUT_PLACES.split(), 0),
    **dict.fromkeys(_WITH_THREE_PLACES.split(), 3),
}
_DEFAULT_PLACES: Final = 2

UNIT_PRICE_PLACES: Final = 6
# What the columns hold on both engines: SQLite keeps millionths in 64 bits.
MAX_UNIT_PRICE: Final = Decimal("999999999999.999999")
_MAX_AMOUNT: Final = Decimal(10) ** 30
# The default context rounds products and sums of large amounts to 28 digits without a word.
_WIDE: Final = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency, exact to the currency's smallest unit."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        exact = _exact(self.amount, places_of(self.currency))
        object.__setattr__(self, "amount", exact)

    @classmethod
    def of_units(cls, unit_price: Decimal, quantity: Decimal, currency: str) -> "Money":
        """Return what a quantity costs, rounded once and half to even."""
        total = _WIDE.multiply(_decimal(unit_price), _decimal(quantity))
        return cls(
            total.quantize(_step(places_of(currency)), ROUND_HALF_EVEN, context=_WIDE), currency
        )

    def __add__(self, other: "Money") -> "Money":
        self._require_same(other)
        return Money(_WIDE.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._require_same(other)
        return Money(_WIDE.subtract(self.amount, other.amount), self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._require_same(other)
        return self.amount < other.amount

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def _require_same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} are different currencies")


def places_of(currency: str) -> int:
    """Return how many decimals a currency has; raises ValueError for an unknown one."""
    if currency not in CURRENCIES:
        raise ValueError("not an ISO 4217 currency")
    return _PLACES.get(currency, _DEFAULT_PLACES)


def format_unit_price(amount: Decimal, currency: str) -> str:
    """Write the price of one unit as people do: `0.0012 EUR`, `2.50 EUR`, `300 JPY`."""
    whole, _, fraction = f"{amount:f}".partition(".")
    kept = fraction.rstrip("0").ljust(places_of(currency), "0")
    return f"{whole}.{kept} {currency}" if kept else f"{whole} {currency}"


def require_unit_price(value: Decimal) -> Decimal:
    """Return the price of one unit, in six places; raises ValueError if it has more."""
    exact = _exact(value, UNIT_PRICE_PLACES)
    if not 0 <= exact <= MAX_UNIT_PRICE:
        raise ValueError("a unit price is at least zero and has at most 12 digits before the point")
    return exact


def _exact(value: Decimal, places: int) -> Decimal:
    """Return the value with exactly these places; raises ValueError if digits would be lost."""
    exact = _decimal(value).quantize(_step(places), context=_WIDE)
    if exact != value:
        raise ValueError(f"more than {places} decimals")
    return exact or exact.copy_abs()  # minus zero is zero


def _decimal(value: Decimal) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not an exact decimal")
    if not value.is_finite() or abs(value) >= _MAX_AMOUNT:
        raise ValueError("not a finite amount of at most 30 digits")
    return value


def _step(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)
