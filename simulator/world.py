"""The simulated Discord's state: plain objects that know nothing of a network."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator import permissions
from simulator.clock import Clock
from simulator.messages import Files
from simulator.permissions import Permission
from simulator.pulse import Pulse
from simulator.refusals import Json, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from simulator.interactions import Interaction
    from simulator.messages import Message

TEXT_CHANNEL, DM_CHANNEL = 0, 1
# What a world remembers: far more than a test looks back, and no more when it runs for days.
MESSAGES_KEPT = 5_000
INTERACTIONS_KEPT = 5_000


@dataclass(eq=False)
class User:
    """An account; `accepts_dms` False makes a direct message fail with 50007."""

    id: int
    name: str
    is_bot: bool = False
    accepts_dms: bool = True
    locale: str = "en-US"


@dataclass(eq=False)
class Role:
    """A guild's role; `bot_id` marks the one that Discord made for the bot."""

    id: int
    name: str
    guild: Guild
    permissions: Permission
    position: int
    bot_id: int | None = None


@dataclass
class Overwrite:
    """What one channel allows and denies a role or a member."""

    id: int
    is_role: bool
    allow: Permission = permissions.NONE
    deny: Permission = permissions.NONE


@dataclass(eq=False)
class Member:
    """A user in a guild; `roles` never holds @everyone, and may be changed at any time."""

    user: User
    guild: Guild
    roles: list[Role]
    joined_at: datetime

    @property
    def permissions(self) -> Permission:
        """What the roles add up to, before channel overwrites."""
        return permissions.in_guild(self)


@dataclass(eq=False)
class Channel:
    """A text channel, or a direct channel when `recipient` is set."""

    id: int
    name: str
    world: World
    guild: Guild | None = None
    recipient: User | None = None
    position: int = 0
    topic: str | None = None
    parent_id: int | None = None
    kind: int = TEXT_CHANNEL
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    log: deque[Message] = field(default_factory=lambda: deque(maxlen=MESSAGES_KEPT))
    refusal: Refusal | None = None
    pulse: Pulse = field(init=False)

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.world.stir)

    @property
    def messages(self) -> list[Message]:
        """The channel's present messages, oldest first; ephemeral answers are not in a channel."""
        return [message for message in self.log if not message.is_deleted]

    def post(self, message: Message) -> None:
        """Add a message and wake who waits for it."""
        self.log.append(message)
        self.pulse.beat()

    def delete(self, message: Message) -> None:
        """Delete a message."""
        message.is_deleted = True
        self.pulse.beat()

    def forbid(self, refusal: Refusal = Refusal.MISSING_PERMISSIONS) -> None:
        """Refuse the bot everything here, as without any permission, until `allow`."""
        self.refusal = refusal

    def allow(self) -> None:
        """End `forbid`."""
        self.refusal = None

    def hide_from_everyone(self) -> None:
        """Deny @everyone the view, as a private channel does."""
        if self.guild is None:
            raise ValueError("a direct channel has no overwrites")
        everyone = self.guild.everyone.id
        self.overwrites[everyone] = Overwrite(everyone, True, deny=Permission.VIEW_CHANNEL)
        self.world.emit("CHANNEL_UPDATE", self.guild, self)

    async def wait_for(
        self,
        predicate: Callable[[Message], bool],
        timeout: float = 10,  # noqa: ASYNC109 - the failure says what did not come
    ) -> Message:
        """The first message that satisfies the predicate, now or later, as posted or edited."""
        return await self.pulse.until(
            lambda: next(filter(predicate, self.messages), None), timeout, f"message in {self.name}"
        )


@dataclass(eq=False)
class Guild:
    """A server with its roles, channels and members; changes reach the bot as gateway events."""

    id: int
    name: str
    world: World
    owner: User
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)

    @property
    def everyone(self) -> Role:
        """The @everyone role, whose id is the guild's."""
        return self.roles[self.id]

    @property
    def me(self) -> Member:
        """The bot's own member."""
        return self.members[self.world.bot.id]

    def add_role(self, name: str, permissions: Permission = permissions.NONE) -> Role:
        """Make a role below the bot's own."""
        role = Role(self.world.next_id(), name, self, permissions, len(self.roles))
        self.roles[role.id] = role
        self.world.emit("GUILD_ROLE_CREATE", self, role)
        return role

    def delete_role(self, role: Role) -> None:
        """Delete a role, and take it from every member."""
        del self.roles[role.id]
        for member in self.members.values():
            member.roles = [held for held in member.roles if held is not role]
        self.world.emit("GUILD_ROLE_DELETE", self, role)

    def add_channel(self, name: str, overwrites: Iterable[Overwrite] = (), **more: Any) -> Channel:
        """Make a text channel at the end of the list."""
        channel = Channel(
            self.world.next_id(), name, self.world, self, position=len(self.channels), **more
        )
        channel.overwrites = {overwrite.id: overwrite for overwrite in overwrites}
        self.channels[channel.id] = self.world.channels[channel.id] = channel
        self.world.emit("CHANNEL_CREATE", self, channel)
        return channel

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel: the bot's requests to it answer 10003 from now on."""
        del self.channels[channel.id], self.world.channels[channel.id]
        self.world.emit("CHANNEL_DELETE", self, channel)

    def add_member(
        self, user: User | str, roles: Iterable[Role] = (), joined_at: datetime | None = None
    ) -> Member:
        """Let a user join, by account or by a new account's name; a second time is a rejoin."""
        user = self.world.add_user(user) if isinstance(user, str) else user
        member = Member(user, self, list(roles), joined_at or self.world.clock.now())
        self.members[user.id] = member
        self.world.stir()
        return member

    def remove_member(self, member: Member) -> None:
        """Let a member leave."""
        del self.members[member.user.id]

    def channel(self, name: str) -> Channel:
        """The channel of this name."""
        return next(channel for channel in self.channels.values() if channel.name == name)


class World:
    """Everything that Discord knows: accounts, guilds, commands, interactions, and one bot."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.clock = Clock()
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.commands: dict[int | None, list[Json]] = {}
        self.interactions: dict[int, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}
        self.files = Files()
        # Whether a message with past moments in it counts as sent then.
        self.backdates = False
        self.watchers: list[Callable[[], None]] = []
        self.pulse = Pulse(self.stir)
        self.listeners: list[Callable[[str, Guild | None, object], None]] = []
        self.bot = self.add_user("Tallyman", is_bot=True)
        self.application_id = self.bot.id

    def stir(self) -> None:
        """Call who watches: something anywhere in the world has changed."""
        for watcher in self.watchers:
            watcher()

    def next_id(self) -> int:
        """A new snowflake."""
        return self.clock.snowflake()

    def emit(self, event: str, guild: Guild | None, subject: object) -> None:
        """Notify the gateway that something happened to `subject`."""
        for listener in self.listeners:
            listener(event, guild, subject)
        self.pulse.beat()

    def remember(self, interaction: Interaction) -> None:
        """Know an interaction by its id and token; forget old ones that no answer can reach."""
        self.interactions[interaction.id] = self.by_token[interaction.token] = interaction
        known = self.interactions.values()
        while len(known) > INTERACTIONS_KEPT and not (oldest := next(iter(known))).may_be_answered:
            del self.interactions[oldest.id], self.by_token[oldest.token]

    def add_user(self, name: str, *, is_bot: bool = False) -> User:
        """Make an account."""
        user = User(self.next_id(), name, is_bot)
        self.users[user.id] = user
        return user

    def add_guild(
        self,
        name: str,
        owner: User | None = None,
        bot_permissions: Permission = permissions.BOT,
    ) -> Guild:
        """Make a guild with @everyone, #general, its owner and the bot with a role of its own."""
        guild = Guild(self.next_id(), name, self, owner or self.add_user(f"{name} owner"))
        guild.roles[guild.id] = Role(guild.id, "@everyone", guild, permissions.EVERYONE, 0)
        own = Role(self.next_id(), self.bot.name, guild, bot_permissions, 1, self.bot.id)
        guild.roles[own.id] = own
        guild.add_member(guild.owner)
        guild.add_member(self.bot, [own])
        guild.add_channel("general")
        self.guilds[guild.id] = guild
        self.emit("GUILD_CREATE", guild, guild)
        return guild

    def direct_channel(self, user: User) -> Channel:
        """The direct channel between the bot and a user, made when first asked for."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(
            self.next_id(), f"DM with {user.name}", self, recipient=user, kind=DM_CHANNEL
        )
        self.channels[channel.id] = channel
        self.stir()
        return channel
