"""Items as files have them: their columns, further units and codes."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from bot.database.controllers.export_statements import ExportedItem
from bot.database.unit import Books
from bot.domain.items import WRITE_WHOLE, write_meaning
from bot.domain.quantities import format_quantity
from bot.services.exports.rows import Row

# `box=50` is a unit of fifty; `4001=1 box` is what a code means, where it is not one of the item.
ITEM_HEADINGS: Final = (
    *("sku", "name", "unit", "reorder_point", "reorder_target", "tracking", "whole"),
    *("further_units", "barcodes"),
)
_ONE: Final = "1"


async def read_item_rows(books: Books, items: Sequence[ExportedItem]) -> list[Row]:
    """Return the rows of items, in two statements however many they are."""
    ids = [each.id for each in items]
    units = await books.file_rows.list_units(ids)
    codes = defaultdict[int, list[str]](list)
    for code in await books.file_rows.list_barcodes(ids):
        means = write_meaning(code.quantity, code.unit)
        codes[code.item_id].append(code.code if means == _ONE else f"{code.code}={means}")
    return [
        (
            *(each.sku, each.name, each.unit, each.reorder_point, each.reorder_target),
            each.tracking,
            WRITE_WHOLE[each.whole],
            "; ".join(f"{by.unit}={format_quantity(by.factor)}" for by in units.get(each.id, ())),
            "; ".join(codes[each.id]),
        )
        for each in items
    ]
