"""Callers: what a device is shown of the member it works for, and of their guild."""

from dataclasses import dataclass

from bot.database.models import Guild, Member
from bot.database.operations import query
from bot.database.unit import Books


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCaller:
    """Look at oneself as a device does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerShown:
    """The guild's settings, the member if the books know them, and what they may do now."""

    guild: Guild
    member: Member | None
    permissions: tuple[str, ...]


@query(permission="device.use", is_shown=False)
async def get_caller(books: Books, request: GetCaller) -> CallerShown:
    """Look at the actor and their guild; raises NotAllowed for one who may not use devices."""
    del request
    return CallerShown(
        guild=await books.guilds.get_by_id() or Guild(guild_id=books.actor.guild_id),
        member=await books.members.get_by_id(books.actor.user_id),
        permissions=tuple(sorted(books.rights.permissions)),
    )
