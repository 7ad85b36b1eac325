"""Files as people send them, and the steps of an import without Discord."""

import hashlib
from typing import Final

import bot.services
from bot.domain.actors import Actor
from bot.domain.sheets.numbers import Mark
from bot.interactions.registers import load_modules
from bot.reports.sheets import read_sheet
from bot.services.imports.ahead import Mode
from bot.services.imports.applying import ApplyImport, ImportDone, apply_ahead
from bot.services.imports.previewing import (
    ImportPreviewed,
    PreviewImport,
    preview_again,
    preview_import,
)
from tests.database.books import Warehouse, new_key

load_modules(bot.services)  # with them the one that takes imports back

PARTS: Final = (
    "Artikelnummer;Bezeichnung;Menge;Einheit;Lagerort;Mindestbestand\r\n"
    "SHR-M8-40;Sechskantschraube M8\u00d740 verzinkt;1.250;Stk;Halle 1;200\r\n"
    "KAB-NYM;Kabel NYM-J 3\u00d71,5 mm²;87,5;m;Halle 1;25\r\n"
    "OEL-5W30;Öl 5W-30 für Außengeräte;12,75;l;Außenlager;\r\n"
    'MUT-M8;"Mutter M8; selbstsichernd";0;Stk;Halle 1;500\r\n'
).encode("cp1252")
FAULTY: Final = (
    b"sku,name,unit,quantity,place,reorder_point\n"
    b"OK-1,Good one,pcs,5,A1,\n"
    b",No code,pcs,5,A1,\n"
    b"OK-2,Good two,pcs,five,A1,\n"
    b"OK-3,Good three,pcs,-2,A1,\n"
    b"OK-1,Same code again,pcs,1,A1,\n"
    b"OK-4,Good four,pcs,3,Nowhere,\n"
    b"OK-5,Good five,pcs,2.12345,A1,x\n"
    b'OK-6,"Good six\nwith a second line",pcs,1,A1,0\n'
)


async def preview(
    warehouse: Warehouse,
    content: bytes | str,
    kind: str = "items",
    *,
    actor: Actor | None = None,
    mark: Mark | None = None,
) -> ImportPreviewed:
    """Preview a file, as the manager by default."""
    given = content.encode() if isinstance(content, str) else content
    request = PreviewImport(
        kind=kind,
        file_name="parts.csv",
        file_hash=hashlib.sha256(given).hexdigest(),
        sheet=read_sheet(given, kind),
    )
    actor = actor or warehouse.manager
    previewed = await preview_import(warehouse.db, request, actor)
    if mark is not None:
        return await preview_again(warehouse.db, previewed.token, actor, mark=mark)
    return previewed


async def apply(
    warehouse: Warehouse,
    previewed: ImportPreviewed,
    mode: Mode = "all",
    *,
    actor: Actor | None = None,
    key: str | None = None,
) -> ImportDone:
    """Apply a preview."""
    request = ApplyImport(token=previewed.token, mode=mode)
    actor = actor or warehouse.manager
    return await apply_ahead(warehouse.db, request, actor, new_key() if key is None else key)


async def import_file(
    warehouse: Warehouse, content: bytes | str, kind: str = "items", mode: Mode = "all"
) -> ImportDone:
    """Preview and apply a file."""
    return await apply(warehouse, await preview(warehouse, content, kind), mode)
