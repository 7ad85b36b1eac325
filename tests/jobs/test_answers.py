"""Answers that got lost: asked back when the command comes again, and shown after all."""

import pytest
from simcord.results import InteractionResult
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import PendingAnswer
from bot.locales import use_locale
from bot.views.errors import interrupted
from tests import pseudo
from tests.cogs.world import House, World
from tests.database.books import rows_of

EDITS = "/webhooks/*/messages/@original"


async def lose_an_answer(house: House, **options: str) -> InteractionResult:
    """Take three bolts while Discord drops the answer."""
    house.world.env.inject_error("PATCH", EDITS, status=500)
    given = {"item": "BOLT-8", "quantity": "3", "location": "Shelf A1"} | options
    return await house.employee.ask("take", **given)


async def test_what_was_lost_was_done_all_the_same(house: House) -> None:
    lost = await lose_an_answer(house)
    assert lost.response is not None
    assert lost.response.content == ""
    assert await house.level("BOLT-8", "Shelf A1") == 7


async def test_a_lost_answer_is_shown_once(world: World, house: House) -> None:
    lost = await lose_an_answer(house)
    world.clock.advance(seconds=10)
    await world.show_answers()
    answer = house.employee.read(lost)
    assert answer.lines == [
        "✅ Took **3 pcs** of **BOLT-8** Bolt 8 mm",
        "Shelf A1: 10 → 7 pcs",
        "`#8`",
    ]
    assert list(answer.buttons) == ["Undo", "Again"]
    edits = len(world.requests("PATCH", EDITS))
    world.clock.advance(seconds=10)
    await world.show_answers()
    assert len(world.requests("PATCH", EDITS)) == edits


@pytest.mark.both_engines
async def test_a_lost_answer_is_shown_by_the_next_process(world: World, house: House) -> None:
    lost = await lose_an_answer(house)
    await world.restart()
    world.clock.advance(seconds=1)
    await world.show_answers()
    answer = house.employee.read(lost)
    assert answer.record == 8
    undone = await house.employee.press(answer, "Undo")
    assert undone.lines[1] == "Shelf A1: 7 → 10 pcs"


async def test_an_answer_that_is_lost_again_is_tried_again(world: World, house: House) -> None:
    lost = await lose_an_answer(house)
    world.env.inject_error("PATCH", EDITS, status=500)
    world.clock.advance(seconds=10)
    await world.show_answers()
    world.clock.advance(seconds=10)
    await world.show_answers()
    assert house.employee.read(lost).record == 8


async def test_answers_that_were_shown_are_left_alone(world: World, house: House) -> None:
    await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    edits = len(world.requests("PATCH", EDITS))
    world.clock.advance(minutes=1)
    await world.show_answers()
    assert len(world.requests("PATCH", EDITS)) == edits


async def test_no_answer_is_tried_after_a_quarter_of_an_hour(world: World, house: House) -> None:
    await lose_an_answer(house)
    edits = len(world.requests("PATCH", EDITS))
    world.clock.advance(minutes=15, seconds=1)
    await world.show_answers()
    assert len(world.requests("PATCH", EDITS)) == edits


async def test_a_lost_refusal_is_answered_with_what_is_known(world: World, house: House) -> None:
    lost = await lose_an_answer(house, item="nothing like it")
    world.clock.advance(seconds=10)
    await world.show_answers()
    assert lost.response is not None
    assert lost.response.content == ""
    world.clock.advance(seconds=15)
    await world.show_answers()
    answer = house.employee.read(lost)
    assert answer.text == (
        "I was interrupted before I could do this; nothing was changed. Please try again."
    )
    assert await house.records() == 7


@pytest.mark.both_engines
async def test_the_note_of_a_refusal_is_kept_until_its_token_has_expired(
    world: World, house: House
) -> None:
    await house.employee.type("take", item="BOLT-8", quantity="500", location="Shelf A1")
    await world.app.desk.pending.flush()
    (kept,) = await rows_of(world.db, PendingAnswer, house.guild.id)
    assert kept.token == ""
    world.clock.advance(minutes=14)
    edits = len(world.requests("PATCH", EDITS))
    await world.show_answers()
    assert len(await rows_of(world.db, PendingAnswer, house.guild.id)) == 1
    world.clock.advance(minutes=2)
    await world.show_answers()
    assert await rows_of(world.db, PendingAnswer, house.guild.id) == []
    assert len(world.requests("PATCH", EDITS)) == edits


@pytest.mark.both_engines
async def test_the_same_command_is_asked_back_first(world: World, house: House) -> None:
    await lose_an_answer(house)
    world.clock.advance(seconds=40)
    async with world.unchanged():
        asked = await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    assert asked.text == "You did this 40 s ago as #8. Again?"
    assert list(asked.buttons) == ["Again"]
    again = await house.employee.press(asked, "Again")
    assert again.lines[1] == "Shelf A1: 7 → 4 pcs"


async def test_one_is_asked_back_after_a_restart_and_in_minutes(world: World, house: House) -> None:
    await lose_an_answer(house)
    await world.restart()
    world.clock.advance(minutes=9, seconds=30)
    asked = await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    assert asked.text == "You did this 9 min ago as #8. Again?"


async def test_no_one_is_asked_back_after_ten_minutes(world: World, house: House) -> None:
    await lose_an_answer(house)
    world.clock.advance(minutes=10, seconds=1)
    taken = await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    assert taken.lines[1] == "Shelf A1: 7 → 4 pcs"


async def test_others_and_other_commands_are_not_asked_back(world: World, house: House) -> None:
    await lose_an_answer(house)
    world.clock.advance(seconds=40)
    same = {"item": "BOLT-8", "quantity": "3", "location": "Shelf A1"}
    assert (await house.colleague.type("take", **same)).record == 9
    assert (await house.employee.type("take", **same | {"quantity": "1"})).record == 10
    assert (await house.employee.type("put", **same)).record == 11


async def test_no_one_is_asked_back_once_it_was_shown(world: World, house: House) -> None:
    await lose_an_answer(house)
    world.clock.advance(seconds=10)
    await world.show_answers()
    taken = await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    assert taken.record == 9


async def test_a_lost_undo_is_done_once(world: World, house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    world.env.inject_error("PATCH", EDITS, status=500)
    await house.employee.ask("undo")
    world.clock.advance(seconds=40)
    asked = await house.employee.type("undo")
    assert asked.text == f"You did this 40 s ago as #{taken.record + 1}. Again?"
    assert await house.level("BOLT-8", "Shelf A1") == 10


@pytest.mark.both_engines
async def test_an_interaction_that_discord_gave_up_is_not_carried_out(
    world: World, house: House
) -> None:
    world.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
    await house.employee.ask("take", item="BOLT-8", quantity="3", location="Shelf A1")
    assert await house.records() == 7
    assert await house.level("BOLT-8", "Shelf A1") == 10


async def test_a_double_acknowledgement_counts_as_one(world: World, house: House) -> None:
    world.env.inject_error("POST", "/interactions/*/callback", status=400, code=40060)
    await house.employee.ask("take", item="BOLT-8", quantity="3", location="Shelf A1")
    assert await house.level("BOLT-8", "Shelf A1") == 7


@pytest.mark.parametrize("pseudo_locale", [pseudo.LOCALE_OF_PHONES], indirect=True)
async def test_a_lost_answer_is_shown_in_the_language_of_the_person(
    house: House, pseudo_locale: str
) -> None:
    with use_locale(pseudo_locale):
        wanted = interrupted()
    world = house.world
    lost = await lose_an_answer(house, item="nothing like it")
    await world.restart()
    world.clock.advance(seconds=25)
    await world.show_answers()
    assert house.employee.read(lost).text == wanted
    assert wanted != interrupted()


async def test_an_answer_that_cannot_be_read_keeps_no_other_waiting(
    world: World, house: House, warnings: list[str]
) -> None:
    unreadable = await lose_an_answer(house)
    healthy = await lose_an_answer(house, quantity="2")
    await receipt_of_another_version(world, house)
    for _ in range(3):
        world.clock.advance(seconds=10)
        await world.show_answers()
    assert house.employee.read(healthy).record == 9
    assert unreadable.response is not None
    assert unreadable.response.content == ""
    assert len([line for line in warnings if "cannot be read" in line]) == 1
    world.clock.advance(minutes=15)
    await world.show_answers()
    assert await rows_of(world.db, PendingAnswer, house.guild.id) == []


async def receipt_of_another_version(world: World, house: House) -> None:
    """Let the receipt of record 8 name an operation that this version does not know."""
    values = {"g": house.guild.id, "o": "stock.teleport"}

    async def work(connection: AsyncConnection) -> None:
        rename = "UPDATE receipt SET operation = :o WHERE guild_id = :g AND record = 8"
        await connection.execute(text(rename), values)

    await world.db.maintenance.write(work)
