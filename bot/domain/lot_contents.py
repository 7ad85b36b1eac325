"""What a record of many lines keeps of the lots that it made or dated, so that they are proved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from bot.domain.lots import read_lot_change

Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class LotContents:
    """Lots before and after, by their ids; of new ones there is nothing before."""

    lots: dict[int, tuple[Facts, Facts]] = field(default_factory=dict)

    def write(self) -> dict[str, Any]:
        """Return them as plain values for a record's detail."""
        return {"lots": {str(key): pair for key, pair in self.lots.items()}}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "LotContents":
        """Read them back from a record's detail."""
        lots = kept.get("lots", {}).items()
        return cls({int(key): (before, after) for key, (before, after) in lots})


def read_days(detail: str) -> dict[int, tuple[str, str]]:
    """Return the last good days, before and after, that a record wrote on lots by their ids.

    Those that it made are left out: no other day was on them.
    """
    # As text first: the details of most records need not be parsed for it.
    if '"lot' not in detail:
        return {}
    kept = orjson.loads(detail)
    days = {}
    for name, after in kept.get("after", {}).items():
        written = read_lot_change(name, after)
        was = read_lot_change(name, kept["before"].get(name, ""))
        if written is not None and was is not None and was[1]["code"]:
            days[written[0]] = was[1]["expires"], written[1]["expires"]
    for lot_id, (before, after) in LotContents.read(kept.get("contents", {})).lots.items():
        if "expires" in before:
            days[lot_id] = before["expires"], after["expires"]
    return days
