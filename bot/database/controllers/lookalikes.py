from bot.database.controllers.base import BaseController
from bot.database.models import Lookalike


class LookalikeController(BaseController[Lookalike]):
    """What names with letters of other scripts look like; see `bot/services/lookalikes.py`."""

    model = Lookalike
    noun = "lookalike"
    permission = "stock.view"
