from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from simulator.interactions import Interaction, Kind
from simulator.page import shown
from simulator.page.plug import Plug

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator import Channel, Guild, LoopbackDiscord, Member, Message, User
    from simulator.page.tour import Tour
    from simulator.page.viewer import Viewer

FLUSH_AFTER_SECONDS = 0.01
ACTS_KEPT = 100
MESSAGES_SHOWN = 150


class Stage:
    """A guild as people look at it: who watches, what they have read, what only they see."""

    def __init__(
        self,
        discord: LoopbackDiscord,
        guild: Guild,
        tour: Tour,
        kill_bot: Callable[[], None] | None = None,
    ) -> None:
        self.discord = discord
        self.world = discord.world
        self.guild = guild
        self.tour = tour
        self.viewers: set[Viewer] = set()
        self.plug = Plug(self, kill_bot)
        # What was there when the stage was set is not news.
        self._opened_at = 0
        self._acts: dict[int, deque[Interaction]] = defaultdict(lambda: deque(maxlen=ACTS_KEPT))
        self._read: dict[tuple[int, int], int] = {}
        self._flush: asyncio.TimerHandle | None = None
        self.world.watchers.append(self.changed)
        self.world.listeners.append(self._on_event)

    def _on_event(self, _event: str, _guild: Guild | None, subject: object) -> None:
        if isinstance(subject, Interaction) and subject.kind is not Kind.AUTOCOMPLETE:
            self._acts[subject.user.id].append(subject)

    def changed(self) -> None:
        """Say that something has changed; viewers hear of a burst of changes once."""
        if self._flush is None and self.viewers:
            loop = asyncio.get_running_loop()
            self._flush = loop.call_later(FLUSH_AFTER_SECONDS, self._tell)

    def _tell(self) -> None:
        self._flush = None
        for viewer in list(self.viewers):
            viewer.update()

    def begin(self, tour: Tour) -> None:
        """Show a tour from its beginning."""
        self.tour = tour
        tour.since = self.world.next_id()
        self.know_all()

    def know_all(self) -> None:
        """Take all that is there by now as read by everyone."""
        self._opened_at = self.world.next_id()
        self.changed()

    def acts_of(self, user: User) -> list[Interaction]:
        """What a person did lately, oldest first."""
        return list(self._acts[user.id])

    def answers_to(self, act: Interaction) -> list[Message]:
        """What the screen shows as the answer to an action."""
        own = (act.original, *act.followups)
        return [message for message in own if message and not message.is_deleted]

    def messages(self, member: Member, channel: Channel) -> list[Message]:
        """What a member sees in a channel: its latest messages and what only they can see."""
        seen = {message.id: message for message in channel.messages[-MESSAGES_SHOWN:]}
        for act in self._acts[member.user.id]:
            for message in self.answers_to(act):
                if message.ephemeral and message.channel is channel:
                    seen[message.id] = message
        return [seen[key] for key in sorted(seen) if not seen[key].is_dismissed]

    def find_message(self, member: Member, key: int) -> Message | None:
        """The message of this id, if the member sees it."""
        for channel in shown.visible_channels(self, member):
            for message in self.messages(member, channel):
                if message.id == key:
                    return message
        return None

    def dismiss(self, message: Message) -> None:
        """Take a message that only one person sees from their screen."""
        if message.ephemeral:
            message.is_dismissed = True
            self.changed()

    def last_read(self, user: User, channel: Channel) -> int:
        """The id of the last message that a person has read in a channel."""
        return max(self._read.get((user.id, channel.id), 0), self._opened_at)

    def mark_read(self, user: User, channel: Channel, key: int) -> None:
        """Note how far a person has read; a mark never goes back."""
        if key > self.last_read(user, channel):
            self._read[user.id, channel.id] = key
            self.changed()

    def is_online(self, member: Member) -> bool:
        """Whether the bot is connected; people are always there."""
        return bool(self.discord.gateway.live) if member.user is self.world.bot else True

    def person(self, key: int) -> Member | None:
        """The member of this id, if it is one that can be acted as."""
        found = self.guild.members.get(key)
        return None if found is None or found.user.is_bot else found

    def first_person(self) -> Member:
        """The member that the page acts as by default: who does the tour's first step."""
        first = self.member_named(self.tour.steps[0].member) if self.tour.steps else None
        return first or next(it for it in self.guild.members.values() if not it.user.is_bot)

    def member_named(self, name: str) -> Member | None:
        """The member of this name."""
        return next((it for it in self.guild.members.values() if it.user.name == name), None)

    def channel_named(self, name: str) -> Channel | None:
        """The channel of this name."""
        return next((it for it in self.guild.channels.values() if it.name == name), None)
