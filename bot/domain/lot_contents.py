"""What a record of many lines keeps of the lots that it made or dated, so that they are proved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
