"""Options with choices: no client but Discord's own keeps people to what is offered."""

from typing import Final

import discord
from discord import app_commands

from bot.errors import InvalidValue
from bot.interactions.clients import Interaction

_MAX_SHOWN: Final = 40


def require_offered(interaction: Interaction) -> None:
    """Raise InvalidValue if an option of a command has a value that is not among its choices.

    discord.py takes any: a command would fail on it, or go on with another form or kind.
    """
    command = interaction.command
    if interaction.type is not discord.InteractionType.application_command or not isinstance(
        command, app_commands.Command
    ):
        return
    given = vars(interaction.namespace)
    for option in command.parameters:
        offered = {choice.value for choice in option.choices}
        value = given.get(option.display_name)
        if offered and value is not None and value not in offered:
            raise InvalidValue(
                field=option.name, reason="not_offered", value=str(value)[:_MAX_SHOWN]
            )
