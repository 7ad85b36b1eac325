"""Worlds to start with: a small depot with five people, or a guild with its owner alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator import Overwrite, Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator import Guild, LoopbackDiscord, Role

_OPENED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def build_demo(discord: LoopbackDiscord) -> Guild:
    """Harbour Depot: an owner, a manager, two employees, a buyer and others.

    Everything has the same ids in every run, so that books kept from one suit the next.
    """
    with discord.world.clock.same_ids_from(_OPENED_AT):
        return _build_depot(discord)


def _build_depot(discord: LoopbackDiscord) -> Guild:
    guild = discord.add_guild("Harbour Depot", owner=discord.add_user("Olga"))
    guild.delete_channel(guild.channel("general"))
    manager = guild.add_role("Manager")
    employee = guild.add_role("Employee")
    auditor = guild.add_role("Auditor")
    guild.add_member("Mia", [manager])
    guild.add_member("Eli", [employee])
    guild.add_member("Ada", [auditor])
    guild.add_member("Nico")
    guild.add_channel("warehouse", topic="Take, put, move and find. Type / to begin.")
    approvals = guild.add_channel("approvals", topic="What waits for a manager's decision.")
    audit = guild.add_channel("audit", topic="Every change, in order, exactly once.")
    admin = guild.add_role("Admin")
    guild.members[guild.owner.id].roles.append(admin)
    guild.add_member("Ben", [employee])
    accountant = guild.add_role("Accountant")
    guild.add_member("Bea", [guild.add_role("Buyer")])
    guild.add_member("Ari", [accountant])
    for channel, more in ((approvals, ()), (audit, (accountant,))):
        hidden = _only_for(guild, manager, auditor, admin, *more)
        channel.overwrites = {overwrite.id: overwrite for overwrite in hidden}
    for member in guild.members.values():
        # The books go back a month, and a role by name counts from when its holder joined.
        member.joined_at = _OPENED_AT
    return guild


def build_empty(discord: LoopbackDiscord) -> Guild:
    """A guild in which there is only its owner, as after an invitation."""
    return discord.add_guild("New Depot", owner=discord.add_user("Olga"))


WORLDS: dict[str, Callable[[LoopbackDiscord], Guild]] = {"demo": build_demo, "empty": build_empty}


def _only_for(guild: Guild, *roles: Role) -> list[Overwrite]:
    """Hide a channel from @everyone, but neither from these roles nor from the bot's own."""
    own = next(role for role in guild.roles.values() if role.bot_id is not None)
    hidden = Overwrite(guild.everyone.id, is_role=True, deny=Permission.VIEW_CHANNEL)
    shown = [Overwrite(it.id, is_role=True, allow=Permission.VIEW_CHANNEL) for it in (own, *roles)]
    return [hidden, *shown]
