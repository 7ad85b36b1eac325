"""Requests as people use them: a card in the requests channel, lists to pick from, forms."""

import pytest

from bot.database.models import Request
from tests.cogs.cards import Card, cards
from tests.cogs.phones import Answer
from tests.cogs.world import House
from tests.database.books import rows_of


async def ask(house: House, lines: str = "BOLT-8 4", **options: object) -> Answer:
    """Let the employee make a request, and its card be posted."""
    answer = await house.employee.type("request new", lines=lines, **{"for": "Line 3"}, **options)
    await house.world.tell_audit()
    return answer


def request_card(house: House) -> Card:
    """Read the only card in the requests channel."""
    (only,) = cards(house, "requests")
    return only


@pytest.mark.both_engines
async def test_a_request_is_picked_at_its_card_and_taken_back(house: House) -> None:
    made = await ask(house, "BOLT-8 12", needed_by="1.3.2027", note="fragile")
    assert "**R-1** for **Line 3**: 1 line · needed by 2027-03-01" in made.text
    assert "All of it is reserved." in made.text
    card = request_card(house)
    assert set(card.buttons) == {"Pick", "Cancel"}
    assert "**12 pcs** **BOLT-8**" in card.text
    assert "_fragile_" in card.text

    await house.world.restart()
    refused = await house.colleague.type("take", item="BOLT-8", quantity="7", location="Shelf A1")
    assert "2 pcs of **BOLT-8** are available; you asked for 7." in refused.text
    assert "R-1 Line 3 (12)" in refused.text
    listed = await house.colleague.press_on(card.message, "Pick")
    assert "📍 **Shelf A1**" in listed.text
    picked = await house.colleague.press(listed, "Picked all")
    assert "Shelf A1: 10 → 0 pcs" in picked.text
    assert "All of it is picked." in picked.text
    await house.world.tell_audit()
    assert not request_card(house).buttons
    again = await house.colleague.press(listed, "Picked all")
    assert "**R-1** is picked, so this cannot be done now." in again.text

    undone = await house.colleague.press(picked, "Undo")
    assert "Reversed a pick for the request **R-1**" in undone.text
    await house.world.tell_audit()
    assert set(request_card(house).buttons) == {"Pick", "Cancel"}
    assert await house.level("BOLT-8", "Shelf A1") == 10


async def test_a_card_mentions_those_on_shift_who_pick_but_for_its_maker(house: House) -> None:
    for person in (house.colleague, house.employee):
        await person.type("shift start")
    await ask(house)
    (message,) = house.guild.channels["requests"].history()
    assert message.content == f"<@{house.colleague.id}>"


async def test_short_lines_are_filled_in_and_the_request_is_closed(house: House) -> None:
    await ask(house)
    listed = await house.employee.press_on(request_card(house).message, "Pick")
    form = await house.employee.open_form(listed, "Something is short")
    assert form.modal is not None
    field = form.modal["components"][0]["component"]
    assert field["value"] == "4"
    picked = await house.employee.submit(form, **{field["custom_id"]: "3"})
    assert "Left: **BOLT-8** 1" in picked.text
    closed = await house.employee.press(picked, "Close")
    assert "Closed, with lines short, the request **R-1**" in closed.text
    await house.world.tell_audit()
    assert "picked in part" in request_card(house).text


async def test_a_form_asks_for_lines_and_offers_those_there_are(house: House) -> None:
    form = await house.employee.ask("request new", **{"for": "Line 3"})
    made = await house.employee.submit(form, **{"for": "Line 4", "lines": "BOLT-8 2\nBOLT-8 1"})
    assert "**R-1** for **Line 4**: 1 line" in made.text
    form = await house.employee.ask("request new", **{"for": "Line 3"})
    refused = await house.employee.submit(form, **{"for": "Line 4", "lines": "BOLT-8 2\nBLOT 1"})
    assert refused.text.endswith("What you typed:\n```\nBOLT-8 2\nBLOT 1\n```")
    form = await house.employee.open_form(made, "Change the lines")
    changed = await house.employee.submit(form, lines="BOLT-8 99")
    assert "**BOLT-8**: 14 are reserved, 85 pcs are not." in changed.text
    refused = await house.employee.type("request new", lines="BLOT 2; BOLT-8", **{"for": "Jo"})
    assert "Line 1 `BLOT 2`: There is no item **BLOT**." in refused.text
    assert "Line 2 `BOLT-8`: Write the SKU and how much of it" in refused.text


async def test_a_day_that_may_be_two_is_asked_back(house: House) -> None:
    asked = await house.employee.type(
        "request new", lines="BOLT-8 1", needed_by="1/3/2027", **{"for": "Jo"}
    )
    made = await house.employee.press(asked, "2027-03-01")
    assert "needed by 2027-03-01" in made.text


async def test_a_lapsed_request_says_so_to_its_maker_and_on_its_card(house: House) -> None:
    await ask(house)
    house.world.clock.advance(days=15)
    await house.world.close_days()
    await house.world.tell_audit()
    assert "lapsed" in request_card(house).text
    card = request_card(house)
    assert set(card.buttons) == {"Ask again"}
    (notice,) = house.direct_messages(house.employee)
    assert "R-1" in notice
    taken = await house.colleague.type("take", item="BOLT-8", quantity="9", location="Shelf A1")
    assert "Took" in taken.text
    again = await house.employee.press_on(card.message, "Ask again")
    assert "**R-2** for **Line 3**: 1 line" in again.text
    assert "All of it is reserved." in again.text
    twice = await house.employee.press_on(card.message, "Ask again")
    assert "**R-1** was asked for again already, as **R-2**." in twice.text
    shown = await house.employee.press(twice, "Open")
    assert "Request R-2" in shown.text
    lapsed = await house.employee.type("request show", request="R-1")
    assert f"asked again by <@{house.employee.id}>" in lapsed.text


async def test_a_request_past_its_date_is_in_the_digest_of_the_day(house: House) -> None:
    await ask(house, needed_by="tomorrow")
    house.world.clock.advance(days=2)
    await house.world.close_days()
    await house.world.tell_audit()
    (digest,) = [
        message
        for message in house.guild.channels["alerts"].history()
        if "Requests past their date" in message.content
    ]
    assert "**R-1** for Line 3 · needed by" in digest.content
    listed = await house.employee.press_on(digest, "Open requests")
    assert "R-1" in listed.text


async def test_a_request_is_cancelled_after_a_second_press(house: House) -> None:
    await ask(house)
    asked = await house.employee.press_on(request_card(house).message, "Cancel")
    assert "Cancel **R-1** for **Line 3**? This cannot be undone." in asked.text
    cancelled = await house.employee.press(asked, "Cancel R-1")
    assert "Cancelled the request **R-1**" in cancelled.text
    await house.world.tell_audit()
    assert "cancelled" in request_card(house).text
    (row,) = await rows_of(house.world.db, Request, house.guild.id)
    assert (row.status, row.lapses_at) == ("cancelled", None)


async def test_a_pick_of_an_item_that_was_merged_since_is_given_back_after_the_merge(
    house: House,
) -> None:
    await house.manager.type("item add", sku="NUT-8", name="Nut")
    await house.manager.type("put", item="NUT-8", quantity="4", location="Shelf A1")
    await ask(house, "NUT-8 4")
    listed = await house.colleague.press_on(request_card(house).message, "Pick")
    picked = await house.colleague.press(listed, "Picked all")
    asked = await house.manager.type("item merge", item="NUT-8", into="BOLT-8")
    merged = await house.manager.press(asked, "Merge")
    async with house.world.unchanged():
        refused = await house.colleague.press(picked, "Undo")
    assert refused.text.startswith("**NUT-8** was merged into **BOLT-8**.")
    await house.manager.press(merged, "Undo")
    assert "Reversed a pick" in (await house.colleague.press(picked, "Undo")).text


async def test_a_card_is_drawn_again_when_what_was_short_comes_in(house: House) -> None:
    made = await ask(house, "BOLT-8 16")
    assert "⚠️ 2 not reserved" in request_card(house).text
    await house.colleague.type("put", item="BOLT-8", quantity="5", location="Shelf A1")
    await house.world.tell_audit()
    assert "not reserved" not in request_card(house).text
    shown = await house.employee.press(made, "Open")
    assert f"reservations followed the stock that <@{house.colleague.id}> changed" in shown.text
