"""Refusals of discord.py itself."""

from discord import app_commands

from bot.locales import _
from bot.views.errors.translator import explain
from bot.views.text import bold

_MAX_TYPED = 40


@explain.register
def explain_unknown_command(_error: app_commands.CommandNotFound) -> str:
    """Say that the person's Discord shows an old command."""
    return _("I no longer have this command. Restart Discord to see the current ones.")


@explain.register
def explain_changed_command(_error: app_commands.CommandSignatureMismatch) -> str:
    """Say that the person's Discord shows an old form of the command."""
    return _("This command has changed. Restart Discord to see its current form.")


@explain.register
def explain_unreadable_option(error: app_commands.TransformerError) -> str:
    """Say which value cannot be read."""
    typed = bold(str(error.value)[:_MAX_TYPED])
    return _("I cannot read {value}. Pick it from the list.").format(value=typed)


@explain.register
def explain_direct_message(_error: app_commands.NoPrivateMessage) -> str:
    """Send the person to their server."""
    return _("I keep a server's books. Use my commands in your server, not here.")
