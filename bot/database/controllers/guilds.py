from bot.database.controllers.base import BaseController
from bot.database.models import Guild


class GuildController(BaseController[Guild]):
    """A guild's settings: one row, so its key is empty."""

    model = Guild
    noun = "guild"
    permission = "stock.view"
    affects_rights = True
    rights_columns = frozenset({"set_up_at", "default_role_id"})
