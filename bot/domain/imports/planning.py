"""The plan of a file of any kind, and what of the books it takes to make it."""

from typing import Final

from bot.domain.imports import Catalogue
from bot.domain.imports.beside import parts_of_cell, split_code
from bot.domain.imports.content import Content
from bot.domain.imports.items import plan_items
from bot.domain.imports.locations import plan_locations
from bot.domain.imports.places import location_keys, names_within
from bot.domain.imports.plan import ImportPlan
from bot.domain.imports.prices import plan_prices
from bot.domain.imports.suppliers import plan_suppliers
from bot.domain.locations import SEPARATOR
from bot.domain.lookalikes import plain_code
from bot.domain.names import MAX_SKU, key_of
from bot.domain.sheets.headings import BARCODE, LOCATION, NAME, PARENT, SKU

_PLANNERS: Final = {"locations": plan_locations, "suppliers": plan_suppliers, "prices": plan_prices}


def plan_import(content: Content, catalogue: Catalogue) -> ImportPlan:
    """Plan what applying a file would do; it changes nothing."""
    return _PLANNERS.get(content.kind, plan_items)(content, catalogue)


def sku_keys(content: Content) -> list[str]:
    """Return the keys of the items that a file names."""
    if content.kind == "locations":
        return []
    rows = content.sheet.rows
    named = [name for name in (SKU, BARCODE) if name in content.columns]
    typed = {content.text(row, name) for row in rows for name in named}
    if content.kind == "items" and BARCODE in named:
        cells = [content.text(row, BARCODE) for row in rows]
        typed |= {split_code(part)[0] for cell in cells for part in parts_of_cell(cell)}
    keys = {key_of(each) for each in typed if 0 < len(each) <= 4 * MAX_SKU}
    # Those that a new one differs from in its dashes alone are looked for as well.
    return sorted(keys | {plain_code(key) for key in keys})


def place_keys(content: Content) -> list[str]:
    """Return the keys of the locations that a file may name, and of those that they are in."""
    rows, keys = content.sheet.rows, set[str]()
    if content.kind == "locations":
        for row in rows:
            name, parent = content.text(row, NAME), content.text(row, PARENT)
            keys.update(location_keys(name), location_keys(parent))
            keys.update(location_keys(f"{parent}{SEPARATOR}{name}"))
            keys.update(names_within(name), names_within(parent))
    else:
        for typed in {content.text(row, LOCATION) for row in rows}:
            keys.update(location_keys(typed), names_within(typed))
    for key in list(keys):
        names = key.split(SEPARATOR)
        keys.update(SEPARATOR.join(names[:count]) for count in range(1, len(names)))
    return sorted(key for key in keys if key)
