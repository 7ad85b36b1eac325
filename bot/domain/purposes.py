"""Purposes: what the channels that Tallyman posts in are for, and who reads each of them."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from bot.domain.approvals import DECIDERS
from bot.domain.lanes import ALERTS, APPROVALS, AUDIT, REQUESTS
from bot.domain.permissions import EVERYONE_PERMISSIONS

# What the bot needs in a channel, by discord.py's names, and as Discord calls it.
NEEDED_PERMISSIONS: Final = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
}
# What it needs besides where it posts reports, which have files.
FILE_PERMISSIONS: Final = {"attach_files": "Attach Files"}
# What it needs besides in a channel that it made, to keep it visible to the right roles.
KEEPING_PERMISSIONS: Final = {"manage_channels": "Manage Channels", "manage_roles": "Manage Roles"}
# All of these as the number that an invitation asks for.
INVITED_PERMISSIONS: Final = 268_553_232
_INVITE: Final = "https://discord.com/oauth2/authorize?client_id={id}&scope={scope}&permissions={n}"


def invite_url(application_id: object) -> str:
    """Return the address that invites the bot to a server with what it needs there."""
    scope = "bot+applications.commands"
    return _INVITE.format(id=application_id, scope=scope, n=INVITED_PERMISSIONS)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a channel is for: its name, the permissions of which its readers hold one, its topic.

    A channel that Tallyman made is recognised by its topic, so it is not translated. A record is
    a channel that people read and do not write in.
    """

    name: str
    permissions: AbstractSet[str]
    topic: str
    is_record: bool = False

    def may_read(self, held: Collection[str]) -> bool:
        """Whether a role of these permissions reads the channel."""
        return not self.permissions.isdisjoint(held)


PURPOSES: Final = (
    Purpose(
        AUDIT,
        frozenset({"audit.view"}),
        "Tallyman posts every change of the books here.",
        is_record=True,
    ),
    Purpose(APPROVALS, DECIDERS, "Tallyman asks for decisions here."),
    Purpose(ALERTS, frozenset({"stock.view"}), "Tallyman says here what runs low or expires."),
    Purpose(REQUESTS, frozenset({"stock.view"}), "Tallyman posts here what people need."),
)


def readers_by_purpose(
    guild_id: int, permissions: Mapping[int, frozenset[str]], bindings: Iterable[tuple[int, int]]
) -> dict[str, frozenset[int]]:
    """Return the Discord roles that read each purpose's channel.

    `bindings` are pairs of a Discord role and an app role; `@everyone` has the guild's own id.
    """
    held: dict[int, frozenset[str]] = {}
    for discord_role_id, role_id in bindings:
        granted = permissions.get(role_id, frozenset())
        if discord_role_id == guild_id:
            granted &= EVERYONE_PERMISSIONS
        held[discord_role_id] = held.get(discord_role_id, frozenset()) | granted
    return {
        purpose.name: frozenset(
            role_id for role_id, granted in held.items() if purpose.may_read(granted)
        )
        for purpose in PURPOSES
    }
