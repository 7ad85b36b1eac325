"""The trail as people ask for it: search, one record, proof, a table to take home."""

import pytest

from bot.views.actions import ACTION_WORDS
from bot.views.audit import pages as trail
from bot.views.audit.pages import Search
from tests.cogs.world import House, World

OF_THE_HOUSE = 7


async def put(house: House, times: int) -> None:
    for _ in range(times):
        await house.employee.type("put", item="BOLT-8", location="Shelf A1")


async def test_a_search_shows_the_newest_first_and_turns_its_pages(
    world: World, house: House
) -> None:
    await put(house, 15)
    first = await house.auditor.type("audit search", member=house.employee.member)
    assert first.title == "Audit"
    assert "`#22`" in first.lines[1]
    assert len(first.description.splitlines()) == 10
    await world.restart()
    second = await house.auditor.press(first, "Next ▶")
    assert "`#12`" in second.lines[1]
    assert len(second.description.splitlines()) == 5
    back = await house.auditor.press(second, "◀ Previous")
    assert back.description == first.description


async def test_filters_go_along_when_pages_are_turned(house: House) -> None:
    await put(house, 12)
    await house.manager.type("put", item="BOLT-8", location="Shelf A1")
    found = await house.auditor.type(
        "audit search",
        member=house.employee.member,
        action="stock.put",
        subject="BOLT-8",
        since="today",
        until="today",
    )
    assert found.title == "Audit · stock.put · BOLT-8"
    assert max(map(len, found.buttons.values())) <= 100
    rest = await house.auditor.press(found, "Next ▶")
    assert rest.title == found.title
    assert len(rest.description.splitlines()) == 2


async def test_an_action_is_guessed_along_and_read_in_words(house: House) -> None:
    assert "item.added" in await house.auditor.values("audit search", "action", "item")
    assert await house.employee.values("audit search", "action", "item") == []
    assert "BOLT-8" in await house.auditor.values("audit search", "subject", "bol")
    found = await house.auditor.type("audit search", action="Added the item")
    assert "**BOLT-8**" in found.description


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"action": "danced"}, "There is no action **danced**. Pick one from the list."),
        ({"subject": "pirate"}, "There is no item, location, supplier or role **pirate**."),
        ({"since": "soon"}, "I cannot read **soon** as a time."),
        ({"until": "31.13.2026"}, "I cannot read **31.13.2026** as a time."),
    ],
)
async def test_what_cannot_be_searched_for_is_said(
    house: House, options: dict[str, str], said: str
) -> None:
    assert (await house.auditor.type("audit search", **options)).text.startswith(said)


async def test_a_search_without_a_hit_says_so(house: House) -> None:
    found = await house.auditor.type("audit search", until="2020-01-01")
    assert "No matching records" in found.text


async def test_a_record_is_shown_whole(house: House) -> None:
    taken = await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    await house.employee.type("undo")
    shown = await house.auditor.type("audit show", record=f"#{taken.record}")
    assert shown.title == f"Record #{taken.record}"
    assert shown.lines[1] == "**Took** **BOLT-8**"
    assert f"by <@{house.employee.id}>" in shown.lines[2]
    assert "3 pcs **BOLT-8** Shelf A1 (10 → 7) → _out_" in shown.text
    assert f"Reversed by #{taken.record + 1}." in shown.text
    assert "source: discord" in shown.text
    nothing = await house.auditor.type("audit show", record="4711")
    assert nothing.text == "There is no record #4711."


async def test_sound_books_are_said_to_be_sound(house: House) -> None:
    said = await house.auditor.type("audit verify")
    assert said.lines[0].startswith(f"✅ Verified: #1 to #{OF_THE_HOUSE}")


async def test_an_export_is_a_file_for_oneself(world: World, house: House) -> None:
    exported = await house.auditor.type("audit export")
    assert exported.content == f"{OF_THE_HOUSE} records, #1 to #{OF_THE_HOUSE}."
    stored = world.env.backend.get_message(exported.message.channel_id, exported.message.id)
    (attachment,) = stored.attachments
    assert attachment["filename"] == f"audit-1-{OF_THE_HOUSE}.csv"
    nothing = await house.auditor.type("audit export", until="2020-01-01")
    assert nothing.text == "There are no records in this period."


async def test_the_trail_is_for_those_who_may_view_it(world: World, house: House) -> None:
    async with world.unchanged():
        for command, options in (
            ("audit search", {}),
            ("audit show", {"record": "1"}),
            ("audit verify", {}),
            ("audit export", {}),
        ):
            said = await house.employee.type(command, **options)
            assert "`audit.view`" in said.text, command


def test_a_search_fits_a_button_whatever_it_was_narrowed_to() -> None:
    widest = Search(2**63 - 1, "settings.changed", ("supplier", 2**53), 2**53, 2**62)
    assert len(f"audit:page:a{2**53}:{widest}") <= 100
    assert Search.parse(str(widest)) == widest
    empty = Search(None, None, None, 1, 2**62)
    assert Search.parse(str(empty)) == empty


def test_a_button_means_the_same_action_in_a_version_that_has_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searches = [Search(None, action, None, 1, 2**62) for action in ACTION_WORDS]
    buttons = [str(search) for search in searches]
    assert len(set(buttons)) == len(ACTION_WORDS)
    more = {"pallet.stacked": ACTION_WORDS["stock.put"], **dict(reversed(ACTION_WORDS.items()))}
    monkeypatch.setattr(trail, "ACTION_WORDS", more)
    assert [Search.parse(button) for button in buttons] == searches
    unknown = str(Search(None, "pallet.burnt", None, 1, 2**62))
    with pytest.raises(ValueError, match=unknown):
        Search.parse(unknown)
