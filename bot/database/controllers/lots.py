from bot.database.controllers.base import BaseController
from bot.database.models import Lot


class LotController(BaseController[Lot]):
    """The lots and serial numbers of tracked items."""

    model = Lot
    noun = "lot"
    permission = "stock.view"
