"""Counts that a device sends: what was seen at a location, at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.names import MAX_NOTE
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import Reference
from bot.services.stock import AdjustStock
from bot.services.sync.fields import Fields

_KNOWN: Final = ("item", "location", "counted", "unit", "lot", "note", "count")
# The ledger wants to know why a level was set.
_REASON: Final = "Counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountOf:
    """What was counted for a count that is under way."""

    count: Reference
    item: Reference
    location: Reference
    counted: TypedQuantity
    lot: Reference | None = None


def read_count(data: Mapping[str, Any]) -> AdjustStock | CountOf:
    """Return what a count asks for; raises InvalidValue."""
    fields = Fields.of(data, _KNOWN)
    item, location = fields.require_reference("item"), fields.require_reference("location")
    counted, lot = fields.require_quantity("counted"), fields.reference("lot")
    note = fields.text("note", limit=MAX_NOTE)
    count = fields.reference("count")
    if count is not None:
        return CountOf(count=count, item=item, location=location, counted=counted, lot=lot)
    return AdjustStock(
        item=item,
        location=location,
        counted=counted.value,
        unit=counted.unit,
        lot=lot,
        reason=note or _REASON,
    )
