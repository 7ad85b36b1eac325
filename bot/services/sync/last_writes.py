"""The last write wins: which fields of a row were changed later than a device changed them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from bot.database.unit import UnitOfWork
from bot.domain.imports import IMPORT_APPLIED
from bot.domain.sync_refusals import ChangedSince
from bot.services.imports.reversing import IMPORT_REVERSED

# What records call fields that the protocol calls otherwise.
_RECORDED: Final = {
    "reorder_point": "reorder point",
    "reorder_target": "reorder target",
    "parent": "inside",
}
_IMPORTS: Final = (IMPORT_APPLIED, IMPORT_REVERSED)


@dataclass(frozen=True, slots=True)
class FieldsLeft:
    """Fields that were left as a later record has set them."""

    fields: tuple[str, ...]
    record: int


async def drop_overtaken(
    uow: UnitOfWork, noun: str, row_id: int, values: Mapping[str, Any], *, is_current: bool
) -> tuple[dict[str, Any], FieldsLeft | None]:
    """Return the values that no later change has set, and what was; raises ChangedSince.

    A device that saw the row as it is (`is_current`) knows of all changes.
    """
    later = {} if is_current else await _find_later(uow, noun, row_id)
    lost = {name: later[_RECORDED.get(name, name)] for name in values if _is_in(later, name)}
    if not lost:
        return dict(values), None
    overtaken = FieldsLeft(tuple(sorted(lost)), max(lost.values()))
    kept = {name: value for name, value in values.items() if name not in lost}
    if not kept:
        raise ChangedSince(overtaken.fields, overtaken.record)
    return kept, overtaken


async def _find_later(uow: UnitOfWork, noun: str, row_id: int) -> dict[str, int]:
    """Return the fields that were changed after the unit happened, and in which record last."""
    assert uow.happened_at is not None
    found: dict[str, int] = {}
    for record, detail in await uow.sync_operations.list_changes(noun, row_id, uow.happened_at):
        found |= dict.fromkeys(orjson.loads(detail).get("after", {}), record)
    rows = await uow.sync_operations.list_recorded(_IMPORTS, uow.happened_at)
    for record, detail in rows:
        contents = orjson.loads(detail).get("contents", {})
        # Codes and units of items are beside their columns.
        kept = [contents.get(f"{noun}s", {}), contents.get("beside", {}) if noun == "item" else {}]
        for name in {
            name for pairs in kept for facts in pairs.get(str(row_id), ()) for name in facts
        }:
            found[name] = max(record, found.get(name, 0))
    return found


def _is_in(later: Mapping[str, int], name: str) -> bool:
    return _RECORDED.get(name, name) in later
