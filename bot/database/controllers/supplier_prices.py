"""What suppliers ask for items, by day and quantity."""

from bot.database.controllers.base import BaseController
from bot.database.models import SupplierPrice


class SupplierPriceController(BaseController[SupplierPrice]):
    """Prices of suppliers: each from a day and a quantity on, until the next begins."""

    model = SupplierPrice
    noun = "price"
    permission = "price.view"
