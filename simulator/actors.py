from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator import controls, options, permissions
from simulator.interactions import Choice, Interaction, Kind, Modal
from simulator.permissions import Permission
from simulator.refusals import ClientRefused, Json
from simulator.replies import Reply
from simulator.wire import payloads
from simulator.world import Channel, Guild, Member, User, World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.messages import Message
    from simulator.options import Thing


class Actor:
    """A person in front of Discord, in one channel.

    Each verb has a `send_` twin that does not wait for the answer. Whatever the client would
    not let a person do raises ClientRefused; `raw=True` does it nevertheless.
    """

    def __init__(self, world: World, who: Member | User, channel: Channel) -> None:
        self.world = world
        self.member = who if isinstance(who, Member) else None
        self.user = who.user if isinstance(who, Member) else who
        self.channel = channel

    @property
    def guild(self) -> Guild | None:
        """The guild where the person is, if it is not a direct message."""
        return self.member.guild if self.member else None

    def in_channel(self, channel: Channel) -> Actor:
        """The same person in another channel."""
        return Actor(self.world, self.member or self.user, channel)

    async def slash(self, command: str, /, *, raw: bool = False, **values: Any) -> Reply:
        """Type a command ("item add") and wait for the visible answer."""
        return await self.send_slash(command, raw=raw, **values).answered()

    def send_slash(self, command: str, /, *, raw: bool = False, **values: Any) -> Reply:
        """Type a command."""
        typed = options.find(self.world, self.guild, command)
        if not raw:
            options.require_visible(typed.command, self.member)
            self._require(Permission.USE_APPLICATION_COMMANDS)
        options.fill(typed, values, raw=raw)
        data = {**typed.data(), **self._resolved(typed.things)}
        return self._send(Kind.COMMAND, data)

    async def autocomplete(
        self, command: str, option: str, text: str, /, **values: Any
    ) -> list[Choice]:
        """Type into an option, with others already filled in, and read the suggestions."""
        typed = options.find(self.world, self.guild, command)
        options.require_visible(typed.command, self.member)
        definitions = {each["name"]: each for each in typed.leaf.get("options") or []}
        if not definitions.get(option, {}).get("autocomplete"):
            raise ClientRefused(f"/{command}: {option} has no suggestions")
        options.fill(typed, {**values, option: text}, raw=False, focused=option)
        reply = await self._send(Kind.AUTOCOMPLETE, typed.data()).answered()
        return reply.interaction.choices

    async def click(self, on: Reply | Message, button: str, *, raw: bool = False) -> Reply:
        """Press a button, by label or custom id, and wait for the visible answer."""
        return await self.send_click(on, button, raw=raw).answered()

    def send_click(self, on: Reply | Message, button: str, *, raw: bool = False) -> Reply:
        """Press a button; `raw` presses one that is disabled, or no longer there."""
        message = self._seen(on, raw=raw)
        found = controls.find(message, {controls.BUTTON}, button, raw=raw)
        controls.require_pressable(found, raw=raw)
        return self._send(Kind.COMPONENT, _component(found), message)

    async def select(
        self,
        on: Reply | Message,
        menu: str,
        *chosen: str | Member | Thing,
        raw: bool = False,
    ) -> Reply:
        """Choose in a select, by custom id or placeholder, and wait for the visible answer."""
        return await self.send_select(on, menu, *chosen, raw=raw).answered()

    def send_select(
        self,
        on: Reply | Message,
        menu: str,
        *chosen: str | Member | Thing,
        raw: bool = False,
    ) -> Reply:
        """Choose in a select: labels or values of its options, or users, roles, channels."""
        message = self._seen(on, raw=raw)
        found = controls.find(message, set(controls.SELECTS), menu, raw=raw)
        controls.require_open(found, raw=raw)
        values, things = controls.choose(found, chosen, raw=raw)
        data = {**_component(found), "values": values, **self._resolved(things)}
        return self._send(Kind.COMPONENT, data, message)

    async def submit(
        self, form: Modal | Reply, values: Mapping[str, Any], *, raw: bool = False
    ) -> Reply:
        """Fill in a form, by label or custom id, send it and wait for the visible answer."""
        return await self.send_submit(form, values, raw=raw).answered()

    def send_submit(
        self, form: Modal | Reply, values: Mapping[str, Any], *, raw: bool = False
    ) -> Reply:
        """Fill in a form and send it; a select takes a value or a list of values."""
        modal = form.modal if isinstance(form, Reply) else form
        if modal.opened_by.user is not self.user:
            raise ClientRefused(f"the form is not open for {self.user.name}")
        filled = controls.Form(modal, values, raw=raw)
        data = {"custom_id": modal.custom_id, "components": filled.components}
        data |= self._resolved(filled.things)
        opened_by = modal.opened_by
        return self._send(Kind.MODAL, data, opened_by.source, opened_by)

    def delete(self, message: Message) -> None:
        """Delete a message, one's own or as a moderator of the channel."""
        there = self.in_channel(self._seen(message, raw=False).channel)
        if message.author is not self.user:
            there._require(Permission.MANAGE_MESSAGES)  # noqa: SLF001  # an actor elsewhere
        message.channel.delete(message)

    def _seen(self, on: Reply | Message, *, raw: bool) -> Message:
        message = on.message if isinstance(on, Reply) else on
        if raw:
            return message
        if message.is_deleted:
            raise ClientRefused("the message is deleted")
        owner = message.interaction.user if message.interaction else None
        if message.ephemeral and owner is not self.user:
            raise ClientRefused(f"the message is not visible to {self.user.name}")
        self.in_channel(message.channel)._require(Permission.VIEW_CHANNEL)  # noqa: SLF001  # an actor elsewhere
        return message

    def _resolved(self, things: list[Thing]) -> Json:
        return {"resolved": payloads.resolved(self.world, self.guild, things)} if things else {}

    def _require(self, needed: Permission) -> None:
        if self.member is None:
            return
        granted = permissions.in_channel(self.member, self.channel)
        if (needed | Permission.VIEW_CHANNEL) & ~granted:
            raise ClientRefused(f"{self.user.name} may not do this in #{self.channel.name}")

    def _send(
        self,
        kind: Kind,
        data: Json,
        source: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Reply:
        world = self.world
        channel = source.channel if source else opened_by.channel if opened_by else self.channel
        interaction = Interaction(
            world.next_id(),
            kind,
            world,
            self.user,
            self.member,
            self.guild,
            channel,
            data,
            world.clock.seconds(),
            source,
        )
        interaction.opened_by = opened_by
        world.remember(interaction)
        world.emit("INTERACTION_CREATE", self.guild, interaction)
        return Reply(interaction)


def _component(found: Json) -> Json:
    return {
        "component_type": found["type"],
        "custom_id": found["custom_id"],
        "id": found.get("id", 1),
    }
