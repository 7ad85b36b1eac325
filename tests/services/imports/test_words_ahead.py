"""Words of new items, inserted ahead of the unit: found with the items, and never without them."""

import pytest

from bot.database.controllers.words import make_words
from bot.database.delivery.import_previews import KeptPreviews
from bot.database.delivery.import_words import ImportWords
from bot.database.models import SearchWord, StockLevel
from bot.domain.imports import ImportLapsed, ImportOutdated
from bot.services.imports import ahead
from bot.services.imports.applying import ApplyImport, apply_import
from bot.services.items import EditItem, edit_item
from bot.services.verification import verify_books
from tests.database.books import GUILD, Warehouse, new_key, refusal, rows_of
from tests.database.clock import Clock
from tests.services.imports.files import apply, preview
from tests.services.picks import ask

NEW = 250
FILE = "sku,name\nOLD-1,Left as it was\n" + "".join(
    f"NEW-{number},Washer {number}\n" for number in range(NEW)
)


async def words_of(warehouse: Warehouse) -> set[str]:
    rows = await rows_of(warehouse.db, SearchWord, GUILD)
    return {row.word for row in rows if row.noun == "item"}


async def find(warehouse: Warehouse, text: str) -> list[str]:
    async with warehouse.db.look_up(warehouse.manager) as books:
        return [row.sku for row in await books.items.search(text)]


@pytest.mark.both_engines
async def test_items_whose_words_were_inserted_ahead_are_found_by_them(
    warehouse: Warehouse,
) -> None:
    previewed = await preview(warehouse, FILE)
    await ahead.prepare_words(warehouse.db, GUILD, previewed)
    assert "washer" in await words_of(warehouse)
    assert await find(warehouse, "washer 249") == []
    await apply(warehouse, previewed)
    assert await find(warehouse, "washer 249") == ["NEW-249"]
    assert await find(warehouse, "asher 77") == ["NEW-77"]
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


@pytest.mark.both_engines
async def test_what_a_process_that_died_had_inserted_is_gone_on_with(warehouse: Warehouse) -> None:
    previewed = await preview(warehouse, FILE)
    words = ImportWords(warehouse.db, GUILD, previewed.token)
    ids = await words.keep_ids(NEW + 1)
    assert ids is not None
    late = [(ids[0], make_words(("OLD-1", "Left as it was")))]
    assert await words.insert(ids, late)
    assert await words.find_missing(ids) == list(ids[1:])
    assert await words.insert(ids, late)
    await apply(warehouse, previewed)
    assert await find(warehouse, "left") == ["OLD-1"]
    assert await find(warehouse, "washer 249") == ["NEW-249"]
    assert not await words.insert(ids, late)


@pytest.mark.both_engines
async def test_words_of_rows_that_are_left_out_are_deleted_with_the_preview(
    warehouse: Warehouse,
) -> None:
    waiting = "sku,name,quantity,place\nWAIT-1,Widow,2,Not there\n" + "".join(
        f"NEW-{number},Washer {number},,\n" for number in range(NEW)
    )
    previewed = await preview(warehouse, waiting)
    await ahead.prepare_words(warehouse.db, GUILD, previewed)
    assert "widow" in await words_of(warehouse)
    await apply(warehouse, previewed, "good")
    assert "widow" not in await words_of(warehouse)
    assert await find(warehouse, "washer 249") == ["NEW-249"]
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


@pytest.mark.parametrize("is_cancelled", [True, False])
async def test_words_go_with_the_preview_that_they_were_inserted_for(
    warehouse: Warehouse,
    clock: Clock,
    is_cancelled: bool,  # noqa: FBT001  # the other half of the claim
) -> None:
    await warehouse.add_item("OLD-1")
    before = await words_of(warehouse)
    previewed = await preview(warehouse, FILE)
    words = ImportWords(warehouse.db, GUILD, previewed.token)
    ids = await words.keep_ids(1)
    assert ids is not None
    assert await words.insert(ids, [(ids[0], make_words(("NEW-0", "Washer 0")))])
    previews = KeptPreviews(warehouse.db)
    if is_cancelled:
        assert await previews.cancel(GUILD, previewed.token)
    else:
        clock.advance(hours=25)
        await previews.purge(GUILD)
    assert await words_of(warehouse) == before
    with pytest.raises(ImportLapsed):
        await apply(warehouse, previewed)


async def test_words_stay_with_the_preview_where_the_unit_is_refused(warehouse: Warehouse) -> None:
    old = await warehouse.add_item("OLD-1")
    previewed = await preview(warehouse, FILE)
    words = ImportWords(warehouse.db, GUILD, previewed.token)
    planned = await ahead.plan_ahead(warehouse.db, previewed.token, warehouse.manager)
    planned = await ahead.keep_words(words, planned)
    assert len(planned.kept) == NEW
    change = EditItem(item=old.id, name="Changed meanwhile")
    await warehouse.run(edit_item, change, warehouse.manager)
    request = ApplyImport(token=previewed.token)
    with pytest.raises(ImportOutdated):
        await warehouse.db.run(apply_import, request, warehouse.manager, new_key(), ahead=planned)
    assert "washer" in await words_of(warehouse)
    assert await KeptPreviews(warehouse.db).cancel(GUILD, previewed.token)
    assert "washer" not in await words_of(warehouse)
    assert "meanwhile" in await words_of(warehouse)


COUNTED = "sku,name,quantity,place\n" + "".join(
    f"NEW-{number},Washer {number},{number + 1},A1\n" for number in range(NEW)
)


@pytest.mark.both_engines
async def test_counts_that_were_posted_ahead_are_moves_and_levels_of_the_record(
    warehouse: Warehouse,
) -> None:
    shelf = await warehouse.add_shelf()
    previewed = await preview(warehouse, COUNTED)
    request = ApplyImport(token=previewed.token)
    words = ImportWords(warehouse.db, GUILD, previewed.token)
    planned = await ahead.plan_ahead(warehouse.db, previewed.token, warehouse.manager)
    planned = await ahead.make_ahead(await ahead.keep_words(words, planned), "all")
    assert planned.made is not None
    assert planned.made.posting is not None
    done = await warehouse.db.run(
        apply_import, request, warehouse.manager, new_key(), ahead=planned
    )
    assert (done.added, done.move_count) == (NEW, NEW)
    levels = await rows_of(warehouse.db, StockLevel, GUILD)
    held = sorted(row.quantity for row in levels if row.location_id == shelf.id)
    assert held == list(range(1, NEW + 1))
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


async def test_what_was_made_ahead_is_made_again_where_its_location_was_archived_since(
    warehouse: Warehouse,
) -> None:
    shelf = await warehouse.add_shelf()
    previewed = await preview(warehouse, COUNTED)
    request = ApplyImport(token=previewed.token)
    words = ImportWords(warehouse.db, GUILD, previewed.token)
    planned = await ahead.plan_ahead(warehouse.db, previewed.token, warehouse.manager)
    planned = await ahead.make_ahead(await ahead.keep_words(words, planned), "all")
    await warehouse.archive(shelf)
    with pytest.raises(ImportOutdated):
        await warehouse.db.run(apply_import, request, warehouse.manager, new_key(), ahead=planned)
    assert await rows_of(warehouse.db, StockLevel, GUILD) == []


async def test_a_mode_that_was_not_made_ahead_is_made_under_the_lock(warehouse: Warehouse) -> None:
    await warehouse.add_shelf()
    previewed = await preview(warehouse, COUNTED + "WAIT-1,Widow,2,Not there\n")
    words = ImportWords(warehouse.db, GUILD, previewed.token)
    planned = await ahead.plan_ahead(warehouse.db, previewed.token, warehouse.manager)
    planned = await ahead.make_ahead(await ahead.keep_words(words, planned), "good")
    request = ApplyImport(token=previewed.token, mode="adding")
    done = await warehouse.db.run(apply_import, request, warehouse.admin, new_key(), ahead=planned)
    assert (done.added, done.locations, done.move_count) == (NEW + 1, 1, NEW + 1)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


async def test_a_document_that_began_behind_a_plan_made_ahead_keeps_the_unit(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_item("PIN-8")
    previewed = await preview(warehouse, "sku,name,unit\nPIN-8,,kg\n")
    planned = await ahead.plan_ahead(warehouse.db, previewed.token, warehouse.manager)
    await ask(warehouse, "PIN-8 3")
    request, actor = ApplyImport(token=previewed.token), warehouse.manager
    async with refusal(warehouse.db, ImportOutdated):
        await warehouse.db.run(apply_import, request, actor, new_key(), ahead=planned)
