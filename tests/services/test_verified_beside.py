"""What goes with records is held against them: receipts, files, how default roles are called."""

import pytest

from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.verification import verify_books
from bot.views.audit.findings import finding_text
from tests.database.books import Warehouse
from tests.database.tampering import passing, tamper
from tests.services.imports.files import apply, preview

FILE = "sku,name,unit\nNEW-1,New one,pcs\n"
COPY = (
    "INSERT INTO import_preview (guild_id, token, kind, file_name, file_hash, made_by, made_at,"
    " expires_at, based_on, content, applied_record)"
    " SELECT guild_id, 'other', kind, file_name, {hash}, made_by, made_at, expires_at, based_on,"
    " content, {record} FROM import_preview WHERE applied_record IS NOT NULL"
)
FORGED = {
    "a default role described otherwise": (
        "UPDATE role SET description = 'Harmless' WHERE name = 'admin'",
        "role admin: description is Harmless",
    ),
    "a receipt of another's request": (
        "UPDATE receipt SET actor_id = 4711 WHERE record = 3",
        "a receipt names #3, which it does not belong to",
    ),
    "a receipt under another key": (
        "UPDATE receipt SET key = 'discord:4711' WHERE record = 3",
        "a receipt names #3, which it does not belong to",
    ),
    "a receipt that answers with another record": (
        "UPDATE receipt SET record = 2 WHERE record = 3",
        "a receipt names #2, which it does not belong to",
    ),
    "a receipt of a record that there is not yet": (
        "UPDATE receipt SET record = 4711 WHERE record = 3",
        "a receipt names #4711, which it does not belong to",
    ),
    "an imported file swapped": (
        "UPDATE import_preview SET file_hash = 'x' WHERE applied_record IS NOT NULL",
        "imported: file is x, #",
    ),
    "a file imported as something else": (
        "UPDATE import_preview SET kind = 'suppliers'",
        "imported: kind is suppliers, #",
    ),
    "an imported file forgotten": (
        "DELETE FROM import_preview",
        "imported is missing",
    ),
    "a file that another record imported": (
        COPY.format(hash="'x'", record="2"),
        "the file that #2 imported exists, but no record says so",
    ),
    "a file that was imported twice by one record": (
        COPY.format(hash="file_hash", record="applied_record"),
        "imported exists, but no record says so",
    ),
}


@pytest.fixture
async def imported(warehouse: Warehouse) -> Warehouse:
    """Books into which a file was imported, and another that waits to be."""
    await warehouse.add_item()
    previewed = await preview(warehouse, FILE)
    await apply(warehouse, previewed)
    await preview(warehouse, FILE + "NEW-2,New two,pcs\n")
    return warehouse


async def said(warehouse: Warehouse) -> list[str]:
    verified = await verify_books(warehouse.db, warehouse.auditor)
    return [finding_text(each, verified) for each in verified.findings]


@pytest.mark.only_on("sqlite")
async def test_what_was_forged_beside_records_is_found(
    imported: Warehouse, database_url: str
) -> None:
    for what, (statement, sentence) in FORGED.items():
        with passing(database_url):
            await tamper(database_url, statement)
            found = await said(imported)
            assert any(sentence in each for each in found), (what, found)
    assert await said(imported) == []


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("what", ["a receipt under another key", "an imported file swapped"])
async def test_postgresql_finds_it_as_well(
    imported: Warehouse, database_url: str, what: str
) -> None:
    statement, sentence = FORGED[what]
    await tamper(database_url, statement)
    assert any(sentence in each for each in await said(imported))


@pytest.mark.both_engines
async def test_imports_that_were_undone_and_done_again_verify(imported: Warehouse) -> None:
    await imported.run(reverse_record, ReverseRecord(), imported.manager)
    assert await said(imported) == []
    await apply(imported, await preview(imported, FILE))
    assert await said(imported) == []
