import itertools

import pytest

from tests.cogs.phones import Answer
from tests.cogs.world import House

OLDER, NEWER = "Next ▶", "◀ Previous"


def numbers(answer: Answer) -> list[int]:
    return [int(line.split("`")[1][1:]) for line in answer.description.splitlines()]


async def test_the_newest_is_on_top_with_who_what_and_where(house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", quantity="2", location="Shelf A1")
    shown = await house.viewer.type("history")
    at = int(house.world.clock.now.timestamp())
    assert shown.description.splitlines()[0] == (
        f"`#{taken.record}` <t:{at}:R> <@{house.employee.id}> took 2 pcs **BOLT-8** · "
        "Shelf A1 → _out_"
    )
    assert numbers(shown) == [taken.record, 7, 5]


async def test_an_undo_names_what_it_took_back(house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    await house.employee.press(taken, "Undo")
    shown = await house.viewer.type("history")
    assert f"reversed #{taken.record}: 1 pcs **BOLT-8**" in shown.description.splitlines()[0]


async def test_filters_narrow_it_alone_and_together(house: House) -> None:
    await house.manager.type("item add", sku="NUT-8", name="Nut")
    nut = await house.employee.type("put", item="NUT-8", location="Shelf B2")
    bolt = await house.employee.type("take", item="BOLT-8", location="Shelf B2")
    member = house.employee.member
    for filters, found in (
        ({"item": "bolt-8"}, [bolt.record, 7, 5]),
        ({"location": "shelf b2"}, [bolt.record, nut.record, 7]),
        ({"member": member}, [bolt.record, nut.record]),
        ({"item": "BOLT-8", "location": "Shelf B2", "member": member}, [bolt.record]),
    ):
        assert numbers(await house.viewer.type("history", **filters)) == found


async def test_what_it_was_narrowed_to_is_above(house: House) -> None:
    shown = await house.viewer.type("history", item="BOLT-8", location="Shelf A1")
    assert shown.title == "History · BOLT-8 · Shelf A1"


async def test_a_member_without_records_has_no_history(house: House) -> None:
    shown = await house.viewer.type("history", member=house.stranger.member)
    assert shown.description == "_No moves yet._"
    assert not shown.buttons


async def test_an_unknown_filter_is_refused(house: House) -> None:
    async with house.world.unchanged():
        answer = await house.viewer.type("history", item="nothing like it")
    assert answer.text == "There is no item **nothing like it**."


@pytest.mark.both_engines
async def test_pages_turn_both_ways_and_lose_nothing(house: House) -> None:
    records = [7, 5]
    for _ in range(25):
        put = await house.employee.type("put", item="BOLT-8", location="Shelf A1")
        records.insert(0, put.record)
    page = await house.viewer.type("history")
    assert NEWER in page.greyed
    seen = [numbers(page)]
    while OLDER in page.buttons:
        page = await house.viewer.press(page, OLDER)
        seen.append(numbers(page))
    assert [len(part) for part in seen] == [10, 10, 7]
    assert list(itertools.chain(*seen)) == records
    await house.world.restart()
    back = [numbers(page)]
    while NEWER in page.buttons:
        page = await house.viewer.press(page, NEWER)
        back.insert(0, numbers(page))
    assert back == seen
    assert OLDER in page.buttons


async def test_turned_pages_keep_their_filters(house: House) -> None:
    filters = {"item": "BOLT-8", "location": "Shelf B2", "member": house.employee.member}
    for _ in range(12):
        await house.employee.type("put", item="BOLT-8", location="Shelf B2")
        await house.employee.type("put", item="BOLT-8", location="Shelf A1")
        await house.colleague.type("put", item="BOLT-8", location="Shelf B2")
    first = await house.viewer.type("history", **filters)
    second = await house.viewer.press(first, OLDER)
    assert len(numbers(second)) == 2
    for line in (*first.description.splitlines(), *second.description.splitlines()):
        assert f"<@{house.employee.id}>" in line
        assert line.endswith("→ Shelf B2")


async def test_a_page_read_while_others_move_stock_repeats_no_line(house: House) -> None:
    for _ in range(12):
        await house.employee.type("put", item="BOLT-8", location="Shelf B2")
    first = await house.viewer.type("history")
    seen = numbers(first)
    for _ in range(3):
        await house.colleague.type("put", item="BOLT-8", location="Shelf A1")
    second = await house.viewer.press(first, OLDER)
    assert not set(seen) & set(numbers(second))
    assert min(seen) - 1 == max(numbers(second))
