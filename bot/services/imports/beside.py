"""Further units and barcodes of an import: written with its items, and taken back with them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.database.unit import UnitOfWork
from bot.database.writer.rows import chunks
from bot.domain.imports import ImportNotReversible
from bot.domain.imports.beside import write_beside
from bot.domain.imports.contents import Facts, ImportContents, Pair
from bot.domain.imports.plan import PlannedBeside, PlannedRow
from bot.domain.items import split_field, write_meaning
from bot.domain.names import key_of


async def write_units_and_codes(
    uow: UnitOfWork, rows: Sequence[PlannedRow], added: Mapping[str, int], contents: ImportContents
) -> int:
    """Write what rows have beside the columns of items; return of how many that is all."""
    planned = [(row.item_id or added[row.key], row) for row in rows if row.beside]
    if not planned:
        return 0
    each = [(number, beside) for number, row in planned for beside in row.beside]
    await _write_units(uow, [one for one in each if one[1].kind == "unit"])
    await _write_codes(uow, [one for one in each if one[1].kind == "barcode"])
    for number, row in planned:
        was, now = write_beside(row.beside)
        before, after = contents.beside.get(number, ({}, {}))
        contents.beside[number] = {**before, **was}, {**after, **now}
    alone = {number for number, _ in planned}
    return len(alone - contents.items.keys())


async def _write_units(uow: UnitOfWork, units: Sequence[tuple[int, PlannedBeside]]) -> None:
    new = [one for one in units if one[1].before is None]
    for part in chunks(new):
        await uow.item_units.bulk_create(
            [
                {"item_id": number, "unit_key": by.key, "unit": by.name, "factor": by.quantity}
                for number, by in part
            ]
        )
    changed = [((number, by.key), {"factor": by.quantity}) for number, by in units if by.before]
    for some in chunks(changed):
        await uow.item_units.bulk_update(some)
    await _touch(uow, [number for number, _ in units])


async def _write_codes(uow: UnitOfWork, codes: Sequence[tuple[int, PlannedBeside]]) -> None:
    new = [
        {
            "code_key": code.key,
            "code": code.name,
            "item_id": number,
            "unit": code.unit,
            "quantity": code.quantity,
        }
        for number, code in codes
        if code.before is None
    ]
    for part in chunks(new):
        await uow.barcodes.bulk_create(part)
    changed = [
        ((code.key,), {"unit": code.unit, "quantity": code.quantity})
        for _, code in codes
        if code.before is not None
    ]
    for some in chunks(changed):
        await uow.barcodes.bulk_update(some)


async def _touch(uow: UnitOfWork, item_ids: Sequence[int]) -> None:
    """Make items ones that this record changed, as an item changes with its units."""
    for part in chunks([((number,), dict[str, Any]()) for number in dict.fromkeys(item_ids)]):
        await uow.items.bulk_update(part)


async def take_beside_back(
    uow: UnitOfWork, record: int, beside: Mapping[int, Pair], restored: ImportContents
) -> None:
    """Restore the units and codes of items; raises ImportNotReversible if they changed since."""
    rows = await uow.items.get_many(list(beside))
    for number, (before, after) in beside.items():
        # A unit that a code means goes after the code.
        for name in sorted(after, key=lambda each: split_field(each)[0]):
            kind, which = split_field(name)
            restore = _restore_code if kind == "barcode" else _restore_unit
            if not await restore(uow, number, which, before[name], after[name]):
                raise ImportNotReversible(record, rows[number].sku)
        restored.beside[number] = Facts(after), Facts(before)


async def _restore_code(uow: UnitOfWork, number: int, code: str, before: str, after: str) -> bool:
    """Restore what a code meant; return False if it means something else, or that unit is gone."""
    row = await uow.barcodes.get_by_id(key_of(code))
    if row is None or row.item_id != number or write_meaning(row.quantity, row.unit) != after:
        return False
    if before:
        quantity, _blank, unit = before.partition(" ")
        if unit and await uow.item_units.get_by_id(number, key_of(unit)) is None:
            return False
        await uow.barcodes.update_by_id(row.code_key, quantity=Decimal(quantity), unit=unit)
    else:
        await uow.barcodes.delete_by_id(row.code_key)
    return True


async def _restore_unit(uow: UnitOfWork, number: int, unit: str, before: str, after: str) -> bool:
    """Restore how much a unit was; return False if it is another by now, or a code means it."""
    row = await uow.item_units.get_by_id(number, key_of(unit))
    if row is None or write_meaning(row.factor, "") != after:
        return False
    if before:
        await uow.item_units.update_by_id(number, row.unit_key, factor=Decimal(before))
        return True
    if await uow.barcodes.find_one(item_id=number, unit=row.unit) is not None:
        return False
    return await uow.item_units.delete_by_id(number, row.unit_key)
