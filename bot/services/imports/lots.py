"""Writing the lots of an import: new ones where stock of them comes in, and days on known ones."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.database.unit import UnitOfWork
from bot.domain.imports.contents import ImportContents, lot_pair, write_day
from bot.domain.imports.plan import PlannedLot, PlannedRow
from bot.domain.lots import StockedLot
from bot.services.imports.count_lines import LotsByKeys
from bot.services.imports.usable import note_dated

# With the words of their codes.
_ADDED_AT_ONCE: Final = 1000


async def write_lots(
    uow: UnitOfWork,
    rows: Sequence[PlannedRow],
    added: Mapping[str, int],
    contents: ImportContents,
) -> LotsByKeys:
    """Add lots and date others; returns those that rows count, by the keys of item and code."""
    named: dict[tuple[str, str], tuple[int, PlannedLot]] = {}
    for row in rows:
        if row.level is not None and row.level.lot is not None and row.level.changes:
            item_id = added[row.key] if row.item_id is None else row.item_id
            named[row.key, row.level.lot.key] = item_id, row.level.lot
    known = {keys: lot.id for keys, (_, lot) in named.items() if lot.id is not None}
    new = [keys for keys in named if keys not in known]
    for start in range(0, len(new), _ADDED_AT_ONCE):
        part = new[start : start + _ADDED_AT_ONCE]
        made = await uow.lots.bulk_create([_columns(*named[keys]) for keys in part])
        for keys, opened in zip(part, made, strict=True):
            known[keys] = opened.id
            pair = lot_pair(opened.item_id, opened.code, opened.expires_on)
            contents.lots[opened.id] = pair
    dated = [lot for _, lot in named.values() if lot.is_dated]
    await note_dated(uow, [item_id for item_id, lot in named.values() if lot.is_dated])
    await uow.lots.bulk_update([((lot.id or 0,), {"expires_on": lot.expires_on}) for lot in dated])
    for lot in dated:
        was, now = write_day(lot.before), write_day(lot.expires_on)
        contents.lots[lot.id or 0] = {"expires": was}, {"expires": now}
    return {
        keys: StockedLot(known[keys], lot.code, lot.expires_on) for keys, (_, lot) in named.items()
    }


def _columns(item_id: int, lot: PlannedLot) -> dict[str, object]:
    return {
        "item_id": item_id,
        "code": lot.code,
        "code_key": lot.key,
        "expires_on": lot.expires_on,
    }
