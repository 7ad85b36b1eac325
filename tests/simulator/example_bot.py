"""A small bot on plain discord.py, run as a process of its own to prove the server."""

import asyncio
import os
import signal

import discord
import yarl
from discord import app_commands
from discord.ext import commands

SHELVES = ["A1", "A2", "B1"]


class Form(discord.ui.Modal, title="Why?"):
    """Asks for a reason."""

    reason: discord.ui.TextInput["Form"] = discord.ui.TextInput(label="Reason", max_length=20)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Answer on the message whose button opened the form."""
        await interaction.response.edit_message(content=f"because {self.reason.value}", view=None)


class Upload(discord.ui.Modal, title="Load"):
    """Takes a file, and what to do with it."""

    sheet: discord.ui.Label["Upload"] = discord.ui.Label(
        text="Sheet", component=discord.ui.FileUpload()
    )
    kind: discord.ui.Label["Upload"] = discord.ui.Label(
        text="Kind",
        component=discord.ui.RadioGroup(
            options=[discord.RadioGroupOption(label=kind) for kind in ("Put", "Count")]
        ),
    )
    shelves: discord.ui.Label["Upload"] = discord.ui.Label(
        text="Shelves",
        component=discord.ui.CheckboxGroup(
            options=[discord.CheckboxGroupOption(label=shelf) for shelf in SHELVES]
        ),
    )
    loud: discord.ui.Label["Upload"] = discord.ui.Label(
        text="Loud", component=discord.ui.Checkbox(default=True)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Answer with the file in a layout, and what was chosen."""
        (sent,) = self.sheet.component.values  # type: ignore[attr-defined]
        kind, shelves, loud = (
            self.kind.component.value,  # type: ignore[attr-defined]
            self.shelves.component.values,  # type: ignore[attr-defined]
            self.loud.component.value,  # type: ignore[attr-defined]
        )
        layout = discord.ui.LayoutView()
        layout.add_item(discord.ui.TextDisplay(f"{kind} {shelves} {loud}"))
        picture: discord.ui.Thumbnail[discord.ui.LayoutView] = discord.ui.Thumbnail(
            f"attachment://{sent.filename}", description="as sent"
        )
        layout.add_item(discord.ui.Section("shown", accessory=picture))
        await interaction.response.send_message(view=layout, file=await sent.to_file())


class Buttons(discord.ui.View):
    """Two buttons and a select that outlive the command."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Undo", custom_id="undo")
    async def undo(self, interaction: discord.Interaction, _: discord.ui.Button["Buttons"]) -> None:
        """Defer and then change the message."""
        await interaction.response.defer()
        await interaction.edit_original_response(content="undone", view=None)

    @discord.ui.button(label="Why", custom_id="why")
    async def why(self, interaction: discord.Interaction, _: discord.ui.Button["Buttons"]) -> None:
        """Open the form."""
        await interaction.response.send_modal(Form())

    @discord.ui.select(
        placeholder="Shelf",
        custom_id="shelf",
        options=[discord.SelectOption(label=shelf) for shelf in SHELVES],
    )
    async def shelf(
        self, interaction: discord.Interaction, menu: discord.ui.Select["Buttons"]
    ) -> None:
        """Say what was chosen, in a message of its own."""
        await interaction.response.send_message(f"chose {menu.values[0]}", ephemeral=True)


item = app_commands.Group(name="item", description="Items")


class Floor(commands.Cog):
    """The commands."""

    @app_commands.command()
    async def take(
        self,
        interaction: discord.Interaction,
        shelf: str,
        quantity: app_commands.Range[str, 1, 5] = "1",
    ) -> None:
        """Answer at once."""
        await interaction.response.send_message(f"took {quantity} from {shelf}", ephemeral=True)

    @take.autocomplete("shelf")
    async def suggest(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Suggest shelves."""
        found = [shelf for shelf in SHELVES if shelf.lower().startswith(typed.lower())]
        return [app_commands.Choice(name=shelf, value=shelf) for shelf in found]

    @app_commands.command()
    async def slow(self, interaction: discord.Interaction) -> None:
        """Defer, then answer with an embed and buttons."""
        await interaction.response.defer(ephemeral=True)
        embed = discord.Embed(title="Done")
        await interaction.edit_original_response(content="slow", embed=embed, view=Buttons())
        await interaction.followup.send("and more", ephemeral=True)

    @app_commands.command()
    async def post(
        self, interaction: discord.Interaction, channel: app_commands.AppCommandChannel, text: str
    ) -> None:
        """Post a file and a text twice under one nonce, and say what Discord gave."""
        await interaction.response.defer(ephemeral=True)
        target = interaction.client.get_partial_messageable(channel.id)
        try:
            sent = [await target.send(text, nonce=7) for _ in range(2)]
            await target.send(file=discord.File(__file__, "bot.py"))
        except (discord.HTTPException, OSError) as error:
            await interaction.edit_original_response(content=f"{type(error).__name__}: {error}")
        else:
            answer = f"{len({message.id for message in sent})} message"
            await interaction.edit_original_response(content=answer)

    @app_commands.command()
    async def who(
        self, interaction: discord.Interaction, member: discord.Member, role: discord.Role
    ) -> None:
        """Read the person, a member and a role."""
        assert isinstance(interaction.user, discord.Member)
        held = [role.id for role in interaction.user.roles]
        answer = f"{interaction.user.name} {len(held)} {member.name} {role.name}"
        await interaction.response.send_message(answer, ephemeral=True)

    @app_commands.command()
    async def load(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """Read a file."""
        size = len(await file.read())
        await interaction.response.send_message(f"{file.filename}, {size} bytes, {file.size}")

    @app_commands.command()
    async def upload(self, interaction: discord.Interaction) -> None:
        """Open the form that takes a file."""
        await interaction.response.send_modal(Upload())

    @app_commands.command()
    async def twice(self, interaction: discord.Interaction) -> None:
        """Answer twice and report what the second one met."""
        await interaction.response.send_message("first")
        interaction.response._response_type = None
        try:
            await interaction.response.send_message("second")
        except discord.HTTPException as error:
            await interaction.followup.send(f"refused {error.code}")

    @app_commands.command()
    async def silent(self, interaction: discord.Interaction) -> None:
        """Say nothing."""

    @app_commands.command()
    async def stray(self, interaction: discord.Interaction) -> None:
        """Use a route that is not simulated, and say what it met."""
        try:
            await interaction.client.fetch_invite("nothing")
        except discord.HTTPException as error:
            await interaction.response.send_message(f"refused {error.status}")


@item.command()
async def add(interaction: discord.Interaction, name: str) -> None:
    """Add an item."""
    await interaction.response.send_message(f"added {name}")


class Bot(commands.AutoShardedBot):
    """Syncs its commands before it connects."""

    async def setup_hook(self) -> None:
        """Add the commands and register them with Discord."""
        await self.add_cog(Floor())
        self.tree.add_command(item)
        self.add_view(Buttons())
        await self.tree.sync()


async def main() -> None:
    """Run until SIGTERM."""
    discord.utils.setup_logging()
    discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
    gateway = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway
    bot = Bot(commands.when_mentioned, intents=discord.Intents(guilds=True))
    async with bot:
        running = asyncio.create_task(bot.start(os.environ["DISCORD_TOKEN"]))
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, running.cancel)
        await asyncio.wait({running})
    print("closed", flush=True)  # noqa: T201 - what the test waits for


if __name__ == "__main__":
    asyncio.run(main())
