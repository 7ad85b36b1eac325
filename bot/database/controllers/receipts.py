from bot.database.controllers.base import BaseController
from bot.database.models import Receipt


class ReceiptController(BaseController[Receipt]):
    """What was answered to whom; written by `DatabaseService.run` alone."""

    model = Receipt
    noun = "record"
    permission = "stock.move"
