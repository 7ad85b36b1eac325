"""A bot that answers a constant: what discord.py and the wire cost by themselves."""

import asyncio
import os

import discord
import yarl
from discord import app_commands


class BareBot(discord.AutoShardedClient):
    """One command, one answer, no books."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), max_messages=None)
        self.tree = app_commands.CommandTree(self)
        self.tree.command(name="ping", description="Answer")(answer)

    async def setup_hook(self) -> None:
        """Register the command with Discord."""
        await self.tree.sync()


async def answer(interaction: discord.Interaction) -> None:
    """Answer at once."""
    await interaction.response.send_message("pong", ephemeral=True)


async def main() -> None:
    """Connect to the Discord on loopback."""
    discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
    gateway = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway
    async with BareBot() as client:
        await client.start(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
