"""Counts as people use them: a card in the requests channel, forms, and a decision."""

import pytest

from tests.cogs.cards import Card, cards
from tests.cogs.phones import Answer, Phone
from tests.cogs.world import House


async def start(house: House, **options: object) -> Answer:
    """Let the employee start a count of Shelf A1, and its card be posted."""
    answer = await house.employee.type("count start", location="Shelf A1", **options)
    await house.world.tell_audit()
    return answer


def work_card(house: House) -> Card:
    """Read the only card in the requests channel."""
    (only,) = cards(house, "requests")
    return only


async def enter(house: House, person: Phone, **typed: str) -> Answer:
    """Let a person press Enter on the card and fill the form in."""
    form = await person.open_form_on(work_card(house).message, "Enter")
    answer = await person.submit(form, **typed)
    await house.world.tell_audit()
    return answer


@pytest.mark.both_engines
async def test_a_count_is_worked_on_at_its_card_and_decided_about_by_another(
    house: House,
) -> None:
    started = await start(house)
    assert "C-1" in started.text
    assert "1 line" in started.text
    card = work_card(house)
    assert set(card.buttons) == {"Enter", "Skip", "Add an item", "Submit"}
    assert "0 of 1 line counted" in card.text

    refused = await house.colleague.press_on(card.message, "Submit")
    assert "1 line of **C-1** is neither counted nor skipped" in refused.text
    entered = await enter(house, house.employee, **{"1": "8 pcs"})
    assert "**BOLT-8** Shelf A1: 8 pcs" in entered.text
    assert "1 of 1 line counted" in work_card(house).text

    await house.world.restart()
    submitted = await house.colleague.press_on(work_card(house).message, "Submit")
    assert "Submitted the count **C-1**" in submitted.text
    await house.world.tell_audit()
    assert set(work_card(house).buttons) == {"Differences"}
    (asked,) = cards(house)
    assert set(asked.buttons) == {"Post", "Recount", "Recount all", "Discard", "Differences"}
    assert "differences: 1" in asked.text

    shown = await house.manager.press_on(asked.message, "Differences")
    assert "8 counted, 10 expected: **-2 pcs**" in shown.text
    async with house.world.unchanged():
        mine = await house.employee.forge(entered, asked.buttons["Post"])
    assert "count.approve" in mine.text
    posted = await house.manager.press_on(asked.message, "Post")
    assert "Posted the count **C-1**" in posted.text
    await house.world.tell_audit()
    assert await house.level("BOLT-8", "Shelf A1") == 8
    assert not cards(house)[0].buttons
    assert not work_card(house).buttons
    undone = await house.manager.press(posted, "Undo")
    assert "Reversed" in undone.text
    assert await house.level("BOLT-8", "Shelf A1") == 10


async def test_an_old_card_is_refused_privately(house: House) -> None:
    await start(house, blind=False)
    old = work_card(house)
    await enter(house, house.employee, **{"1": "9"})
    await house.employee.press_on(work_card(house).message, "Submit")
    await house.world.tell_audit()
    (asked,) = cards(house)
    recounted = await house.manager.press_on(asked.message, "Recount")
    assert "Asked for another count of **C-1**" in recounted.text
    await house.world.tell_audit()
    assert "Another count was asked for by" in cards(house)[0].text
    listed = await house.colleague.type("count list")
    async with house.world.unchanged():
        late = await house.manager.forge(recounted, asked.buttons["Post"])
        assert "is to be counted again" in late.text
        late = await house.colleague.forge(listed, old.buttons["Submit"])
        assert "was changed after you looked at it" in late.text
        barred = await house.employee.press_on(work_card(house).message, "Enter")
        assert "someone else must" in barred.text
    await enter(house, house.colleague, **{"1": "10"})
    skipping = await house.colleague.press_on(work_card(house).message, "Skip")
    assert "No line of **C-1** is left" in skipping.text
    page = await house.manager.type("count show", count="c1")
    form = await house.manager.open_form(page, "Discard")
    gone = await house.manager.submit(form, reason="counted too late")
    assert "counted too late" in gone.text
    found = await house.manager.type("audit search", subject="c-1")
    assert "discarded count **C-1**" in found.text
    listed = await house.viewer.type("count list")
    assert "count.perform" in listed.text
    listed = await house.employee.type("count list", status="discarded")
    assert "C-1" in listed.text


async def test_what_was_found_is_added_in_a_form(house: House) -> None:
    await house.manager.type("item add", sku="NUT-8", name="Nut")
    await start(house)
    form = await house.colleague.open_form_on(work_card(house).message, "Add an item")
    added = await house.colleague.submit(form, lines="NUT-8 3", location="")
    assert "**NUT-8** Shelf A1: 3 pcs" in added.text
    skipping = await house.colleague.press_on(work_card(house).message, "Skip")
    skipped = await house.colleague.choose(skipping, "1")
    assert "Skipped lines of **C-1**" in skipped.text
    sent = await house.colleague.press(skipped, "Submit")
    assert "Submitted the count" in sent.text


async def test_heaps_of_one_thing_that_was_found_are_added_up(house: House) -> None:
    await house.manager.type("item add", sku="NUT-8", name="Nut")
    await start(house)
    form = await house.colleague.open_form_on(work_card(house).message, "Add an item")
    added = await house.colleague.submit(form, lines="NUT-8 3; nut-8 4", location="")
    assert "**NUT-8** Shelf A1: 7 pcs" in added.text
