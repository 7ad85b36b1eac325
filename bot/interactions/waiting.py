"""Commands that wait for a choice: kept in the message that asks, and carried out from there."""

from typing import Any, Final

import discord
from discord import AppCommandOptionType as OptionType
from discord import app_commands

from bot.domain.stock import ChosenId
from bot.errors import StaleControl
from bot.interactions.clients import Interaction
from bot.views.waiting import WaitingCommand

# In an interaction's extras: the command that it goes on with, and whether its answer takes the
# place of the question.
_WAITING: Final = "waiting"
_FOLLOW_UP: Final = "follow up"
# Options that people leave out, and are asked for.
_LEFT_OUT: Final = ("location", "lot")
_GROUPS: Final = {OptionType.subcommand.value, OptionType.subcommand_group.value}
_NAMED_BY_ID: Final = {
    OptionType.user,
    OptionType.channel,
    OptionType.role,
    OptionType.mentionable,
}


def waiting_of(interaction: Interaction) -> WaitingCommand | None:
    """Return the command behind an interaction, None if there is none that could go on."""
    kept = interaction.extras.get(_WAITING)
    if isinstance(kept, WaitingCommand):
        return kept
    if interaction.type is not discord.InteractionType.application_command:
        return None
    data: Any = interaction.data or {}
    names, options = [str(data.get("name", ""))], data.get("options", [])
    while options and options[0].get("type") in _GROUPS:
        names.append(str(options[0]["name"]))
        options = options[0].get("options", [])
    if any(each.get("type") == OptionType.attachment.value for each in options):
        # A file is not kept in a message: the command is typed again, with it.
        return None
    return WaitingCommand(
        " ".join(names), {str(each["name"]): str(each.get("value")) for each in options}
    )


def click_key(interaction: Interaction, what: str) -> str:
    """Return the key under which all clicks on one message count once."""
    message = interaction.message
    return f"{what}-{message.id if message else interaction.id}"


def follow_up_key(interaction: Interaction) -> str | None:
    """Return the key under which all clicks on a question count once, None elsewhere."""
    return interaction.extras.get(_FOLLOW_UP)


async def go_on(interaction: Interaction, option: str, value: str | ChosenId) -> None:
    """Go on with the command that waits in the message clicked on, with one option decided."""
    message = interaction.message
    kept = message.embeds[0].footer.text if message is not None and message.embeds else None
    try:
        waiting = WaitingCommand.parse(kept or "")
    except ValueError as error:
        raise StaleControl from error
    if message is None or option not in {*waiting.options, *_LEFT_OUT}:
        raise StaleControl
    interaction.extras[_FOLLOW_UP] = f"where-{message.id}"
    await run_command(interaction, waiting.choosing(option, value))


async def run_command(interaction: Interaction, waiting: WaitingCommand) -> None:
    """Carry out a command as if it had been typed; raises StaleControl for one that is gone."""
    command = _find(interaction, waiting.name)
    parameters = {}
    for each in command.parameters:
        if each.display_name in waiting.options:
            parameters[each.name] = _read(each.type, waiting.options[each.display_name])
        elif each.required:
            raise StaleControl
    interaction.extras[_WAITING] = waiting
    callback: Any = command.callback
    bound = () if command.binding is None else (command.binding,)
    await callback(*bound, interaction, **parameters)


def _find(interaction: Interaction, name: str) -> app_commands.Command[Any, ..., Any]:
    first, *rest = name.split()
    found: Any = interaction.client.tree.get_command(first)
    for each in rest:
        found = found.get_command(each) if isinstance(found, app_commands.Group) else None
    if not isinstance(found, app_commands.Command):
        raise StaleControl
    return found


def _read(kind: OptionType, value: str | ChosenId) -> Any:
    """Return an option as the command takes it; people, roles and channels by their ids alone."""
    if isinstance(value, ChosenId):
        return value
    if kind in _NAMED_BY_ID:
        return discord.Object(int(value))
    if kind is OptionType.integer:
        return int(value)
    return value == "True" if kind is OptionType.boolean else value
