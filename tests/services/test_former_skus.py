"""Former SKUs lead where the records say, and one that was made to lead elsewhere is found."""

import random
from contextlib import suppress

import pytest

from bot.database.models import FormerSku
from bot.domain.names import key_of
from bot.errors import TallymanError
from bot.services.items import EditItem, edit_item
from bot.services.merging import MergeItems, merge_items
from bot.services.moved import StockMoved
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.verification import verify_books
from bot.views.audit.findings import finding_text
from tests.conftest import SOAK
from tests.database.books import GUILD, Warehouse, rows_of
from tests.database.tampering import passing, tamper

SKUS = ("A", "B", "C", "D", "E", "F", "G", "H")
FORGED = {
    "a former SKU that leads to another item": (
        (
            "UPDATE former_sku SET item_id = (SELECT id FROM item WHERE sku = 'NUT')"
            " WHERE sku_key = 'bolt-8'"
        ),
        "the former SKU BOLT-8: item is ",
    ),
    "a former SKU that no item had": (
        (
            "INSERT INTO former_sku (guild_id, sku_key, sku, item_id)"
            " SELECT guild_id, 'gold', 'GOLD', id FROM item WHERE sku = 'NUT'"
        ),
        "the former SKU GOLD exists, but no record says so",
    ),
    "a former SKU removed": (
        "DELETE FROM former_sku WHERE sku_key = 'bolt-8'",
        "the former SKU BOLT-8 is missing",
    ),
    "a former SKU under another key": (
        "UPDATE former_sku SET sku_key = 'bolt-7' WHERE sku_key = 'bolt-8'",
        "the former SKU BOLT-8 exists, but no record says so",
    ),
    "a former SKU spelled otherwise": (
        "UPDATE former_sku SET sku = 'GOLD' WHERE sku_key = 'bolt-8'",
        "the former SKU GOLD: sku is GOLD",
    ),
}


async def rename(warehouse: Warehouse, item: str, sku: str) -> None:
    await warehouse.run(edit_item, EditItem(item=item, sku=sku), warehouse.manager)


async def merge(warehouse: Warehouse, item: str, into: str) -> StockMoved:
    return await warehouse.run(merge_items, MergeItems(item=item, into=into), warehouse.manager)


async def undo(warehouse: Warehouse, record: int) -> None:
    await warehouse.run(reverse_record, ReverseRecord(record=record), warehouse.manager)


async def said(warehouse: Warehouse) -> list[str]:
    verified = await verify_books(warehouse.db, warehouse.auditor)
    return [finding_text(each, verified) for each in verified.findings]


@pytest.fixture
async def renamed(warehouse: Warehouse) -> Warehouse:
    """Books with an item that had another SKU, and two that never had."""
    for sku in ("BOLT-8", "NUT", "PIN"):
        await warehouse.add_item(sku)
    await rename(warehouse, "BOLT-8", "BOLT")
    return warehouse


@pytest.mark.only_on("sqlite")
async def test_a_forged_former_sku_is_found(renamed: Warehouse, database_url: str) -> None:
    assert await said(renamed) == []
    for what, (statement, sentence) in FORGED.items():
        with passing(database_url):
            await tamper(database_url, statement)
            found = await said(renamed)
            assert any(sentence in each for each in found), (what, found)
    assert await said(renamed) == []


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("what", list(FORGED)[:3])
async def test_postgresql_finds_it_as_well(
    renamed: Warehouse, database_url: str, what: str
) -> None:
    statement, sentence = FORGED[what]
    await tamper(database_url, statement)
    assert any(sentence in each for each in await said(renamed))


@pytest.mark.both_engines
async def test_skus_that_were_changed_back_and_given_to_others_verify(renamed: Warehouse) -> None:
    await rename(renamed, "BOLT", "bolt")
    await rename(renamed, "bolt", "BOLT-8")
    await rename(renamed, "BOLT-8", "BOLT-9")
    await rename(renamed, "BOLT-9", "BOLT-8")
    await rename(renamed, "BOLT-8", "B")
    await rename(renamed, "NUT", "BOLT-8")
    await rename(renamed, "BOLT-8", "NUT")
    await rename(renamed, "PIN", "BOLT")
    led = {row.sku_key: row.sku for row in await rows_of(renamed.db, FormerSku, GUILD)}
    assert led == {
        "bolt-8": "BOLT-8",
        "bolt": "bolt",
        "bolt-9": "BOLT-9",
        "nut": "NUT",
        "pin": "PIN",
    }
    assert await said(renamed) == []


@pytest.mark.both_engines
async def test_merges_and_what_undid_them_verify(renamed: Warehouse) -> None:
    await rename(renamed, "NUT", "NUT-2")
    first = await merge(renamed, "BOLT", "NUT-2")
    await rename(renamed, "NUT-2", "NUT-3")
    assert await said(renamed) == []
    second = await merge(renamed, "NUT-3", "PIN")
    await rename(renamed, "PIN", "PIN-2")
    assert await said(renamed) == []
    await undo(renamed, second.record)
    assert await said(renamed) == []
    await rename(renamed, "NUT-3", "NUT")
    await undo(renamed, first.record)
    assert await said(renamed) == []
    await rename(renamed, "BOLT", "NUT-3")
    await merge(renamed, "PIN-2", "NUT-3")
    assert await said(renamed) == []


@pytest.mark.both_engines
async def test_a_former_sku_that_another_item_gave_up_since_stays_there(
    renamed: Warehouse,
) -> None:
    merged = await merge(renamed, "BOLT", "PIN")
    await rename(renamed, "NUT", "BOLT-8")
    await rename(renamed, "BOLT-8", "NUT")
    await undo(renamed, merged.record)
    assert await said(renamed) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100 if SOAK else 2))
async def test_whatever_is_renamed_merged_and_undone_verifies(
    warehouse: Warehouse, seed: int
) -> None:
    chance, merges = random.Random(seed), list[int]()
    for sku in SKUS[:5]:
        await warehouse.add_item(sku)
    for _ in range(40):
        what, (one, other) = (
            chance.choice(("rename", "rename", "merge", "undo")),
            chance.sample(SKUS, 2),
        )
        # Most steps name an item that there is; what is refused changes nothing.
        with suppress(TallymanError):
            if what == "rename":
                await rename(warehouse, one, other)
            elif what == "merge":
                merges.append((await merge(warehouse, one, other)).record)
            elif merges:
                await undo(warehouse, chance.choice(merges))
    assert merges
    assert await said(warehouse) == []
    for row in await rows_of(warehouse.db, FormerSku, GUILD):
        assert row.sku_key == key_of(row.sku)
