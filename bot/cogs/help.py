"""`/help`: what this very person can do here, and how."""

from functools import partial

from discord import app_commands

from bot.cogs.base import BaseCog
from bot.errors import StaleControl
from bot.interactions import DeskClient, Interaction, handles
from bot.services.help import GetHelp, get_help
from bot.views import help as views
from bot.views.help import Usage


class HelpCog(BaseCog):
    """The command that explains the others."""

    @app_commands.command(description="What you can do here, and how")
    @app_commands.describe(topic="Only about this")
    @app_commands.choices(
        topic=[app_commands.Choice(name=name, value=key) for key, name in views.TOPICS.items()]
    )
    async def help(self, interaction: Interaction, topic: str | None = None) -> None:
        view = partial(views.help_page, usages=list_usages(self.client), topic=topic)
        await self.desk.show(interaction, get_help, GetHelp(), view=view)


@handles(views.TOPIC)
async def choose_topic(interaction: Interaction, chosen: tuple[str, ...]) -> None:
    """Show another topic."""
    if not chosen or chosen[0] not in views.TOPICS:
        raise StaleControl
    view = partial(views.help_page, usages=list_usages(interaction.client), topic=chosen[0])
    await interaction.client.desk.show(interaction, get_help, GetHelp(), view=view, is_update=True)


def list_usages(client: DeskClient) -> dict[str, Usage]:
    """Return how every command is typed, as the client's tree has it."""
    return {
        command.qualified_name: Usage(
            command.description,
            [(option.display_name, option.required) for option in command.parameters],
        )
        for command in client.tree.walk_commands()
        if isinstance(command, app_commands.Command)
    }
