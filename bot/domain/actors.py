"""Actors: a member of a guild as this very interaction describes them, or the system itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What Discord says of a member; the role ids hold the guild's own id as well."""

    discord_role_ids: frozenset[int]
    joined_at: datetime | None
    is_owner: bool = False


def system_actor(guild_id: int, source: str) -> Actor:
    """Return the program itself as the actor, in a job or at the command line."""
    assert source != "discord", "an interaction always has a member behind it"
    return Actor(guild_id=guild_id, user_id=SYSTEM_USER_ID, kind="system", source=source)
