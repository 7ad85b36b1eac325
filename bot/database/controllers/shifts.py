from bot.database.controllers.base import BaseController
from bot.database.models import Shift


class ShiftController(BaseController[Shift]):
    """Who works, until when."""

    model = Shift
    noun = "shift"
    permission = "stock.view"
