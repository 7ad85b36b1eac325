"""Keeping boards: create one in a channel, remove those of a channel, list them."""

from dataclasses import dataclass
from typing import Final

from bot.database.models import Board
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.boards import AT_A_LOCATION, MAX_BOARDS, BoardExists, BoardKind, write_board
from bot.domain.changes import Change
from bot.domain.lanes import BOARD, board_lane
from bot.domain.stock import Reference
from bot.errors import Archived, InvalidValue, LimitReached, NotFound

CREATED: Final = "board.created"
REMOVED: Final = "board.removed"
NOUN: Final = "board"
MANAGES: Final = "board.manage"

declare_actions(CREATED, way_back="board remove")
declare_actions(REMOVED, way_back="board create")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBoard:
    """Show the state of something in a channel from now on."""

    channel_id: int
    kind: BoardKind
    location: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveBoards:
    """Remove all boards of a channel."""

    channel_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardNamed:
    """A board by what it shows."""

    kind: BoardKind
    location: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardsChanged:
    """The answer: which boards of a channel were created or removed."""

    record: int
    action: str
    channel_id: int
    boards: tuple[BoardNamed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListBoards:
    """Ask which boards there are, by their channels."""


@operation("board.create", permission=MANAGES)
async def create_board(uow: UnitOfWork, request: CreateBoard) -> BoardsChanged:
    """Create a board; its message is posted once this is committed."""
    if request.location is not None and request.kind not in AT_A_LOCATION:
        raise InvalidValue(field="location", reason="board_of_all", value=request.kind)
    location = None
    if request.location is not None:
        location = await uow.locations.require_reference(request.location)
        if location.archived_at is not None:
            raise Archived("location", location.path, location.id)
    location_id = None if location is None else location.id
    named = BoardNamed(kind=request.kind, location=None if location is None else location.path)
    boards = await uow.boards.find_all()
    for board in boards:
        same = (board.channel_id, board.kind, board.location_id)
        if same == (request.channel_id, request.kind, location_id):
            raise BoardExists(NOUN, "kind", write_board(named.kind, named.location))
    if len(boards) >= MAX_BOARDS:
        raise LimitReached(NOUN, MAX_BOARDS)
    made = await uow.boards.create(
        channel_id=request.channel_id, kind=request.kind, location_id=location_id
    )
    uow.notify(board_lane(made.id), BOARD)
    changes = [Change("channel", "", str(made.channel_id)), Change("board", "", made.kind)]
    if named.location is not None:
        changes.append(Change("location", "", named.location))
    record = uow.record(
        CREATED,
        subject_type=NOUN,
        subject_id=made.id,
        subject=write_board(named.kind, named.location),
        changes=changes,
    )
    return BoardsChanged(record=record, action=CREATED, channel_id=made.channel_id, boards=(named,))


@operation("board.remove", permission=MANAGES)
async def remove_boards(uow: UnitOfWork, request: RemoveBoards) -> BoardsChanged:
    """Remove the boards of a channel; their messages are deleted once this is committed."""
    boards = await uow.boards.find_all(channel_id=request.channel_id)
    if not boards:
        raise NotFound(NOUN, wanted=str(request.channel_id))
    named = await _name(uow, boards)
    for board in boards:
        await uow.boards.delete_by_id(board.id)
        uow.notify(board_lane(board.id), BOARD)
    text = ", ".join(write_board(each.kind, each.location) for each in named)
    record = uow.record(
        REMOVED,
        subject_type=NOUN,
        subject_id=boards[0].id,
        subject=text,
        changes=[Change("channel", str(request.channel_id), "")],
        subjects=[(NOUN, board.id) for board in boards],
    )
    return BoardsChanged(
        record=record, action=REMOVED, channel_id=request.channel_id, boards=tuple(named)
    )


@query(permission=MANAGES, is_shown=False)
async def list_boards(books: Books, request: ListBoards) -> dict[int, tuple[BoardNamed, ...]]:
    """Return what is shown in which channel."""
    del request
    boards = await books.boards.find_all()
    found: dict[int, tuple[BoardNamed, ...]] = {}
    for board, named in zip(boards, await _name(books, boards), strict=True):
        found[board.channel_id] = (*found.get(board.channel_id, ()), named)
    return found


async def _name(books: Books, boards: list[Board]) -> list[BoardNamed]:
    ids = sorted({board.location_id for board in boards if board.location_id is not None})
    places = await books.locations.get_many(ids)
    return [
        BoardNamed(
            kind=board.kind,  # type: ignore[arg-type]  # kept as it was checked
            location=None if board.location_id is None else places[board.location_id].path,
        )
        for board in boards
    ]
