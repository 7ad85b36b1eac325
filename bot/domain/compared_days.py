"""An item's kept days beside those that the ledger makes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from bot.domain.findings import Finding
from bot.domain.item_days import Candle
from bot.domain.quantities import format_quantity

NOUN: Final = "item day"
_FIELDS: Final = ("opened", "highest", "lowest", "closed", "volume")


def compare_days(
    item: str, record: int, kept: Iterable[Mapping[str, Any]], made: Iterable[Candle]
) -> Iterator[Finding]:
    """Yield what differs; `record` is the last one that the days are made from."""
    expected = {each.day: each for each in made}
    for row in kept:
        thing = f"{item} / {row['day']}"
        candle = expected.pop(row["day"], None)
        if candle is None:
            yield Finding("row_stray", record, noun=NOUN, thing=thing)
            continue
        for name in _FIELDS:
            stored, recorded = row[name], getattr(candle, name)
            if stored != recorded:
                yield Finding(
                    "row_differs",
                    record,
                    noun=NOUN,
                    thing=thing,
                    field=name,
                    stored=_shown(stored),
                    recorded=format_quantity(recorded),
                )
    for day in sorted(expected):
        yield Finding("row_missing", record, noun=NOUN, thing=f"{item} / {day}")


def _shown(stored: Any) -> str:
    try:
        return format_quantity(stored)
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        return str(stored)
