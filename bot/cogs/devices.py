"""Devices: link a phone or a program, list and revoke what is linked."""

import re
from typing import Final

from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import Choices
from bot.cogs.base import BaseCog
from bot.domain.actors import Actor
from bot.domain.devices import (
    MAX_DEVICE_NAME,
    Credential,
    PageUnreachable,
    hash_secret,
    link_of,
    make_code,
)
from bot.domain.names import MAX_REFERENCE
from bot.domain.stock import Reference
from bot.interactions import Interaction, handles
from bot.interactions.look_ups import Found
from bot.services.devices import (
    LinkDevice,
    LinkMade,
    ListDevices,
    RevokeDevice,
    SuggestDevices,
    link_device,
    list_devices,
    revoke_device,
    suggest_devices,
)
from bot.views import devices as views
from bot.views.command_rights import help_topic, needs
from bot.views.pages import Turn
from bot.views.replies import Reply

# What a suggestion is typed as: two devices may have one name.
_CHOSEN: Final = re.compile(r"#([1-9][0-9]{0,15})", re.ASCII)


async def suggest_own_devices(interaction: Interaction, typed: str) -> Choices:
    """Offer the devices that the actor may revoke."""
    db = interaction.client.desk.db

    async def find(actor: Actor) -> Found:
        rows = await db.query(suggest_devices, SuggestDevices(typed=typed), actor)
        return [(views.device_choice(row, actor.user_id), f"#{row.id}") for row in rows]

    return await interaction.client.desk.suggest(interaction, find)


@help_topic("devices")
class DeviceCog(BaseCog, commands.GroupCog, name="device", description="Phones and programs"):
    """Commands about devices that work for a member."""

    @needs("device.use")
    @app_commands.command(description="Link a phone or a program: a QR code and a link, once")
    @app_commands.describe(name="What you call the device")
    async def link(
        self,
        interaction: Interaction,
        name: app_commands.Range[str, 1, MAX_DEVICE_NAME] | None = None,
    ) -> None:
        code, page_url = make_code(), self.desk.page_url

        def request() -> LinkDevice:
            if page_url is None:
                raise PageUnreachable
            return LinkDevice(name=name, link_hash=hash_secret(code))

        async def view(made: LinkMade) -> Reply:
            from bot.reports.qr_codes import draw_qr_code  # noqa: PLC0415

            link = link_of(page_url or "", Credential(made.guild_id, made.device_id, code))
            return views.link_page(made, link, await draw_qr_code(link))

        await self.desk.write(interaction, link_device, request, view=view)

    @needs("")
    @app_commands.command(description="List your devices")
    async def list(self, interaction: Interaction) -> None:
        await self.desk.show(interaction, list_devices, ListDevices())

    @needs("")
    @app_commands.command(description="Revoke a device: its next contact is refused")
    @app_commands.describe(device="The device")
    @app_commands.autocomplete(device=suggest_own_devices)
    async def revoke(
        self, interaction: Interaction, device: app_commands.Range[str, 1, MAX_REFERENCE]
    ) -> None:
        request = RevokeDevice(device=_read_reference(device))
        await self.desk.write(interaction, revoke_device, request)


@handles(views.REVOKE)
async def revoke_listed(interaction: Interaction, device_id: int) -> None:
    """Revoke a device of a list."""
    await interaction.client.desk.write(interaction, revoke_device, RevokeDevice(device=device_id))


@handles(views.PAGE)
async def turn_page(interaction: Interaction, turn: Turn) -> None:
    """Turn a page of the list."""
    request = ListDevices(after=turn.after, before=turn.before)
    await interaction.client.desk.show(interaction, list_devices, request, is_update=True)


def _read_reference(typed: str) -> Reference:
    match = _CHOSEN.fullmatch(typed.strip())
    return int(match[1]) if match else typed
