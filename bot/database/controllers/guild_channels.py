from bot.database.controllers.base import BaseController
from bot.database.models import GuildChannel


class GuildChannelController(BaseController[GuildChannel]):
    """Which channel a guild uses for which purpose."""

    model = GuildChannel
    noun = "channel"
    permission = "stock.view"

    async def find_ids(self) -> dict[str, int]:
        """Return the channels by purpose."""
        return {row.purpose: row.channel_id for row in await self.find_all()}
