from bot.database.controllers.base import BaseController
from bot.database.models import Board, BoardMessage


class BoardController(BaseController[Board]):
    """The boards of a guild; they are few."""

    model = Board
    noun = "board"
    permission = "stock.view"


class BoardMessageController(BaseController[BoardMessage]):
    """The messages of boards, and what they show; `db.maintenance` writes it, never a unit."""

    model = BoardMessage
    noun = "board message"
    permission = "stock.view"
