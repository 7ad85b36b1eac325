from bot.database.controllers.base import BaseController
from bot.database.models import ItemImage


class ItemImageController(BaseController[ItemImage]):
    """The pictures of items."""

    model = ItemImage
    noun = "image"
    permission = "item.view"
