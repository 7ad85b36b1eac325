"""The world's objects as Discord writes them in JSON: ids are strings, permissions too."""

from datetime import datetime
from urllib.parse import quote

from simulator import permissions
from simulator.interactions import Interaction, Kind
from simulator.messages import File, Message
from simulator.refusals import Json
from simulator.world import Channel, Guild, Member, Role, User, World

_GALLERY = 12
_FILE = 13


def user(person: User) -> Json:
    """An account."""
    return {
        "id": str(person.id),
        "username": person.name,
        "global_name": None if person.is_bot else person.name,
        "discriminator": "0",
        "avatar": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "bot": person.is_bot,
        "system": False,
        "public_flags": 0,
        "flags": 0,
    }


def own_user(world: World) -> Json:
    """The bot's account as it sees itself."""
    return {**user(world.bot), "verified": True, "mfa_enabled": False, "locale": "en-US"}


def application(world: World) -> Json:
    """The bot's application."""
    return {
        "id": str(world.application_id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 1 << 23,
        "flags_new": str(1 << 23),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(next((g.owner for g in world.guilds.values()), world.bot)),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "integration_types_config": {"0": {}},
    }


def role(it: Role) -> Json:
    """A role."""
    payload: Json = {
        "id": str(it.id),
        "name": it.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": it.position,
        "permissions": str(int(it.permissions)),
        "managed": it.bot_id is not None,
        "mentionable": False,
        "flags": 0,
    }
    return payload if it.bot_id is None else {**payload, "tags": {"bot_id": str(it.bot_id)}}


def member(it: Member) -> Json:
    """A member without its user."""
    return {
        "roles": [str(held.id) for held in it.roles],
        "joined_at": timestamp(it.joined_at),
        "nick": None,
        "avatar": None,
        "banner": None,
        "premium_since": None,
        "pending": False,
        "communication_disabled_until": None,
        "flags": 0,
    }


def channel(it: Channel) -> Json:
    """A channel in full."""
    last = str(it.messages[-1].id) if it.messages else None
    if it.recipient is not None:
        return {
            "id": str(it.id),
            "type": it.kind,
            "flags": 0,
            "last_message_id": last,
            "recipients": [user(it.recipient)],
        }
    return {
        "id": str(it.id),
        "type": it.kind,
        "flags": 0,
        "guild_id": str(it.guild.id) if it.guild else None,
        "name": it.name,
        "position": it.position,
        "topic": it.topic,
        "nsfw": False,
        "parent_id": str(it.parent_id) if it.parent_id else None,
        "last_message_id": last,
        "rate_limit_per_user": 0,
        "permission_overwrites": [
            {
                "id": str(overwrite.id),
                "type": 0 if overwrite.is_role else 1,
                "allow": str(int(overwrite.allow)),
                "deny": str(int(overwrite.deny)),
            }
            for overwrite in it.overwrites.values()
        ],
    }


def guild(it: Guild) -> Json:
    """A guild as REST gives it."""
    nothing = (
        "icon description home_header splash discovery_splash banner application_id "
        "afk_channel_id system_channel_id widget_channel_id vanity_url_code rules_channel_id "
        "public_updates_channel_id safety_alerts_channel_id max_presences incidents_data"
    )
    zero = (
        "system_channel_flags verification_level default_message_notifications mfa_level "
        "explicit_content_filter premium_tier premium_subscription_count nsfw_level"
    )
    return {
        **dict.fromkeys(nothing.split()),
        **dict.fromkeys(zero.split(), 0),
        "id": str(it.id),
        "name": it.name,
        "owner_id": str(it.owner.id),
        "features": [],
        "region": "deprecated",
        "afk_timeout": 300,
        "widget_enabled": False,
        "roles": [role(each) for each in it.roles.values()],
        "emojis": [],
        "stickers": [],
        "max_members": 500_000,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "preferred_locale": "en-US",
        "premium_progress_bar_enabled": False,
        "nsfw": False,
    }


def message(it: Message) -> Json:
    """A message, with what its interaction was."""
    payload: Json = {
        "id": str(it.id),
        "type": 20 if it.interaction and it.interaction.kind is Kind.COMMAND else 0,
        "channel_id": str(it.channel.id),
        "author": user(it.author),
        "content": it.content,
        "timestamp": timestamp(it.created_at),
        "edited_timestamp": timestamp(it.edited_at) if it.edited_at else None,
        "tts": False,
        "pinned": False,
        "mention_everyone": bool(it.pings & {"everyone", "here"}),
        "mentions": _mentioned_users(it),
        "mention_roles": [ping[5:] for ping in sorted(it.pings) if ping.startswith("role:")],
        "attachments": [attachment(it.channel.world, file, it.ephemeral) for file in it.files],
        "embeds": [{"type": "rich", **embed} for embed in it.embeds],
        "components": [_component(each, it) for each in it.components],
        "flags": int(it.flags),
    }
    if it.nonce is not None:
        payload["nonce"] = it.nonce
    if it.interaction is not None:
        payload["application_id"] = payload["webhook_id"] = str(it.author.id)
        payload["interaction_metadata"] = metadata(it.interaction)
    return payload


def _component(it: Json, of: Message) -> Json:
    """A component as a message shows it: `required` is kept in forms alone."""
    shown = {key: value for key, value in it.items() if key != "required"}
    if "components" in it:
        shown["components"] = [_component(each, of) for each in it["components"]]
    if it.get("type") == _GALLERY:
        shown["items"] = [_picture(each, of) for each in it["items"]]
    if it.get("type") == _FILE:
        shown |= _file(it, of)
    return shown


def _file(it: Json, of: Message) -> Json:
    """A file that was sent with the message."""
    sent = next(
        attachment(of.channel.world, file, of.ephemeral)
        for file in of.files
        if it["file"]["url"] == f"attachment://{file.name}"
    )
    media = {key: sent[key] for key in ("id", "url", "proxy_url", "content_type")}
    media["attachment_id"] = sent["id"]
    return {"file": media, "name": sent["filename"], "size": sent["size"]}


def _picture(it: Json, of: Message) -> Json:
    """A picture of a gallery, which was sent with the message or is anywhere else."""
    address = it["media"]["url"]
    media: Json = {"id": str(of.id), "url": address, "proxy_url": address}
    for file in of.files:
        if address == f"attachment://{file.name}":
            sent = attachment(of.channel.world, file, of.ephemeral)
            media = {key: sent[key] for key in ("id", "url", "proxy_url", "content_type")}
            media["attachment_id"] = sent["id"]
    return {"description": None, "spoiler": False, **it, "media": media}


def _mentioned_users(it: Message) -> list[Json]:
    ids = [int(ping[5:]) for ping in sorted(it.pings) if ping.startswith("user:")]
    users = it.channel.world.users
    return [user(users[each]) for each in ids if each in users]


def metadata(it: Interaction) -> Json:
    """What a message says of the interaction that it answers."""
    kind = Kind.COMMAND if it.kind is Kind.AUTOCOMPLETE else it.kind
    payload: Json = {
        "id": str(it.id),
        "type": int(kind),
        "user": user(it.user),
        "authorizing_integration_owners": owners(it),
    }
    if kind is Kind.COMPONENT and it.source:
        payload["interacted_message_id"] = str(it.source.id)
    elif it.opened_by:
        payload["triggering_interaction_metadata"] = metadata(it.opened_by)
    return payload


def owners(it: Interaction) -> Json:
    """Who installed the application: the guild, or "0" in a direct message."""
    return {"0": str(it.guild.id) if it.guild else "0"}


def attachment(world: World, file: File, is_ephemeral: bool) -> Json:  # noqa: FBT001 - a flag of the wire
    """An uploaded file."""
    address = f"{world.files.address}/{file.id}/{quote(file.name, safe='')}"
    payload: Json = {
        "id": str(file.id),
        "filename": file.name,
        "size": len(file.content),
        "url": address,
        "proxy_url": address,
        "content_type": file.content_type,
        "ephemeral": is_ephemeral,
    }
    return {**payload, "description": file.description} if file.description else payload


def resolved(
    world: World, guild_of: Guild | None, things: list[User | Role | Channel | File]
) -> Json:
    """The objects that options or selected values name, by kind and id."""
    payload: Json = {}
    for thing in things:
        if isinstance(thing, User):
            payload.setdefault("users", {})[str(thing.id)] = user(thing)
            who = guild_of.members.get(thing.id) if guild_of else None
            if who:
                partial = {**member(who), "permissions": str(int(who.permissions))}
                payload.setdefault("members", {})[str(thing.id)] = partial
        elif isinstance(thing, File):
            sent = attachment(world, thing, is_ephemeral=True)
            payload.setdefault("attachments", {})[str(thing.id)] = sent
        elif isinstance(thing, Role):
            payload.setdefault("roles", {})[str(thing.id)] = role(thing)
        else:
            partial = {**channel(thing), "permissions": str(int(permissions.ALL))}
            payload.setdefault("channels", {})[str(thing.id)] = partial
    return payload


def timestamp(moment: datetime) -> str:
    """A time as Discord writes it."""
    return moment.isoformat(timespec="microseconds")
