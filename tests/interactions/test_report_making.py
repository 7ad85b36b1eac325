"""A report whose file Discord would not take is written smaller, and says what it leaves out."""

import io
import random
import string
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

import bot.services.reports
from bot.database.unit import UnitOfWork
from bot.domain.imports import FileTooLarge
from bot.interactions.registers import load_modules
from bot.interactions.report_making import make_report
from bot.services.reports.kinds import FindReport, find_report
from bot.views.reports.pages import MadeReport, report_page
from tests.database.books import Warehouse

load_modules(bot.services.reports)
MANY = 300


async def add_items(uow: UnitOfWork) -> None:
    """Add items whose names cannot be compressed."""
    chance = random.Random(1)
    names = ["".join(chance.choices(string.printable[:94], k=80)) for _ in range(MANY)]
    rows = [
        {"sku": f"S-{at}", "sku_key": f"s-{at}", "name": name, "name_key": name, "unit": "pcs"}
        for at, name in enumerate(names)
    ]
    await uow.items.bulk_create([row | {"reorder_point": Decimal(9)} for row in rows])


async def make(warehouse: Warehouse) -> MadeReport:
    db, actor = warehouse.db, warehouse.manager
    async with db.reads.heavy_work(warehouse.guild_id):
        scope = await db.query(find_report, FindReport(kind="low"), actor)
        return await make_report(db, actor, "low", scope)


def text_of(made: MadeReport) -> str:
    view = report_page(made).view
    assert view is not None
    return "\n".join(str(getattr(item, "content", "")) for item in view.walk_children())


async def test_a_file_that_is_too_large_is_an_archive_or_has_the_first_rows(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await warehouse.change(add_items)
    monkeypatch.setattr("bot.interactions.report_making._FIRST_ROWS", (200, 10))
    made = await make(warehouse)
    assert made.file is not None
    assert (made.file[0], made.first_rows) == ("low.xlsx", None)
    whole = len(made.file[1])  # a few bytes more or less, as it says when it was written

    monkeypatch.setattr("bot.reports.tables.MAX_BYTES", whole - 100)
    made = await make(warehouse)
    assert made.file is not None
    assert (made.file[0], made.first_rows) == ("low.csv", None)
    assert len(made.file[1].splitlines()) == MANY + 1
    assert "all of them in the file" in text_of(made)

    monkeypatch.setattr("bot.reports.tables.MAX_BYTES", 9_000)
    made = await make(warehouse)
    assert made.file is not None
    assert made.first_rows == 10
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(made.file[1])).get_sheet_by_index(0)
    assert len(sheet.to_python()) == 11
    text = text_of(made)
    assert "**300 items**" in text
    assert "it has the first 10 rows" in text
    assert "all of them in the file" not in text
    assert len(text) <= 4000

    monkeypatch.setattr("bot.reports.tables.MAX_BYTES", 100)
    with pytest.raises(FileTooLarge):
        await make(warehouse)
