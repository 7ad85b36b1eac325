"""Actors: users as an interaction describes them at this moment."""

from dataclasses import replace

import discord
from aiohttp import ClientError
from discord import app_commands

from bot.domain.actors import Actor
from bot.errors import Unavailable
from bot.interactions.clients import Interaction
from bot.interactions.retries import call_discord


def actor_of(interaction: Interaction) -> Actor:
    """Describe the actor by what this interaction itself contains; raises NoPrivateMessage.

    Roles are the raw ids that came with it: discord.py's `roles` is empty when it does not
    know the guild, and neither ever names `@everyone`, whose id is the guild's.
    """
    member = interaction.user
    if interaction.guild_id is None or not isinstance(member, discord.Member):
        raise app_commands.NoPrivateMessage
    actor = member_actor(interaction, member)
    return replace(actor, is_administrator=interaction.permissions.administrator)


def member_actor(interaction: Interaction, person: discord.Member | discord.User) -> Actor:
    """Describe a user whom an interaction names; only by the id if they are not a member."""
    guild, guild_id = interaction.guild, interaction.guild_id
    if guild_id is None:
        raise app_commands.NoPrivateMessage
    if not isinstance(person, discord.Member):
        return Actor(guild_id=guild_id, user_id=person.id)
    return Actor(
        guild_id=guild_id,
        user_id=person.id,
        discord_role_ids=frozenset({*person._roles, guild_id}),  # noqa: SLF001
        joined_at=person.joined_at,
        is_owner=guild is not None and guild.owner_id == person.id,
    )


async def fetch_actor(interaction: Interaction, user_id: int) -> Actor | None:
    """Ask Discord for a member as of now, None if they left; raises Unavailable.

    What a control carries of a member is as old as its message.
    """
    guild = interaction.guild
    if guild is None:
        raise app_commands.NoPrivateMessage
    try:
        member = await call_discord(lambda: guild.fetch_member(user_id))
    except discord.NotFound:
        return None
    except (discord.HTTPException, ClientError, OSError) as error:
        raise Unavailable from error
    return None if member is None else member_actor(interaction, member)
