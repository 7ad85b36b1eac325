from bot.database.controllers.base import BaseController
from bot.database.models import Barcode


class BarcodeController(BaseController[Barcode]):
    """The codes that are printed on items and their packs."""

    model = Barcode
    noun = "barcode"
    permission = "item.view"
