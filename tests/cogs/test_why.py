from decimal import Decimal
from typing import get_args

import pytest
from simcord.components import walk_components

from bot.domain.boards import BoardKind
from bot.services.boards.shown import BoardShown
from bot.services.reports.kinds import ReportKind
from bot.views.boards import board_page
from tests.cogs.phones import Answer
from tests.cogs.test_record_links import address
from tests.cogs.world import House, World
from tests.services.test_valuation import BUY, Bought


def key_of(shown: Answer, text: str) -> str:
    """Return the value of the row of a report's menu that says this."""
    menus = [c for c in walk_components(shown.message.components) if "options" in c]
    (key,) = [o["value"] for menu in menus for o in menu["options"] if text in o["label"]]
    return str(key)


async def test_every_move_of_a_figure_is_shown_with_the_figure_before_and_after(
    world: World, house: House
) -> None:
    ends = {"from": "Shelf A1", "to": "Shelf B2"}
    taken = await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    moved = await house.employee.type("move", item="BOLT-8", quantity="2", **ends)
    await world.tell_audit()
    found = await house.auditor.type("find", query="BOLT-8")
    why = await house.auditor.press(found, "Why?")
    assert why.title == "Why? · BOLT-8"
    lines = why.description.splitlines()
    assert lines[:2] == [
        "**11 pcs** on hand = 11 available.",
        "Chain: no day was closed yet; not checked here.",
    ]
    assert f"[`#{taken.record}`]({address(house, taken.record)})" in lines[2]
    assert f"<@{house.employee.id}> took 3 pcs · **14 → 11** · Shelf A1 → _out_" in lines[2]
    assert "**10 → 14**" in lines[3]
    assert "**0 → 10**" in lines[4]
    assert lines[5] == "-# This is the first record of it."

    levels = await house.auditor.press(why, "By location")
    shelf = await house.auditor.press_row(levels, "Shelf A1")
    assert shelf.title == "Why? · BOLT-8 · Shelf A1"
    lines = shelf.description.splitlines()
    assert lines[0] == "**5 pcs** = what came in less what went out, in the records below."
    assert [line.split("**")[1] for line in lines[2:5]] == ["7 → 5", "10 → 7", "0 → 10"]
    assert f"#{moved.record}" in lines[2]


async def test_a_location_with_others_inside_has_a_figure_of_all_of_them(house: House) -> None:
    await house.manager.type("location edit", location="Shelf B2", parent="Shelf A1")
    await house.employee.type("take", item="BOLT-8", location="Shelf B2")
    ends = {"from": "Shelf A1", "to": "Shelf B2"}
    await house.employee.type("move", item="BOLT-8", quantity="2", **ends)
    shown = await house.viewer.type("location show", location="Shelf A1")
    chosen = await house.viewer.press(shown, "Why?")
    why = await house.viewer.press_row(chosen, "BOLT-8")
    assert why.title == "Why? · BOLT-8 · Shelf A1 and inside"
    lines = why.description.splitlines()
    assert [line.split("**")[1] for line in lines[2:5]] == ["14 → 13", "10 → 14", "0 → 10"]


async def test_what_is_reserved_names_the_requests(house: House) -> None:
    await house.employee.type("request new", **{"for": "Jo"}, lines="BOLT-8 3")
    found = await house.viewer.type("find", query="BOLT-8")
    why = await house.viewer.press(found, "Why?")
    lines = why.description.splitlines()
    assert lines[:2] == [
        "**14 pcs** on hand = 11 available + 3 reserved.",
        "Reserved: R-1 Jo 3",
    ]
    reserved = await house.viewer.press(why, "Reserved")
    assert reserved.description.startswith("**3 pcs** reserved by 1 line of requests.")
    assert f"<@{house.employee.id}> **R-1** Jo · **3 pcs**" in reserved.description


async def test_the_records_of_a_figure_are_turned_to_the_first_and_back_after_a_restart(
    world: World, house: House
) -> None:
    for _ in range(22):
        await house.employee.type("put", item="BOLT-8", location="Shelf A1")
    why = await house.viewer.press(await house.viewer.type("find", query="BOLT-8"), "Why?")
    await world.restart()
    pages = [why]
    while "Next ▶" in pages[-1].buttons:
        # What is written meanwhile changes no older page.
        await house.employee.type("take", item="BOLT-8", location="Shelf A1")
        pages.append(await house.viewer.press(pages[-1], "Next ▶"))
    steps = [
        line.split("**")[1]
        for page in pages
        for line in page.description.splitlines()
        if " · **" in line
    ]
    assert steps == [*(f"{n} → {n + 1}" for n in range(35, 13, -1)), "10 → 14", "0 → 10"]
    back = await house.viewer.press(pages[-1], "◀ Previous")
    assert back.description.splitlines()[2:] == pages[-2].description.splitlines()[2:]


async def test_the_books_are_checked_when_asked_and_the_next_page_says_so(house: House) -> None:
    why = await house.auditor.press(await house.auditor.type("find", query="BOLT-8"), "Why?")
    assert (await house.auditor.press(why, "Check now")).text.startswith("✅ Verified: #1 to #7")
    at = int(house.world.clock.now.timestamp())
    why = await house.viewer.press(await house.viewer.type("find", query="BOLT-8"), "Why?")
    assert f"Chain: checked up to #7 <t:{at}:R>: intact." in why.text
    assert "Check now" not in why.buttons


async def test_a_report_leads_to_its_moves_and_its_rows_as_of_then(house: House) -> None:
    shown = await house.viewer.type("report show", kind="stock")
    await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    why = await house.viewer.press(shown, "Why?")
    assert why.title == "Why? · Stock"
    assert why.description.splitlines()[0] == "As of #7."
    assert "3 pcs" not in why.description
    row = await house.viewer.choose(shown, key_of(shown, "BOLT-8"))
    assert row.title == "Why? · BOLT-8"
    lines = row.description.splitlines()
    assert lines[0] == "**14 pcs** = what came in less what went out, in the records below."
    assert [line.split("**")[1] for line in lines[3:5]] == ["10 → 14", "0 → 10"]


@pytest.mark.parametrize("kind", ["abc", "cover"])
async def test_a_row_of_what_left_leads_to_the_records_by_which_it_left(
    house: House, kind: str
) -> None:
    await house.employee.type("take", item="BOLT-8", quantity="5", location="Shelf A1")
    await house.employee.type("take", item="BOLT-8", quantity="2", location="Shelf A1")
    await house.employee.type("undo")
    shown = await house.viewer.type("report show", kind=kind)
    await house.employee.type("take", item="BOLT-8", quantity="1", location="Shelf A1")
    why = await house.viewer.choose(shown, key_of(shown, "BOLT-8"))
    assert why.title == "Why? · BOLT-8 · what left"
    lines = why.description.splitlines()
    assert lines[0].startswith("**5 pcs** left for customers since 202")
    (record,) = [line for line in lines if "took" in line]
    assert "5 pcs" in record


async def test_a_value_is_made_of_receipts_at_their_prices(house: House) -> None:
    bought = Bought("BOLT-8", 20, "Shelf A1", (Decimal("1.5"), "EUR"))
    await house._run(BUY, bought, house.manager)
    await house.employee.type("take", item="BOLT-8", quantity="14", location="Shelf A1")
    shown = await house.manager.type("report show", kind="value")
    why = await house.manager.choose(shown, key_of(shown, "BOLT-8"))
    assert why.title == "Why? · BOLT-8 · value"
    lines = why.description.splitlines()
    assert lines[0].startswith("**30.00 EUR** = what is left of 1 receipt at its price")
    assert "**20 pcs** at 1.50 EUR = **30.00 EUR**" in lines[-1]
    assert lines[-1].startswith("`#8`")
    value = await house.manager.press(
        await house.manager.press(await house.manager.type("item show", item="BOLT-8"), "Why?"),
        "Value",
    )
    assert value.description.splitlines()[0] == lines[0]


async def test_a_row_is_of_its_item_also_after_that_was_merged_and_its_sku_given_away(
    house: House,
) -> None:
    await house.manager.type("item add", sku="BOLT-9", name="Bolt 9 mm")
    await house.employee.type("put", item="BOLT-9", quantity="3", location="Shelf A1")
    shown = await house.viewer.type("report show", kind="stock")
    asked = await house.manager.type("item merge", item="BOLT-9", into="BOLT-8")
    await house.manager.press(asked, "Merge")
    await house.manager.type("item edit", item="BOLT-8", sku="BOLT-X")
    await house.manager.type("item add", sku="BOLT-8", name="Another one")
    for sku, figure in (("BOLT-9", "**3 pcs** = "), ("BOLT-8", "**14 pcs** = ")):
        row = await house.viewer.choose(shown, key_of(shown, sku))
        assert row.description.startswith(figure)


async def test_a_row_of_low_stock_says_what_is_not_available(house: House) -> None:
    await house.manager.type("item edit", item="BOLT-8", reorder_point="20")
    await house.employee.type("request new", **{"for": "Jo"}, lines="BOLT-8 3")
    shown = await house.viewer.type("report show", kind="low")
    assert "**11 pcs** of 20" in shown.text
    row = await house.viewer.choose(shown, key_of(shown, "BOLT-8"))
    assert row.description.startswith("**14 pcs** on hand = 11 available + 3 reserved.")


async def test_open_documents_lead_to_their_records(house: House) -> None:
    made = await house.employee.type("request new", **{"for": "Jo"}, lines="BOLT-8 3")
    shown = await house.viewer.type("report show", kind="requests")
    listed = await house.viewer.press(shown, "Why?")
    assert listed.title == "Why? · requests"
    why = await house.viewer.press_row(listed, "R-1")
    assert why.title == "Why? · R-1"
    assert "This is the first record of it." in why.text
    chosen = await house.viewer.choose(shown, "R-1")
    assert chosen.description == why.description
    del made


async def test_a_board_leads_to_the_figures_that_it_shows(world: World, house: House) -> None:
    channel = house.guild.create_text_channel("warehouse")
    await house.manager.type("board create", channel=channel, kind="stock")
    await world.tell_audit()
    (board,) = channel.history()
    figures = await house.viewer.press_on(board, "Why?")
    why = await house.viewer.press_row(figures, "BOLT-8")
    assert why.description.splitlines()[0] == "**14 pcs** on hand = 14 available."


async def test_every_report_has_the_button(house: House) -> None:
    for kind in get_args(ReportKind):
        shown = await house.manager.type("report show", kind=kind)
        assert "Why?" in shown.buttons, kind
        assert (await house.manager.press(shown, "Why?")).title.startswith("Why? · ")


async def test_every_page_of_stock_has_the_button(house: House) -> None:
    tracked = {"sku": "MILK", "name": "Milk", "tracking": "lot"}
    await house.manager.type("item add", **tracked)
    await house.manager.type("put", item="MILK", location="Shelf A1", lot="L1")
    for command, options in (
        ("find", {"query": "BOLT-8"}),
        ("find", {"query": "Shelf A1"}),
        ("find", {"query": "L1"}),
        ("item show", {"item": "BOLT-8"}),
        ("location show", {"location": "Shelf A1"}),
        ("lot show", {"item": "MILK", "lot": "L1"}),
    ):
        shown = await house.manager.type(command, **options)
        why = await house.manager.press(shown, "Why?")
        assert why.title.startswith("Why? · "), command


@pytest.mark.parametrize("kind", get_args(BoardKind))
def test_every_board_has_the_button(kind: BoardKind) -> None:
    shown = BoardShown(
        board_id=7,
        channel_id=1,
        kind=kind,
        location_id=None,
        location=None,
        language="en",
        rows=(),
        total=0,
    )
    view = board_page(shown).view
    assert view is not None
    ids = [getattr(each, "custom_id", "") for each in view.walk_children()]
    assert "why:board:7" in ids
