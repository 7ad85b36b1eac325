"""Refusals about boards."""

from bot.domain.boards import BoardChannelClosed
from bot.locales import _
from bot.views.errors.translator import explain
from bot.views.text import channel


@explain.register
def explain_board_channel_closed(error: BoardChannelClosed) -> str:
    """Say what the bot lacks to show a board there."""
    return _("In {channel} I need these permissions: {permissions}.").format(
        channel=channel(error.channel_id), permissions=", ".join(error.permissions)
    )
