from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.database.operations import Operation
from bot.domain.quantities import MAX_LEVEL, MAX_QUANTITY
from bot.domain.stock import (
    InsufficientStock,
    LocationNeeded,
    NotReversible,
    Reference,
    SameLocation,
)
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import Archived, InvalidValue, NotFound, RuleBroken
from bot.services.moved import StockMoved
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import (
    AdjustStock,
    MoveStock,
    PutStock,
    TakeStock,
    adjust_stock,
    move_stock,
    put_stock,
    take_stock,
)
from tests.database.books import Warehouse, refusal, require_sound_books

pytestmark = pytest.mark.both_engines  # every statement is at work here

# One value a reason: tests/domain has the others.
BAD_QUANTITIES = {
    "0": "not_positive",
    "1e999": "too_large",
    "NaN": "not_a_number",
    "1.2345": "too_many_decimals",
}
BAD_NAMES: dict[Reference, type[Exception]] = {
    "NO-SUCH": NotFound,
    999: NotFound,
    "%": NotFound,
    "": InvalidValue,
    "BOLT\u0007-8": InvalidValue,
}


async def open_shop(warehouse: Warehouse, quantity: int = 5) -> None:
    """Open A1 with some BOLT-8 on it, and B2 with none."""
    item, a1 = await warehouse.add_item("BOLT-8"), await warehouse.add_shelf("A1")
    await warehouse.add_shelf("B2")
    await warehouse.put(item, quantity, a1)


def take(quantity: int | str = 1, **others: Any) -> TakeStock:
    values: dict[str, Any] = {"item": "BOLT-8", "location": "A1"} | others
    return TakeStock(quantity=Decimal(quantity), **values)


def put(quantity: int | str = 1, **others: Any) -> PutStock:
    values: dict[str, Any] = {"item": "BOLT-8", "location": "A1"} | others
    return PutStock(quantity=Decimal(quantity), **values)


def move(quantity: int | str = 1, **others: Any) -> MoveStock:
    values: dict[str, Any] = {"item": "BOLT-8", "source": "A1", "target": "B2"} | others
    return MoveStock(quantity=Decimal(quantity), **values)


def adjust(counted: int | str = 1, **others: Any) -> AdjustStock:
    values: dict[str, Any] = {"item": "BOLT-8", "location": "A1", "reason": "count"} | others
    return AdjustStock(counted=Decimal(counted), **values)


VERBS: dict[str, tuple[Operation[Any, StockMoved], Callable[..., Any]]] = {
    "take": (take_stock, take),
    "put": (put_stock, put),
    "move": (move_stock, move),
    "adjust": (adjust_stock, adjust),
}
PLACES = (
    ("take", "location"), ("put", "location"), ("move", "source"), ("move", "target"),
    ("adjust", "location"),
)  # fmt: skip


def ends(moved: StockMoved) -> list[tuple[str, int, int, str, int, int]]:
    """Return each line's both ends: place, before, after."""
    return [
        (
            *(line.source.name, int(line.source.before), int(line.source.after)),
            *(line.target.name, int(line.target.before), int(line.target.after)),
        )
        for line in moved.lines
    ]


async def test_taking_and_putting_meet_the_outside_world(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    taken = await warehouse.run(take_stock, take(2, note=" for  Ann "))
    assert ends(taken) == [("A1", 5, 3, "customer", 0, 2)]
    assert (taken.action, taken.note, taken.reverses) == ("stock.taken", "for Ann", None)
    given = await warehouse.run(put_stock, put("7", location="b2"))
    assert ends(given) == [("supplier", -5, -12, "B2", 0, 7)]
    assert given.action == "stock.put"
    assert given.record == taken.record + 1 == await require_sound_books(warehouse.db)


async def test_moving_changes_both_places_and_nothing_outside(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    moved = await warehouse.run(move_stock, move(4))
    assert ends(moved) == [("A1", 5, 1, "B2", 0, 4)]
    line = moved.lines[0]
    assert (line.sku, line.unit, line.quantity) == ("BOLT-8", "pcs", Decimal("4.000"))
    assert moved.action == "stock.moved"
    await require_sound_books(warehouse.db)


async def test_adjusting_makes_the_level_what_was_counted(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    for counted, expected in {
        8: ("gain", 0, -3, "A1", 5, 8),
        0: ("A1", 8, 0, "loss", 0, 8),
        1: ("gain", -3, -4, "A1", 0, 1),
    }.items():
        adjusted = await warehouse.run(adjust_stock, adjust(counted), warehouse.manager)
        assert ends(adjusted) == [expected]
    await require_sound_books(warehouse.db)


async def test_a_count_that_agrees_is_recorded_and_moves_nothing(warehouse: Warehouse) -> None:
    """T14."""
    item, a1 = await warehouse.add_item("BOLT-8"), await warehouse.add_shelf("A1")
    await warehouse.put(item, 9, a1)
    counted = await warehouse.run(adjust_stock, adjust(9), warehouse.manager)
    assert (counted.action, counted.note) == ("stock.counted", "count")
    assert await warehouse.level(item, a1) == 9
    async with warehouse.db.look_up(warehouse.auditor) as books:
        for subject in (("item", item.id), ("location", a1.id)):
            newest = await books.audit.search(above=0, below=999, limit=1, subject=subject)
            assert newest[0].record == counted.record
        assert await books.stock.moves_of_record(counted.record) == []
    undo = ReverseRecord(record=counted.record)
    undone = await warehouse.run(reverse_record, undo, warehouse.manager)
    assert (undone.lines, undone.reverses) == ((), counted.record)
    async with refusal(warehouse.db, NotReversible):
        await warehouse.run(reverse_record, undo, warehouse.manager)
    await require_sound_books(warehouse.db)


async def test_an_audit_says_what_was_moved_with_names_and_levels(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    moved = await warehouse.run(take_stock, take(2, note="for Ann"))
    async with warehouse.db.look_up(warehouse.auditor) as books:
        event = await books.audit.require(moved.record)
    assert (event.action, event.subject, event.at) == (
        "stock.taken",
        "BOLT-8",
        warehouse.db.clock(),
    )
    assert (event.actor_id, event.source) == (warehouse.employee.user_id, "discord")
    for fact in ('"for Ann"', '"BOLT-8"', '"A1","5.000","3.000"', '"customer","0.000","2.000"'):
        assert fact in event.detail


async def test_nothing_goes_below_zero(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    too_much: list[tuple[Operation[Any, StockMoved], Any]] = [
        (take_stock, take(6)),
        (move_stock, move("6")),
    ]
    for operation, request in too_much:
        async with refusal(warehouse.db, InsufficientStock) as caught:
            await warehouse.run(operation, request)
        said = caught.value
        assert (said.item, said.unit, said.location) == ("BOLT-8", "pcs", "A1")
        assert (said.available, said.wanted) == (Decimal(5), request.quantity)
    async with refusal(warehouse.db, InsufficientStock) as caught:
        await warehouse.run(take_stock, take(1, location="B2"))
    assert caught.value.available == 0


@pytest.mark.only_on("sqlite")  # as many statements as the tests beside it, more values
@pytest.mark.parametrize(("quantity", "reason"), BAD_QUANTITIES.items())
async def test_a_quantity_that_cannot_be_moved_is_refused(
    warehouse: Warehouse, quantity: str, reason: str
) -> None:
    await open_shop(warehouse)
    for verb in ("take", "put", "move"):
        operation, request = VERBS[verb]
        async with refusal(warehouse.db, InvalidValue) as caught:
            await warehouse.run(operation, request(quantity))
        assert (caught.value.field, caught.value.reason) == ("quantity", reason)
    # Nor does it matter that the place would have to be guessed first.
    async with refusal(warehouse.db, InvalidValue):
        await warehouse.run(take_stock, take(quantity, location=None))
    if reason != "not_positive":
        async with refusal(warehouse.db, InvalidValue) as caught:
            await warehouse.run(adjust_stock, adjust(quantity), warehouse.manager)
        assert caught.value.field == "counted"


async def test_a_note_or_reason_that_hides_something_is_refused(warehouse: Warehouse) -> None:
    note = "a\u0007b"
    await open_shop(warehouse)
    for verb in ("take", "put", "move"):
        operation, request = VERBS[verb]
        async with refusal(warehouse.db, InvalidValue) as caught:
            await warehouse.run(operation, request(note=note))
        assert caught.value.field == "note"
    for reason in (note, "", " "):
        async with refusal(warehouse.db, InvalidValue) as caught:
            await warehouse.run(adjust_stock, adjust(reason=reason), warehouse.manager)
        assert caught.value.field == "reason"


@pytest.mark.only_on("sqlite")  # as many statements as the tests beside it, more values
@pytest.mark.parametrize(("verb", "place"), PLACES)
async def test_an_unknown_name_is_refused(warehouse: Warehouse, verb: str, place: str) -> None:
    await open_shop(warehouse)
    operation, request = VERBS[verb]
    for name, error in BAD_NAMES.items():
        for field in ("item", place):
            async with refusal(warehouse.db, error):
                await warehouse.run(operation, request(**{field: name}), warehouse.manager)


@pytest.mark.only_on("sqlite")  # as many statements as the tests beside it, more values
@pytest.mark.parametrize(("verb", "place"), PLACES)
async def test_the_outside_world_cannot_be_named_as_a_place(
    warehouse: Warehouse, verb: str, place: str
) -> None:
    await open_shop(warehouse)
    await warehouse.run(take_stock, take(2))
    operation, request = VERBS[verb]
    for outside in VirtualLocation:
        for name in (int(outside), outside.name.lower()):
            async with refusal(warehouse.db, NotFound) as caught:
                await warehouse.run(operation, request(**{place: name}), warehouse.manager)
            assert caught.value.noun == "location"


async def test_a_move_changes_the_place(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    async with refusal(warehouse.db, SameLocation) as caught:
        await warehouse.run(move_stock, move(1, target=" a1"))
    assert caught.value.location == "A1"


@pytest.mark.only_on("sqlite")  # as many statements as the tests beside it, more values
@pytest.mark.parametrize("verb", VERBS)
async def test_an_archived_item_is_not_moved(warehouse: Warehouse, verb: str) -> None:
    await open_shop(warehouse)
    operation, request = VERBS[verb]
    await warehouse.archive(await warehouse.add_item("OLD"))
    requests = [request(item="OLD")]
    if verb in {"take", "put"}:
        requests.append(request(item="OLD", location=None))
    for asked in requests:
        async with refusal(warehouse.db, Archived) as caught:
            await warehouse.run(operation, asked, warehouse.manager)
        assert (caught.value.noun, caught.value.label) == ("item", "OLD")


@pytest.mark.only_on("sqlite")  # as many statements as the tests beside it, more values
@pytest.mark.parametrize(("verb", "place"), PLACES)
async def test_nothing_is_moved_to_or_from_an_archived_place(
    warehouse: Warehouse, verb: str, place: str
) -> None:
    await open_shop(warehouse)
    operation, request = VERBS[verb]
    await warehouse.archive(await warehouse.add_shelf("OLD"))
    async with refusal(warehouse.db, Archived) as caught:
        await warehouse.run(operation, request(**{place: "OLD"}), warehouse.manager)
    assert (caught.value.noun, caught.value.label) == ("location", "OLD")


async def test_a_place_holds_no_more_than_can_be_counted(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    item = await warehouse.add_item("SAND", unit="kg")
    for _ in range(3):
        await warehouse.run(put_stock, put(str(MAX_QUANTITY), item=item.id))
    await require_sound_books(warehouse.db)
    assert MAX_QUANTITY * 1000 < MAX_LEVEL


class TestTheGuessedPlaceToTake:
    async def test_is_the_only_one_that_has_it(self, warehouse: Warehouse) -> None:
        await open_shop(warehouse)
        taken = await warehouse.run(take_stock, take(2, location=None))
        assert ends(taken) == [("A1", 5, 3, "customer", 0, 2)]

    async def test_is_the_only_one_that_has_it_wherever_one_took_it_last(
        self, warehouse: Warehouse
    ) -> None:
        await open_shop(warehouse)
        await warehouse.run(take_stock, take(1))
        await warehouse.run(move_stock, move(4))
        taken = await warehouse.run(take_stock, take(1, location=None))
        assert taken.lines[0].source.name == "B2"

    async def test_is_where_this_person_took_it_last(self, warehouse: Warehouse) -> None:
        await open_shop(warehouse)
        await warehouse.run(put_stock, put(9, location="B2"))
        await warehouse.run(take_stock, take(1))
        await warehouse.run(take_stock, take(1, location="B2"), warehouse.colleague)
        taken = await warehouse.run(take_stock, take(1, location=None))
        assert taken.lines[0].source.name == "A1"

    async def test_is_asked_for_when_several_have_it(self, warehouse: Warehouse) -> None:
        await open_shop(warehouse)
        await warehouse.run(put_stock, put(9, location="B2"))
        async with refusal(warehouse.db, LocationNeeded) as caught:
            await warehouse.run(take_stock, take(2, location=None, note="for Ann"))
        asked = caught.value
        assert [(name, int(level)) for _, name, level in asked.choices] == [("B2", 9), ("A1", 5)]
        assert (asked.verb, asked.item, asked.quantity, asked.note) == (
            "take", "BOLT-8", Decimal(2), "for Ann",
        )  # fmt: skip

    async def test_is_not_asked_for_when_no_location_has_it(self, warehouse: Warehouse) -> None:
        """There would be nothing to choose from."""
        await open_shop(warehouse)
        await warehouse.run(take_stock, take(5))
        with pytest.raises(RuleBroken) as caught:
            await warehouse.run(take_stock, take(1, location=None), warehouse.colleague)
        assert not isinstance(caught.value, LocationNeeded)


class TestTheGuessedPlaceToPut:
    async def test_is_where_this_person_put_it_last(self, warehouse: Warehouse) -> None:
        await open_shop(warehouse, 50)
        await warehouse.run(put_stock, put(1, location="B2"))
        await warehouse.run(put_stock, put(1, location="A1"), warehouse.colleague)
        given = await warehouse.run(put_stock, put(1, location=None))
        assert given.lines[0].target.name == "B2"

    async def test_is_where_most_of_it_is(self, warehouse: Warehouse) -> None:
        await open_shop(warehouse)
        await warehouse.run(put_stock, put(9, location="B2"), warehouse.manager)
        given = await warehouse.run(put_stock, put(1, location=None))
        assert given.lines[0].target.name == "B2"

    async def test_is_not_one_that_was_archived_since(self, warehouse: Warehouse) -> None:
        await open_shop(warehouse)
        b2 = await warehouse.add_shelf("C3")
        await warehouse.run(put_stock, put(1, location="C3"))
        await warehouse.run(move_stock, move(1, source="C3", target="B2"))
        await warehouse.archive(b2)
        given = await warehouse.run(put_stock, put(1, location=None))
        assert given.lines[0].target.name == "A1"

    async def test_is_asked_for_when_there_is_none_anywhere(self, warehouse: Warehouse) -> None:
        await open_shop(warehouse)
        await warehouse.add_item("NEW")
        async with refusal(warehouse.db, LocationNeeded) as caught:
            await warehouse.run(put_stock, put(1, item="NEW", location=None))
        assert [name for _, name, _ in caught.value.choices] == ["A1", "B2"]


async def test_a_count_corrects_more_than_one_move_may_be_asked_for(warehouse: Warehouse) -> None:
    await open_shop(warehouse)
    for _ in range(2):
        await warehouse.run(put_stock, put(int(MAX_QUANTITY)))
    counted = await warehouse.run(adjust_stock, adjust(3), warehouse.manager)
    assert counted.lines[0].source.after == 3
    await warehouse.run(reverse_record, ReverseRecord(record=counted.record), warehouse.manager)
    await require_sound_books(warehouse.db)
