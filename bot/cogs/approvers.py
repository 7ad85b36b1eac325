"""Whether anybody could decide: what the books say of roles, and what Discord says of people."""

from typing import Any

import discord
from aiohttp import ClientError
from loguru import logger

from bot.domain.actors import Actor
from bot.services.approvals.cards import ApproversListed


async def is_nobody_able(
    interaction: discord.Interaction[Any], actor: Actor, listed: ApproversListed
) -> bool:
    """Tell whether, as far as anybody can see, nobody but this person could decide.

    Discord names how many hold a role, not who: whoever asks is taken off where they hold it.
    """
    if listed.user_ids - {actor.user_id}:
        return False
    if not listed.discord_role_ids:
        return True
    guild = interaction.guild
    if guild is None:
        return False
    try:
        counts = await guild.role_member_counts()
    except (discord.HTTPException, ClientError, OSError) as error:
        logger.info("Discord does not say how many hold a role: {}", type(error).__name__)
        return False
    holders = {role.id: number for role, number in counts.items()}
    return not any(
        holders.get(role_id, 0) > (role_id in actor.discord_role_ids)
        for role_id in listed.discord_role_ids
    )
