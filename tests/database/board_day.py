"""Boards of every kind, for the plans of their statements."""

from typing import Any

from bot.database.delivery.board_messages import BoardMessages, Kept
from bot.domain.boards import AT_A_LOCATION, BOARD_KINDS
from bot.domain.shards import ALL_GUILDS
from tests.database.books import GUILD


async def show_boards(day: Any) -> None:
    """Create boards, read what they show, note and forget their messages, and remove them."""
    db = day.warehouse.db
    messages = BoardMessages(db)
    for kind in BOARD_KINDS:
        for location in (None, "L 7") if kind in AT_A_LOCATION else (None,):
            await day.run("board.create", channel_id=5, kind=kind, location=location)
    ids = await day.ask("list_board_ids")
    for board_id in ids:
        await messages.keep(
            Kept(guild_id=GUILD, board_id=board_id, channel_id=5, posting="p", edited_at=db.clock())
        )
        found = await day.ask("get_board", board_id=board_id)
        assert found.look is not None
    await messages.queue(GUILD, ids)
    assert await messages.list_heads(ALL_GUILDS)
    await day.ask("list_boards")
    await day.ask("get_settings")
    await day.run("board.remove", channel_id=5)
    await messages.forget(GUILD, ids[0])
