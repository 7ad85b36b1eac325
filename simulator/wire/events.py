"""What the gateway sends: the `d` of each event."""

from simulator import permissions
from simulator.interactions import Interaction
from simulator.refusals import Json
from simulator.wire import payloads
from simulator.world import Channel, Guild, Role

ATTACHMENT_LIMIT_BYTES = 10 * 1024 * 1024


def data(event: str, subject: object) -> Json:
    """The `d` of an event about a subject; an interaction's stays as it was first dispatched."""
    if isinstance(subject, Interaction):
        if subject.payload is None:
            subject.payload = interaction_create(subject)
        return subject.payload
    if isinstance(subject, Role):
        named: Json = {"guild_id": str(subject.guild.id)}
        if event.endswith("DELETE"):
            return {**named, "role_id": str(subject.id)}
        return {**named, "role": payloads.role(subject)}
    if isinstance(subject, Channel):
        return payloads.channel(subject)
    if isinstance(subject, Guild):
        return guild_create(subject)
    raise TypeError(f"{event} says nothing of a {type(subject).__name__}")


def guild_create(it: Guild) -> Json:
    """A guild as the gateway gives it: of the members only the bot, as without that intent."""
    return {
        **payloads.guild(it),
        "joined_at": payloads.timestamp(it.me.joined_at),
        "large": False,
        "member_count": len(it.members),
        "members": [
            {
                **payloads.member(it.me),
                "user": payloads.user(it.me.user),
                "deaf": False,
                "mute": False,
            }
        ],
        "channels": [payloads.channel(each) for each in it.channels.values()],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def interaction_create(it: Interaction) -> Json:
    """INTERACTION_CREATE, in a guild or in a direct message."""
    payload: Json = {
        "id": str(it.id),
        "application_id": str(it.world.application_id),
        "type": int(it.kind),
        "token": it.token,
        "version": 1,
        "channel_id": str(it.channel.id),
        "channel": payloads.channel(it.channel),
        "data": it.data,
        "locale": it.user.locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": payloads.owners(it),
        "attachment_size_limit": ATTACHMENT_LIMIT_BYTES,
    }
    if it.source is not None:
        payload["message"] = payloads.message(it.source)
    if it.guild is None or it.member is None:
        app = permissions.EVERYONE | permissions.Permission.MENTION_EVERYONE
        return {
            **payload,
            "user": payloads.user(it.user),
            "context": 1,
            "app_permissions": str(int(app)),
        }
    granted = permissions.in_channel(it.member, it.channel)
    app = permissions.in_channel(it.guild.me, it.channel)
    payload["channel"]["permissions"] = str(int(granted))
    return {
        **payload,
        "guild_id": str(it.guild.id),
        "guild": {"id": str(it.guild.id), "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "context": 0,
        "app_permissions": str(int(app)),
        "member": {
            **payloads.member(it.member),
            "user": payloads.user(it.user),
            "deaf": False,
            "mute": False,
            "permissions": str(int(granted)),
        },
    }
