"""Channels, their messages and overwrites, and the channels and roles of a guild."""

from typing import Any

from simulator import limits, permissions
from simulator.history import backdate
from simulator.interactions import compose, revise
from simulator.messages import Flag, Message
from simulator.permissions import Permission
from simulator.refusals import ApiError, Json, Refusal, invalid
from simulator.wire import payloads
from simulator.wire.rest import Call, Route
from simulator.world import TEXT_CHANNEL, Channel, Guild, Overwrite, World

# Discord says "a few minutes"; a bot that relies on more must not pass.
NONCE_KEPT_SECONDS = 180
ROLE_OVERWRITE, MEMBER_OVERWRITE = 0, 1


def _channel(world: World, call: Call, needed: Permission = permissions.NONE) -> Channel:
    """The channel of the path, if the bot may see it and do there what is needed."""
    channel = world.channels.get(call.id("channel"))
    if channel is None:
        raise ApiError(Refusal.UNKNOWN_CHANNEL)
    if channel.refusal is not None:
        raise ApiError(channel.refusal)
    if channel.guild is not None:
        granted = permissions.in_channel(channel.guild.me, channel)
        if Permission.VIEW_CHANNEL not in granted:
            raise ApiError(Refusal.MISSING_ACCESS)
        if needed not in granted:
            raise ApiError(Refusal.MISSING_PERMISSIONS)
    return channel


def _guild(world: World, call: Call, needed: Permission = permissions.NONE) -> Guild:
    guild = world.guilds.get(call.id("guild"))
    if guild is None:
        raise ApiError(Refusal.UNKNOWN_GUILD)
    if needed not in guild.me.permissions:
        raise ApiError(Refusal.MISSING_PERMISSIONS)
    return guild


def _message(channel: Channel, call: Call) -> Message:
    wanted = call.id("message")
    for message in channel.messages:
        if message.id == wanted:
            return message
    raise ApiError(Refusal.UNKNOWN_MESSAGE)


def read_channel(world: World, call: Call) -> Json:
    """GET /channels/{channel}."""
    return payloads.channel(_channel(world, call))


def edit_channel(world: World, call: Call) -> Json:
    """PATCH /channels/{channel}: its topic and its overwrites, which are replaced as a whole."""
    channel = _channel(world, call, Permission.MANAGE_CHANNELS)
    body: Json = call.body or {}
    limits.check_text("topic", body.get("topic"), 1024)
    if "permission_overwrites" in body:
        _channel(world, call, Permission.MANAGE_ROLES)
        wanted = [_overwrite(channel.guild, each) for each in body["permission_overwrites"]]
        channel.overwrites = {each.id: each for each in wanted}
    if "topic" in body:
        channel.topic = body["topic"]
    world.emit("CHANNEL_UPDATE", channel.guild, channel)
    return payloads.channel(channel)


def read_messages(world: World, call: Call) -> list[Json]:
    """GET /channels/{channel}/messages: newest first, `before` or `after` an id."""
    channel = _channel(world, call)
    if channel.guild:
        granted = permissions.in_channel(channel.guild.me, channel)
        if Permission.READ_MESSAGE_HISTORY not in granted:
            return []
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise invalid("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    found = channel.messages
    if "before" in call.query:
        found = [message for message in found if message.id < int(call.query["before"])]
    if "after" in call.query:
        found = [message for message in found if message.id > int(call.query["after"])][:limit]
    return [payloads.message(message) for message in reversed(found[-limit:])]


def read_message(world: World, call: Call) -> Json:
    """GET /channels/{channel}/messages/{message}."""
    channel = _channel(world, call, Permission.READ_MESSAGE_HISTORY)
    return payloads.message(_message(channel, call))


def send_message(world: World, call: Call) -> Json:
    """POST /channels/{channel}/messages; an enforced nonce gives the message it gave before."""
    body: Json = call.body or {}
    channel = _channel(world, call, _needed_to_send(body, call))
    if channel.recipient is not None and not channel.recipient.accepts_dms:
        raise ApiError(Refusal.CLOSED_DM)
    limits.check_message(body, files=len(call.files))
    limits.check_text("nonce", str(body.get("nonce") or ""), 25)
    return payloads.message(_sent_before(channel, body) or _post(channel, body, call))


def _needed_to_send(body: Json, call: Call) -> Permission:
    needed = Permission.SEND_MESSAGES
    # Without EMBED_LINKS Discord drops the embeds in silence; refusing shows the mistake.
    if body.get("embeds"):
        needed |= Permission.EMBED_LINKS
    return needed | Permission.ATTACH_FILES if call.files else needed


def _sent_before(channel: Channel, body: Json) -> Message | None:
    if not body.get("enforce_nonce") or body.get("nonce") is None:
        return None
    oldest = channel.world.clock.seconds() - NONCE_KEPT_SECONDS
    for message in reversed(channel.log):
        if message.nonce_at_seconds < oldest:
            return None
        if message.nonce is not None and str(message.nonce) == str(body["nonce"]):
            return message
    return None


def _post(channel: Channel, body: Json, call: Call) -> Message:
    kept = Flag.COMPONENTS_V2 | 1 << 2 | 1 << 12
    flags = int(body.get("flags") or 0) & kept
    message = compose(channel.world, channel, {**body, "flags": flags}, call.files)
    backdate(message)
    channel.post(message)
    return message


def edit_message(world: World, call: Call) -> Json:
    """PATCH /channels/{channel}/messages/{message}."""
    channel = _channel(world, call)
    message = _message(channel, call)
    if message.author is not world.bot:
        raise ApiError(Refusal.EDIT_OF_ANOTHERS)
    limits.check_message(call.body or {}, files=len(call.files), before=message)
    revise(message, call.body or {}, call.files)
    return payloads.message(message)


def delete_message(world: World, call: Call) -> Any:
    """DELETE /channels/{channel}/messages/{message}."""
    channel = _channel(world, call)
    message = _message(channel, call)
    if message.author is not world.bot:
        _channel(world, call, Permission.MANAGE_MESSAGES)
    channel.delete(message)


def open_direct(world: World, call: Call) -> Json:
    """POST /users/@me/channels."""
    recipient = world.users.get(int((call.body or {}).get("recipient_id") or 0))
    if recipient is None:
        raise ApiError(Refusal.UNKNOWN_USER)
    return payloads.channel(world.direct_channel(recipient))


def write_overwrite(world: World, call: Call) -> Any:
    """PUT /channels/{channel}/permissions/{overwrite}."""
    channel = _channel(world, call, Permission.MANAGE_ROLES)
    overwrite = _overwrite(channel.guild, {**(call.body or {}), "id": call.id("overwrite")})
    channel.overwrites[overwrite.id] = overwrite
    world.emit("CHANNEL_UPDATE", channel.guild, channel)


def _overwrite(guild: Guild | None, body: Json) -> Overwrite:
    """Read an overwrite; a bot may hand out or deny only what it holds in the guild itself."""
    if guild is None or body.get("type") not in {ROLE_OVERWRITE, MEMBER_OVERWRITE}:
        raise invalid("type", "BASE_TYPE_CHOICES", "Value must be one of {0, 1}.")
    allow, deny = (Permission(int(body.get(key) or 0)) for key in ("allow", "deny"))
    own = guild.me.permissions
    if (allow | deny) & ~own:
        raise ApiError(Refusal.MISSING_PERMISSIONS)
    wanted = int(body["id"])
    if wanted not in (guild.roles if body["type"] == ROLE_OVERWRITE else guild.members):
        raise ApiError(Refusal.UNKNOWN_OVERWRITE)
    return Overwrite(wanted, body["type"] == ROLE_OVERWRITE, allow, deny)


def read_guild(world: World, call: Call) -> Json:
    """GET /guilds/{guild}."""
    return payloads.guild(_guild(world, call))


def read_guild_channels(world: World, call: Call) -> list[Json]:
    """GET /guilds/{guild}/channels."""
    return [payloads.channel(channel) for channel in _guild(world, call).channels.values()]


def read_guild_roles(world: World, call: Call) -> list[Json]:
    """GET /guilds/{guild}/roles."""
    return [payloads.role(role) for role in _guild(world, call).roles.values()]


def read_guild_member(world: World, call: Call) -> Json:
    """GET /guilds/{guild}/members/{member}."""
    member = _guild(world, call).members.get(call.id("member"))
    if member is None:
        raise ApiError(Refusal.UNKNOWN_MEMBER)
    return {
        "user": payloads.user(member.user),
        **payloads.member(member),
        "mute": False,
        "deaf": False,
    }


def count_role_members(world: World, call: Call) -> Json:
    """GET /guilds/{guild}/roles/member-counts: by role id, without @everyone."""
    guild = _guild(world, call)
    counts = {str(key): 0 for key in guild.roles if key != guild.id}
    for member in guild.members.values():
        for role in member.roles:
            counts[str(role.id)] += 1
    return counts


def create_channel(world: World, call: Call) -> Json:
    """POST /guilds/{guild}/channels: text channels, with overwrites."""
    guild = _guild(world, call, Permission.MANAGE_CHANNELS)
    body: Json = call.body or {}
    limits.check_text("name", body.get("name"), 100, shortest=1, required=True)
    limits.check_text("topic", body.get("topic"), 1024)
    if (body.get("type") or TEXT_CHANNEL) != TEXT_CHANNEL:
        raise invalid("type", "BASE_TYPE_CHOICES", "Only text channels are simulated.")
    wanted = body.get("permission_overwrites") or []
    if wanted and Permission.MANAGE_ROLES not in guild.me.permissions:
        raise ApiError(Refusal.MISSING_PERMISSIONS)
    overwrites = [_overwrite(guild, each) for each in wanted]
    parent = body.get("parent_id")
    name = str(body["name"]).lower().replace(" ", "-")
    channel = guild.add_channel(
        name, overwrites, topic=body.get("topic"), parent_id=int(parent) if parent else None
    )
    return payloads.channel(channel)


CHANNEL, MESSAGES, GUILD = "/channels/{channel}", "/channels/{channel}/messages", "/guilds/{guild}"
ROUTES = [
    Route("GET", CHANNEL, read_channel),
    Route("PATCH", CHANNEL, edit_channel),
    Route("GET", MESSAGES, read_messages),
    Route("POST", MESSAGES, send_message),
    Route("GET", MESSAGES + "/{message}", read_message),
    Route("PATCH", MESSAGES + "/{message}", edit_message),
    Route("DELETE", MESSAGES + "/{message}", delete_message),
    Route("PUT", CHANNEL + "/permissions/{overwrite}", write_overwrite),
    Route("POST", "/users/@me/channels", open_direct),
    Route("GET", GUILD, read_guild),
    Route("GET", GUILD + "/members/{member}", read_guild_member),
    Route("GET", GUILD + "/channels", read_guild_channels),
    Route("POST", GUILD + "/channels", create_channel, success=201),
    Route("GET", GUILD + "/roles", read_guild_roles),
    Route("GET", GUILD + "/roles/member-counts", count_role_members),
]
