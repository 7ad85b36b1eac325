"""Whether enough users could decide: the books know the roles, Discord knows their holders."""

import discord
from aiohttp import ClientError
from loguru import logger

from bot.domain.actors import Actor
from bot.interactions.clients import Interaction
from bot.services.approvals.cards import ApproversListed


async def are_approvers_missing(
    interaction: Interaction, actor: Actor, listed: ApproversListed
) -> bool:
    """Whether, as far as can be known, too few users other than the actor could decide.

    Discord says how many hold a role, not who: the actor is subtracted where they hold it.
    """
    others = len(listed.user_ids - {actor.user_id})
    if others >= listed.agreements:
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
    for role_id in listed.discord_role_ids:
        others += max(0, holders.get(role_id, 0) - (role_id in actor.discord_role_ids))
    return others < listed.agreements
