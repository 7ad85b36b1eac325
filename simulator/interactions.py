from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from simulator.messages import File, Flag, Message, walk
from simulator.pulse import Pulse
from simulator.refusals import ApiError, Json, Refusal, invalid

if TYPE_CHECKING:
    from simulator.world import Channel, Guild, Member, User, World

ACKNOWLEDGE_WITHIN_SECONDS = 3
TOKEN_VALID_SECONDS = 15 * 60


class Kind(IntEnum):
    """What a person did."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(IntEnum):
    """How the bot acknowledged it."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


class Choice(NamedTuple):
    """A suggestion of an autocomplete."""

    name: str
    value: str | int | float


@dataclass(eq=False)
class Modal:
    """A form that the bot opened for one person, in answer to `opened_by`."""

    custom_id: str
    title: str
    components: list[Json]
    opened_by: Interaction


@dataclass(eq=False)
class Interaction:
    """One thing that a person did, and all that the bot answered to it."""

    id: int
    kind: Kind
    world: World
    user: User
    member: Member | None
    guild: Guild | None
    channel: Channel
    data: Json
    started_at_seconds: float
    source: Message | None = None
    token: str = field(default_factory=lambda: f"aW50ZXJhY3Rpb246{secrets.token_urlsafe(48)}")
    payload: Json | None = None
    callback: Callback | None = None
    acknowledged_after_seconds: float | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    opened_by: Interaction | None = None
    modal: Modal | None = None
    answered: bool = False
    pulse: Pulse = field(init=False)

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.world.stir)

    @property
    def age_seconds(self) -> float:
        """How long ago it was first dispatched."""
        return self.world.clock.seconds() - self.started_at_seconds

    @property
    def expired(self) -> bool:
        """Whether it was not acknowledged in time."""
        return self.callback is None and self.age_seconds > ACKNOWLEDGE_WITHIN_SECONDS

    @property
    def may_be_answered(self) -> bool:
        """Whether the bot can still acknowledge it, or show an answer."""
        return not self.expired and self.age_seconds <= TOKEN_VALID_SECONDS

    def acknowledge(self, callback: Callback) -> None:
        """Take the first and only callback, or refuse it as Discord does."""
        if self.callback is not None:
            raise ApiError(Refusal.ALREADY_ACKNOWLEDGED)
        if self.expired:
            raise ApiError(Refusal.UNKNOWN_INTERACTION)
        if callback not in self._possible_callbacks():
            raise invalid("type", "BASE_TYPE_CHOICES", f"not for interaction type {self.kind}")
        self.callback = callback
        self.acknowledged_after_seconds = self.age_seconds
        self.pulse.beat()

    def _possible_callbacks(self) -> set[Callback]:
        if self.kind is Kind.AUTOCOMPLETE:
            return {Callback.CHOICES}
        possible = {Callback.MESSAGE, Callback.DEFERRED_MESSAGE}
        if self.kind is not Kind.MODAL:
            possible.add(Callback.MODAL)
        if self.source is not None:
            possible |= {Callback.DEFERRED_UPDATE, Callback.UPDATE}
        return possible

    def require_webhook(self) -> None:
        """Refuse the token when it is too old, or not yet good for anything."""
        if self.age_seconds > TOKEN_VALID_SECONDS:
            raise ApiError(Refusal.INVALID_TOKEN)
        if self.callback is None:
            raise ApiError(Refusal.UNKNOWN_WEBHOOK)

    def settle(self) -> None:
        """Say that what the person waits for is on the screen, or has changed there."""
        self.answered = True
        self.pulse.beat()
        self.channel.pulse.beat()

    def find_message(self, reference: str) -> Message:
        """A message of this interaction by id or as @original."""
        own = [message for message in (self.original, *self.followups) if message]
        for message in own:
            wanted = message is self.original if reference == "@original" else False
            if (wanted or str(message.id) == reference) and not message.is_deleted:
                return message
        raise ApiError(Refusal.UNKNOWN_MESSAGE)

    def answer(self, body: Json, files: list[File]) -> Message:
        """Put up the first message of the answer."""
        self.original = self._post(body, files)
        return self.original

    def follow_up(self, body: Json, files: list[File]) -> Message:
        """Add a message; the first one after a deferral takes the place of the thinking one."""
        first = self.original
        if first and first.loading and not first.is_deleted:
            revise(first, body, files)
            return first
        message = self._post(body, files)
        self.followups.append(message)
        return message

    def _post(self, body: Json, files: list[File]) -> Message:
        message = compose(self.world, self.channel, body, files)
        message.interaction = self
        if not message.ephemeral:
            self.channel.post(message)
        return message


def compose(world: World, channel: Channel, body: Json, files: list[File]) -> Message:
    """A new message of the bot's, not yet in its channel."""
    message = Message(world.next_id(), channel, world.bot, world.clock.now())
    message.nonce = body.get("nonce")
    message.nonce_at_seconds = world.clock.seconds()
    message.flags = body.get("flags") or 0
    message.reference = body.get("message_reference")
    _fill(message, body, files)
    return message


def revise(message: Message, body: Json, files: list[File]) -> None:
    """Change what an edit names and leave the rest."""
    _fill(message, body, files)
    if body.get("flags"):
        message.flags |= body["flags"] & Flag.COMPONENTS_V2
    message.flags &= ~Flag.LOADING
    message.edited_at = message.channel.world.clock.now()
    message.edits += 1
    message.channel.pulse.beat()


def _fill(message: Message, body: Json, files: list[File]) -> None:
    if "content" in body:
        message.content = body["content"] or ""
    if "embeds" in body:
        message.embeds = body["embeds"] or []
    if "components" in body:
        message.components = body["components"] or []
        for number, component in enumerate(walk(message.components), 1):
            component.setdefault("id", number)
    if "allowed_mentions" in body:
        message.allowed_mentions = body["allowed_mentions"]
    if body.get("attachments") is not None:
        kept = {str(attachment["id"]) for attachment in body["attachments"]}
        message.files = [file for file in message.files if str(file.id) in kept]
    message.files += files
