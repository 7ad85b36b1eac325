"""Actors: a member of a guild as this very interaction describes them, or the system itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

# What rows keep as the system's user id; it grants nothing, an actor's kind decides.
SYSTEM_USER_ID: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The member behind a request with what Discord says of them at this moment, or the system.

    `discord_role_ids` holds the guild's own id as well, which is how Discord names `@everyone`.
    """

    guild_id: int
    user_id: int
    kind: Literal["member", "system"] = "member"
    discord_role_ids: frozenset[int] = frozenset()
    joined_at: datetime | None = None
    source: str = "discord"
    is_owner: bool = False
    is_administrator: bool = False

    def prefixed(self, key: str) -> str:
        """Return an idempotency key as receipts keep it: sources do not share their keys."""
        return f"{self.source}:{key}"


def system_actor(guild_id: int, source: str) -> Actor:
    """Return the program itself as the actor, in a job or at the command line."""
    assert source != "discord", "an interaction always has a member behind it"
    return Actor(guild_id=guild_id, user_id=SYSTEM_USER_ID, kind="system", source=source)


class Grant(NamedTuple):
    """One way in which a person comes to permissions; a void one brings none of them."""

    through: Literal["ownership", "everyone", "discord role", "assignment"]
    permissions: frozenset[str]
    role_id: int | None = None
    discord_role_id: int | None = None
    assigned_at: datetime | None = None
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class Rights:
    """What an actor may do, as computed once from the books; see `bot/database/rights.py`."""

    permissions: frozenset[str]
    role_ids: frozenset[int] = frozenset()
    is_owner: bool = False
    is_deactivated: bool = False

    def holds(self, permission: str) -> bool:
        """Tell whether the actor holds one permission."""
        return permission in self.permissions

    def may_grant(self, permissions: frozenset[str]) -> bool:
        """Tell whether the actor may give others this: the owner anything, others their own."""
        return self.is_owner or permissions <= self.permissions
