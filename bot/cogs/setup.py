"""`/setup`: channels and roles, in one command or guided by a page of menus."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import discord
from discord import app_commands

from bot.cogs.base import BaseCog
from bot.cogs.channels import find_named, make_channel
from bot.cogs.options import TextChannelOption
from bot.cogs.roles import require_role
from bot.cogs.visibility import keeper_of
from bot.domain.actors import Actor
from bot.domain.changes import Changed
from bot.domain.guild_settings import SetUpUnchanged
from bot.domain.lanes import ALERTS, APPROVALS, AUDIT, REQUESTS
from bot.domain.purposes import PURPOSES, Purpose
from bot.errors import NotAllowed, NotFound, StaleControl
from bot.interactions import Interaction, handles
from bot.services.setup import GetSetup, SetupFound, SetUpGuild, get_setup, set_up_guild
from bot.views import setup as views
from bot.views.command_rights import help_topic, needs
from bot.views.components import number
from bot.views.replies import Reply
from bot.views.setup import SetUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: channels by purpose, Discord roles by app role.

    `another` is the purpose to make a channel for although there is one of its name.
    """

    channels: Mapping[str, int] = field(default_factory=dict)
    roles: Mapping[str, int] = field(default_factory=dict)
    is_replacing: bool = False
    claimed: str = ""
    another: str | None = None

    @property
    def is_anything(self) -> bool:
        """Whether something is named."""
        return bool(self.channels or self.roles or self.claimed)


@dataclass(slots=True)
class _Settled:
    """The channels to use, and what stands in the way of others."""

    ids: dict[str, int] = field(default_factory=dict)
    asked: tuple[str, int] | None = None
    forbidden: list[str] = field(default_factory=list)


@help_topic("setup")
class SetupCog(BaseCog):
    """The command that makes a server ready."""

    @needs("settings.manage and role.manage")
    @app_commands.command(description="Set up this server: channels and roles")
    @app_commands.describe(
        audit_channel="Where every change is posted (created if omitted)",
        approvals_channel="Where approvals are requested (created if omitted)",
        alerts_channel="Where I say what runs low (created if omitted)",
        requests_channel="Where requests for goods are posted (created if omitted)",
        admin_role="Can do everything, including roles and settings",
        manager_role="Runs the warehouse and approves",
        employee_role="Moves stock",
        buyer_role="Orders from suppliers",
        accountant_role="Keeps invoices and payments",
        auditor_role="Can see everything",
    )
    async def setup(
        self,
        interaction: Interaction,
        audit_channel: TextChannelOption | None = None,
        approvals_channel: TextChannelOption | None = None,
        alerts_channel: TextChannelOption | None = None,
        requests_channel: TextChannelOption | None = None,
        admin_role: discord.Role | None = None,
        manager_role: discord.Role | None = None,
        employee_role: discord.Role | None = None,
        buyer_role: discord.Role | None = None,
        accountant_role: discord.Role | None = None,
        auditor_role: discord.Role | None = None,
    ) -> None:
        channels: dict[str, Any] = {
            AUDIT: audit_channel,
            APPROVALS: approvals_channel,
            ALERTS: alerts_channel,
            REQUESTS: requests_channel,
        }
        roles = {
            "admin": admin_role,
            "manager": manager_role,
            "employee": employee_role,
            "buyer": buyer_role,
            "accountant": accountant_role,
            "auditor": auditor_role,
        }

        async def work(actor: Actor) -> Reply:
            named = {name: role for name, role in roles.items() if role is not None}
            wanted = Wanted(
                channels={name: int(each.id) for name, each in channels.items() if each},
                roles={name: require_role(interaction, role) for name, role in named.items()},
            )
            setup = await carry_out(interaction, actor, wanted)
            return views.set_up_answer(setup) if wanted.is_anything else views.setup_page(setup)

        await self.desk.change(interaction, work, get_setup)


async def carry_out(interaction: Interaction, actor: Actor, wanted: Wanted) -> SetUp:
    """Set up what is wanted and what is missing, and say how far that is."""
    guild, db = interaction.guild, interaction.client.desk.db
    assert guild is not None
    keeper = keeper_of(interaction.client)
    async with keeper.lock(guild.id):
        found = await db.query(get_setup, GetSetup(), actor)
        settled = await _settle(guild, found, wanted)
        changed = None
        if not _must_wait(found, actor, wanted):
            changed = await _book(interaction, actor, wanted, settled.ids)
        try:
            found = await db.query(get_setup, GetSetup(), actor)
        except NotAllowed:
            # They founded the books for others, and hold no role themselves.
            found = await keeper.find(guild.id)
        await keeper.keep(guild, found)
    return SetUp(
        found=found,
        troubles=keeper.troubles(guild, found),
        changed=changed,
        asked=settled.asked,
        forbidden=settled.forbidden,
        role_names={role.id: role.name for role in guild.roles},
    )


def _must_wait(found: SetupFound, actor: Actor, wanted: Wanted) -> bool:
    """Whether a founding administrator has to say first who is admin.

    The first step ends their right to set up: holding no role then, they are locked out.
    """
    is_first = found.is_founding and found.may_claim and not actor.is_owner
    return is_first and not wanted.is_anything


async def _book(
    interaction: Interaction, actor: Actor, wanted: Wanted, ids: Mapping[str, int]
) -> Changed | None:
    """Record what changes; None if nothing does."""
    request = SetUpGuild(
        audit_channel_id=ids.get(AUDIT),
        approvals_channel_id=ids.get(APPROVALS),
        alerts_channel_id=ids.get(ALERTS),
        requests_channel_id=ids.get(REQUESTS),
        discord_role_ids=dict(wanted.roles),
        is_replacing=wanted.is_replacing,
        claimed=wanted.claimed,
        name=interaction.user.display_name if wanted.claimed else "",
    )
    db = interaction.client.desk.db
    try:
        return await db.run(set_up_guild, request, actor, str(interaction.id))
    except SetUpUnchanged:
        return None


async def _settle(guild: discord.Guild, found: SetupFound, wanted: Wanted) -> _Settled:
    """Find or make a channel for each purpose, but for those of a name that someone else chose."""
    settled = _Settled()
    for purpose in PURPOSES:
        given = wanted.channels.get(purpose.name)
        if given is not None:
            if guild.get_channel(given) is None:
                raise NotFound("channel")
            settled.ids[purpose.name] = given
        elif guild.get_channel(found.channel_ids.get(purpose.name, 0)) is None:
            await _find_or_make(guild, purpose, found, settled, wanted)
    return settled


async def _find_or_make(
    guild: discord.Guild,
    purpose: Purpose,
    found: SetupFound,
    settled: _Settled,
    wanted: Wanted,
) -> None:
    named = find_named(guild, purpose)
    if named is not None and named.is_own:
        settled.ids[purpose.name] = named.channel.id
    elif named is not None and wanted.another != purpose.name:
        settled.asked = settled.asked or (purpose.name, named.channel.id)
    else:
        # With those who will read it: a change right after would be a second request for each.
        coming = {
            wanted.roles[role.name]
            for role in found.roles
            if role.name in wanted.roles and purpose.may_read(role.permissions)
        }
        try:
            made = await make_channel(guild, purpose, found.readers[purpose.name] | coming)
        except discord.Forbidden:
            settled.forbidden.append(purpose.name)
        else:
            settled.ids[purpose.name] = made.id


@handles(views.CHANNEL)
async def choose_channel(interaction: Interaction, purpose: str, chosen: tuple[str, ...]) -> None:
    """Use the chosen channel for a purpose."""
    await _change(interaction, Wanted(channels={purpose: _chosen_id(chosen)}))


@handles(views.USE)
async def use_channel(interaction: Interaction, channel_id: int, purpose: str) -> None:
    """Use the channel that was there before."""
    await _change(interaction, Wanted(channels={purpose: channel_id}))


@handles(views.ANOTHER)
async def make_another(interaction: Interaction, purpose: str) -> None:
    """Make a channel although there is one of its name."""
    await _change(interaction, Wanted(another=purpose))


@handles(views.ROLE)
async def choose_role(interaction: Interaction, name: str, chosen: tuple[str, ...]) -> None:
    """Let the chosen Discord role grant an app role too."""
    await _change(interaction, Wanted(roles={name: _chosen_id(chosen)}))


@handles(views.ONLY)
async def choose_only(interaction: Interaction, discord_role_id: int, name: str) -> None:
    """Let a Discord role be the only one that grants an app role."""
    await _change(interaction, Wanted(roles={name: discord_role_id}, is_replacing=True))


@handles(views.CLAIM)
async def claim(interaction: Interaction, name: str) -> None:
    """Give the actor an app role by name."""
    await _change(interaction, Wanted(claimed=name))


async def _change(interaction: Interaction, wanted: Wanted) -> None:
    """Carry out what was chosen on the page, and draw it again."""

    async def work(actor: Actor) -> Reply:
        guild = interaction.guild
        assert guild is not None
        if any(guild.get_role(role_id) is None for role_id in wanted.roles.values()):
            raise NotFound("Discord role")
        return views.setup_page(await carry_out(interaction, actor, wanted))

    await interaction.client.desk.change(interaction, work, get_setup, is_update=True)


def _chosen_id(chosen: tuple[str, ...]) -> int:
    try:
        return number(chosen[0])
    except (IndexError, ValueError) as error:
        raise StaleControl from error
