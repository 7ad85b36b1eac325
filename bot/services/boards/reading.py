"""Reading boards: each kind is read by one function, a bounded number of rows of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast

from bot.database.models import Board, BoardMessage, Location
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.boards import MAX_BOARDS, BoardKind
from bot.domain.periods import day_of
from bot.services.availability import read_today
from bot.services.boards.documents import read_counts, read_orders, read_requests
from bot.services.boards.shown import BoardLook, BoardRow, BoardShown
from bot.services.boards.stock import read_low, read_stock


@dataclass(frozen=True, slots=True, kw_only=True)
class GetBoard:
    """Ask what a board has to show."""

    board_id: int


class BoardFound(NamedTuple):
    """What there is of a board: neither if it was removed and its message deleted."""

    look: BoardLook | None
    message: BoardMessage | None


Rows = tuple[list[BoardRow], int, bool]
_READERS: Final[dict[str, Callable[[Books, Location | None], Awaitable[Any]]]] = {
    "stock": read_stock,
    "low": read_low,
    "requests": read_requests,
    "orders": read_orders,
    "counts": read_counts,
}


@query(permission="stock.view", is_shown=False)
async def get_board(books: Books, request: GetBoard) -> BoardFound:
    """Return what a board has to show, and its message; of a removed board the message alone."""
    message = await books.board_messages.get_by_id(request.board_id)
    board = await books.boards.get_by_id(request.board_id)
    if board is None:
        return BoardFound(None, message)
    today, edited_at = await read_today(books), message.edited_at if message else None
    timezone = (await books.guilds.require()).timezone
    look = BoardLook(
        shown=await _read(books, board),
        is_of_today=edited_at is not None and day_of(edited_at, timezone) == today,
        message=message,
    )
    return BoardFound(look, message)


@query(permission="stock.view", is_shown=False)
async def list_board_ids(books: Books, request: None) -> list[int]:
    """List the boards of a guild."""
    del request
    return [board.id for board in await books.boards.find_all(limit=MAX_BOARDS)]


async def _read(books: Books, board: Board) -> BoardShown:
    location = None
    if board.location_id is not None:
        location = await books.locations.require(board.location_id)
    rows, total, is_cut = cast("Rows", await _READERS[board.kind](books, location))
    guild = await books.guilds.require()
    return BoardShown(
        board_id=board.id,
        channel_id=board.channel_id,
        kind=cast("BoardKind", board.kind),
        location_id=board.location_id,
        location=None if location is None else location.path,
        language=guild.language,
        rows=tuple(rows),
        total=total,
        is_cut=is_cut,
    )
