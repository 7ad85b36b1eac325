"""Boards as people use them: created, pressed, removed."""

import pytest

from bot.database.models import Board as BoardRow
from bot.database.models import BoardMessage, OutboxLane
from tests.cogs.boards import board, boards, create, look
from tests.cogs.test_orders import approve_supplier, write
from tests.cogs.world import House
from tests.database.books import rows_of


@pytest.mark.both_engines
async def test_a_board_is_posted_follows_the_books_and_is_deleted(house: House) -> None:
    made = await create(house, "stock")
    assert "**stock**: shown in" in made.text
    shown = board(house)
    assert "**BOLT-8**" in shown.text
    assert "**14 pcs**" in shown.text
    await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    await look(house.world)
    assert "**11 pcs**" in board(house).text
    assert board(house).message.id == shown.message.id
    removed = await house.manager.type("board remove", channel=str(house.channel.id))
    assert "Removed the board **stock**" in removed.text
    assert "intact" in (await house.auditor.type("audit verify")).text
    await house.world.tell_audit()
    assert not house.channel.history()
    assert not await rows_of(house.world.db, BoardMessage, house.guild.id)
    lanes = {lane.lane for lane in await rows_of(house.world.db, OutboxLane, house.guild.id)}
    assert not {lane for lane in lanes if lane.startswith("board:")}


async def test_a_low_item_is_ordered_from_its_board_by_those_who_may(house: House) -> None:
    await house.manager.type("item edit", item="BOLT-8", reorder_point="20", reorder_target="40")
    await create(house, "low")
    await house.world.restart()
    shown = board(house)
    ((row, _custom_id),) = shown.rows.items()
    assert "`███░░░░░░░` **14 pcs** · reorder at 20 pcs" in row
    refused = await house.employee.press_on(shown.message, "Order")
    assert "do not have permission" in refused.text or "order.create" in refused.text
    asked = await house.buyer.press_on(shown.message, "Order")
    assert "BOLT-8" in asked.text


async def test_boards_reports_and_why_agree_on_an_order_that_was_not_sent(house: House) -> None:
    await house.manager.type("item edit", item="BOLT-8", reorder_point="20", reorder_target="40")
    await approve_supplier(house)
    await house.buyer.press(await write(house, "BOLT-8 26 1"), "Submit")
    await create(house, "low")
    await create(house, "orders")
    low, orders = boards(house)
    assert "26 pending" in low.text
    assert "Order" not in low.buttons
    assert "**PO-1** Acme · pending" in orders.text
    listed = await house.manager.type("report show", kind="low")
    assert "of 20 · 26 pending" in listed.text
    shown = await house.manager.type("report show", kind="orders")
    assert "**PO-1** Acme · pending · **BOLT-8** · 26 pcs to come" in shown.text
    assert "**PO-1** · pending" in (await house.manager.press(shown, "Why?")).text


async def test_a_request_is_picked_from_its_board_by_those_who_may(house: House) -> None:
    await house.employee.type("request new", lines="BOLT-8 4", **{"for": "Line 3"})
    await create(house, "requests")
    await house.world.restart()
    shown = board(house)
    ((row, _custom_id),) = shown.rows.items()
    assert "**R-1** Line 3" in row
    assert "0 of 1 picked" in row
    refused = await house.viewer.press_on(shown.message, "Pick")
    assert "request" in refused.text
    assert "📍" not in refused.text
    listed = await house.colleague.press_on(shown.message, "Pick")
    picked = await house.colleague.press(listed, "Picked all")
    assert "All of it is picked." in picked.text
    await look(house.world)
    assert "_No open requests._" in board(house).text


async def test_a_count_of_its_location_begins_at_a_board(house: House) -> None:
    await create(house, "stock", location="Shelf A1")
    await create(house, "counts")
    await house.world.restart()
    stock, counts = boards(house)
    assert "Shelf A1" in stock.text
    assert "`███████░░░` **10 pcs** of 14 pcs in all" in stock.text
    verified = await house.auditor.type("audit verify")
    assert "intact" in verified.text
    async with house.world.unchanged():
        await house.viewer.press_on(stock.message, "Count")
    await house.employee.press_on(stock.message, "Count")
    async with house.world.unchanged():
        again = await house.colleague.press_on(stock.message, "Count")
        assert again.text == "**C-1** of Shelf A1 is under way: count there."
        assert "C-1" in (await house.colleague.press(again, "Open")).text
    await look(house.world)
    assert "**C-1** Shelf A1" in boards(house)[1].text
    assert "0 of 1 counted" in boards(house)[1].text
    opened = await house.colleague.press_on(counts.message, "Open") if counts.rows else None
    opened = opened or await house.colleague.press_on(boards(house)[1].message, "Open")
    assert "C-1" in opened.text


async def test_the_whole_list_of_a_board_is_shown_to_those_who_may_see_it(house: House) -> None:
    for kind in ("stock", "low", "requests", "orders", "counts"):
        await create(house, kind)
    stock, low, requests, orders, counts = boards(house)
    for shown, title in (
        (stock, "Items"),
        (low, "reorder"),
        (requests, "Requests"),
        (orders, "Orders"),
        (counts, "Counts"),
    ):
        answer = await house.employee.press_on(shown.message, "See all")
        assert title in answer.text
    # Who may not count sees no counts.
    refused = await house.viewer.press_on(counts.message, "See all")
    assert "Counts" not in refused.text


async def test_what_cannot_be_a_board_is_refused(house: House) -> None:
    await create(house, "stock")
    async with house.world.unchanged():
        again = await house.manager.type("board create", channel=house.channel, kind="stock")
        assert "That channel already shows the board **stock**." in again.text
        placed = await house.manager.type(
            "board create", channel=house.channel, kind="low", location="Shelf A1"
        )
        assert "This board is of all locations." in placed.text
        unknown = await house.manager.type("board remove", channel="#nowhere")
        assert "There is no board in that channel." in unknown.text
        refused = await house.employee.type("board create", channel=house.channel, kind="low")
        assert "board.manage" in refused.text or "boards" in refused.text
    assert len(await rows_of(house.world.db, BoardRow, house.guild.id)) == 1
    (offered,) = await house.manager.suggest("board remove", "channel", "flo")
    assert offered == {"name": "#floor: stock", "value": str(house.channel.id)}
