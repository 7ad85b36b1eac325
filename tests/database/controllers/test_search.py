import pytest

from bot.database.controllers import candidates
from bot.database.controllers.candidates import MAX_MATCHES
from bot.database.models import Item, SearchWord
from bot.database.unit import UnitOfWork
from bot.domain.names import key_of
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import NotFound
from tests.database.books import Warehouse, rows_of
from tests.database.tampering import tamper

CATALOGUE = {
    "BOLT-8": "Hex bolt M8",
    "BOLT-10": "Hex bolt M10",
    "NUT-8": "Hex nut M8",
    "WASH": "Washer, bolt size 8",
    "8": "Spool of wire",
    "TAPE": "bolt-8",
}


async def fill(warehouse: Warehouse, catalogue: dict[str, str]) -> None:
    async def create(uow: UnitOfWork) -> None:
        await uow.items.bulk_create([named(sku, name) for sku, name in catalogue.items()])

    await warehouse.change(create)


async def find(warehouse: Warehouse, typed: str, *, is_archived: bool = False) -> list[str]:
    async with warehouse.db.look_up(warehouse.viewer, is_timed=True) as books:
        return [row.sku for row in await books.items.search(typed, is_archived=is_archived)]


FOUND = [
    ("bolt-8", ["BOLT-8", "TAPE"]),
    ("BOLT", ["BOLT-10", "BOLT-8", "TAPE", "WASH"]),
    ("hex", ["BOLT-10", "BOLT-8", "NUT-8"]),
    ("m8 hex", ["BOLT-8", "NUT-8"]),
    ("hex bolt m1", ["BOLT-10"]),
    ("size", ["WASH"]),
    ("\uff22\uff2f\uff2c\uff34\uff0d\uff18", ["BOLT-8", "TAPE"]),
    ("nutt", ["NUT-8"]),
    ("zzz", []),
    ("%", []),
    ("_", []),
    ("'; DROP TABLE item; --", []),
]


async def test_items_are_found_by_what_words_begin_with(warehouse: Warehouse) -> None:
    await fill(warehouse, CATALOGUE)
    for typed, found in FOUND:
        assert await find(warehouse, typed) == found, typed


@pytest.mark.parametrize("is_old", [False, True])
async def test_arabic_is_found_however_its_letters_are_written(
    warehouse: Warehouse, database_url: str, *, is_old: bool
) -> None:
    await fill(warehouse, {"TEA": "شاي أخضر", "COFFEE": "قهوة", "MUSTAFA": "مصطفى", "NUT": "جوز"})
    if is_old:
        # As they were written before Arabic letters had one form.
        for word in ("اخضر", "قهوه", "مصطفي", "شاي اخضر", "شاياخضر"):
            for table in ("search_part", "search_word"):
                await tamper(database_url, f"DELETE FROM {table} WHERE word = :word", word=word)
    for typed in ("اخضر", "شاي اخضر", "أخضر", "أَخْضَر", "اخــضر"):
        assert await find(warehouse, typed) == ["TEA"], typed
    assert await find(warehouse, "قهوه") == ["COFFEE"]
    assert await find(warehouse, "مصطفي") == ["MUSTAFA"]


async def test_nothing_typed_finds_the_first_ones(warehouse: Warehouse) -> None:
    await fill(warehouse, CATALOGUE)
    assert await find(warehouse, "  ") == ["8", "BOLT-10", "BOLT-8", "NUT-8", "TAPE", "WASH"]


async def test_no_more_are_found_than_discord_can_show(warehouse: Warehouse) -> None:
    await fill(warehouse, {f"X-{n:03}": f"Thing {n:03}" for n in range(60)})
    for typed in ("", "x", "thing", "thing 0", "thimg"):
        assert len(await find(warehouse, typed)) == MAX_MATCHES


async def test_what_cannot_be_a_name_finds_nothing(warehouse: Warehouse) -> None:
    await fill(warehouse, CATALOGUE)
    for typed in ("\x00", "a\x00b", "\ud800", "\u202e", "x" * 10_000, "x " * 5_000):
        assert await find(warehouse, typed) == [], typed


async def test_an_archived_item_is_found_apart(warehouse: Warehouse) -> None:
    await warehouse.archive(await warehouse.add_item("BOLT-8"))
    await warehouse.add_item("BOLT-9")
    assert await find(warehouse, "bolt") == ["BOLT-9"]
    assert await find(warehouse, "bolt", is_archived=True) == ["BOLT-8"]
    assert await find(warehouse, "", is_archived=True) == ["BOLT-8"]


async def test_a_renamed_item_is_found_by_its_new_words_alone(warehouse: Warehouse) -> None:
    item = await warehouse.add_item("BOLT-8", name="Old thing")

    async def rename(uow: UnitOfWork) -> Item:
        return await uow.items.update_by_id(item.id, name="New part", name_key="new part")

    await warehouse.change(rename)
    assert [await find(warehouse, typed) for typed in ("old", "part")] == [[], ["BOLT-8"]]


async def test_words_follow_rows_however_they_are_changed(warehouse: Warehouse) -> None:
    async def create(uow: UnitOfWork) -> None:
        await uow.items.bulk_create([named("X-1", "Left one"), named("X-2", "Left two")])

    async def rename(uow: UnitOfWork) -> None:
        changes = {100: "Right one", 101: "Right two"}
        await uow.items.bulk_update([((n,), name_of(name)) for n, name in changes.items()])

    await warehouse.change(create)
    await warehouse.change(rename)
    assert [await find(warehouse, typed) for typed in ("left", "right")] == [[], ["X-1", "X-2"]]
    await warehouse.change(lambda uow: uow.items.delete_by_id(100))
    assert await find(warehouse, "right") == ["X-2"]
    words = await rows_of(warehouse.db, SearchWord, warehouse.guild_id)
    assert {row.subject_id for row in words} == {101}


def name_of(name: str) -> dict[str, str]:
    return {"name": name, "name_key": key_of(name)}


def named(sku: str, name: str) -> dict[str, str]:
    return {"sku": sku, "sku_key": key_of(sku), **name_of(name)}


async def test_a_typed_name_is_exact_and_the_sku_comes_first(warehouse: Warehouse) -> None:
    await fill(warehouse, CATALOGUE)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        for typed, sku in {" bolt-8 ": "BOLT-8", "hex NUT m8": "NUT-8", "tape": "TAPE"}.items():
            found = await books.items.find_by_name(typed)
            assert found is not None
            assert found.sku == sku
        assert await books.items.find_by_name("bolt") is None
        with pytest.raises(NotFound) as caught:
            await books.items.require_reference("nut-9")
    assert [guess.label for guess in caught.value.suggestions] == ["NUT-8"]


async def test_the_outside_world_is_no_place_to_be_named(warehouse: Warehouse) -> None:
    async with warehouse.db.look_up(warehouse.viewer) as books:
        assert await books.locations.search("") == []
        for place in VirtualLocation:
            assert await books.locations.search(place.name) == []
            for reference in (int(place), place.name, place.name.lower()):
                with pytest.raises(NotFound):
                    await books.locations.require_reference(reference)


ALL_WORDS = [
    ("bolt acme", "ACME-0", 12),  # the rare word decides, wherever it was typed
    ("bra bolt", "BOLT-10", 25),  # the first rows that begin with `bra` are brackets
    ("zinc acme bolt", "ACME-0", 12),
    ("2 bra bolt", "BOLT-20", 10),  # what is too short to narrow narrows with the others
]


async def test_rows_with_all_words_are_found_though_many_rows_have_each(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for window, rows in {"MAX_HITS": 10, "MAX_COMPARED": 50, "MAX_PROBED": 40}.items():
        monkeypatch.setattr(candidates, window, rows)
    brackets = {f"BRAB-{n}": f"Braided bracket {n} zinc" for n in range(10, 40)}
    bolts = {f"BOLT-{n}": f"Braided bolt {n} zinc" for n in range(10, 40)}
    await fill(
        warehouse, brackets | bolts | {f"ACME-{n}": f"Acme bolt {n} zinc" for n in range(12)}
    )
    for typed, first, count in ALL_WORDS:
        found = await find(warehouse, typed)
        assert (found[0], len(found)) == (first, count), typed
