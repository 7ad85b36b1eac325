"""What is asked back has a button for each answer, and the button finishes the command."""

import pytest

from bot.domain.stock import ChosenId
from bot.views.waiting import WaitingCommand
from tests.cogs.world import House

AMBIGUOUS = {
    "take": {"location": "Shelf A1"},
    "put": {"location": "Shelf A1", "note": 'he said "two: 2"\\'},
    "move": {"quantity": "1", "from": "Shelf A1", "to": "Shelf B2"},
    "adjust": {"location": "Shelf A1", "counted": "7", "reason": "counted"},
    "history": {},
    "item show": {},
    "item edit": {"name": "Another name"},
}


async def name_two_alike(house: House) -> None:
    await house.manager.type("item edit", item="BOLT-8", name="Bolt")
    await house.manager.type("item add", sku="BOLT-9", name="Bolt")


@pytest.mark.parametrize("command", AMBIGUOUS)
async def test_a_name_of_several_items_is_chosen_by_a_button(house: House, command: str) -> None:
    await name_two_alike(house)
    asked = await house.manager.type(command, item="bolt", **AMBIGUOUS[command])
    assert list(asked.buttons) == ["BOLT-8 · 14 pcs · Bolt", "BOLT-9 · 0 pcs · Bolt"]
    done = await house.manager.press(asked, "BOLT-8 · 14 pcs · Bolt")
    assert "BOLT-8" in done.text
    assert "Which one?" not in done.text


async def test_a_choice_waits_in_its_message_through_a_restart(house: House) -> None:
    await name_two_alike(house)
    asked = await house.employee.type(
        "take", item="bolt", quantity="2", location="Shelf A1", note="for Ann: now"
    )
    await house.world.restart()
    taken = await house.employee.press(asked, "BOLT-8 · 14 pcs · Bolt")
    assert taken.lines[1] == "Shelf A1: 10 → 8 pcs"
    assert "for Ann: now" in taken.text


@pytest.mark.both_engines
async def test_a_guess_is_offered_and_never_taken_for_the_answer(house: House) -> None:
    """T05."""
    await house.manager.type("item add", sku="AMS1117-3.3", name="Regulator")
    async with house.world.unchanged():
        asked = await house.employee.type("take", item="AMS1117-5.0", location="Shelf A1")
        assert asked.text.startswith("There is no item **AMS1117-5.0**. Did you mean ")
        found = await house.viewer.type("find", query="AMS1117-5.0")
        assert found.text.startswith("There is no item or location **AMS1117-5.0**.")
        shown = await house.viewer.press(found, "AMS1117-3.3 · 0 pcs · Regulator")
    assert shown.title == "AMS1117-3.3"
    put = await house.employee.type("put", item="blot-8", location="Shelf A1")
    assert (await house.employee.press(put, "BOLT-8 · 14 pcs · Bolt 8 mm")).lines[1] == (
        "Shelf A1: 10 → 11 pcs"
    )


async def test_both_readings_of_a_quantity_are_buttons(house: House) -> None:
    asked = await house.employee.type("put", item="BOLT-8", quantity="1,000", location="Shelf A1")
    assert list(asked.buttons) == ["1000", "1"]
    put = await house.employee.press(asked, "1000")
    assert put.lines[1] == "Shelf A1: 10 → 1010 pcs"


async def test_a_supplier_is_asked_back_with_its_status(house: House) -> None:
    await house.employee.type("supplier propose", name="Harbour Tools")
    asked = await house.employee.type("supplier edit", supplier="harbor tools", note="slow")
    edited = await house.employee.press(asked, "Harbour Tools · pending")
    assert "note: slow" in edited.text


async def test_a_pending_supplier_is_decided_where_it_is_shown(house: House) -> None:
    await house.employee.type("supplier propose", name="Acme")
    for n in range(11):
        await house.employee.type("supplier edit", supplier="Acme", note=f"note {n}")
    assert "Approve" not in (await house.employee.type("supplier show", supplier="Acme")).buttons
    shown = await house.manager.type("supplier show", supplier="Acme")
    whole = await house.manager.press(shown, "Whole history")
    rest = await house.manager.press(whole, "Next ▶")
    assert "proposed by" in rest.lines[-1]
    approved = await house.manager.press(shown, "Approve")
    assert approved.lines[0] == "✅ Approved the supplier **Acme**"


async def test_two_places_of_one_name_are_told_apart_by_their_paths(house: House) -> None:
    for rack in ("Rack 1", "Rack 2"):
        await house.manager.type("location add", name=rack)
        await house.manager.type("location add", name="Bin", parent=rack)
    asked = await house.employee.type("put", item="BOLT-8", location="bin")
    put = await house.employee.press(asked, "Rack 2 \u203a Bin")
    assert put.lines[1] == "Rack 2 \u203a Bin: 0 → 1 pcs"


async def test_two_taps_on_a_question_count_once(house: House) -> None:
    await name_two_alike(house)
    asked = await house.employee.type("take", item="bolt", location="Shelf A1")
    await house.employee.press(asked, "BOLT-8 · 14 pcs · Bolt")
    async with house.world.unchanged():
        await house.employee.forge(asked, asked.buttons["BOLT-8 · 14 pcs · Bolt"])


@pytest.mark.both_engines
@pytest.mark.parametrize("name", ["item", "location"])
async def test_a_name_that_something_archived_has_can_be_restored(house: House, name: str) -> None:
    """T02."""
    added = {"item": {"sku": "Cage", "name": "Cage"}, "location": {"name": "Cage"}}[name]
    await house.manager.type(f"{name} add", **added)
    await house.manager.type(f"{name} archive", **{name: "Cage"})
    refused = await house.manager.type(f"{name} add", **added)
    assert f"`/{name} restore`" in refused.text
    restored = await house.manager.press(refused, "Restore")
    assert restored.lines[0] == f"✅ Restored the {name} **Cage**"
    archived = await house.manager.type(f"{name} archive", **{name: "Cage"})
    assert archived.lines[0] == f"✅ Archived the {name} **Cage**"
    again = await house.manager.type(f"{name} restore", **{name: "Cage"})
    assert again.lines[0] == f"✅ Restored the {name} **Cage**"


def test_a_waiting_command_is_read_as_it_was_written() -> None:
    options: dict[str, str | ChosenId] = {
        "item": ChosenId.of("item", 41),
        "location": '\u203a Hall \u203a "Rack" #1',
        "note": "#7 to:B2 \\ \n x",
        "quantity": "",
        "from": "A1",
    }
    waiting = WaitingCommand("item edit", options)
    read = WaitingCommand.parse(str(waiting))
    assert (read.name, dict(read.options)) == ("item edit", options)
    assert isinstance(read.options["item"], ChosenId)
    assert read.options["item"].noun == "item"
    for text in ("", "take", "/take item:", '/take item:"x', '/take item:"\\q"'):
        with pytest.raises(ValueError):  # noqa: PT011  # its text is never shown
            WaitingCommand.parse(text)
