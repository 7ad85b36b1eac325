"""What the page asks for, in a member's name: each action is a function of a request's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator import ClientRefused, InteractionFailed, NoAnswer, controls, options
from simulator.messages import walk
from simulator.page import shown
from simulator.page.person import Person, read_chosen, read_field, read_values
from simulator.world import DM_CHANNEL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from simulator import Channel, Member, Message, Reply
    from simulator.page.stage import Stage
    from simulator.refusals import Json


@dataclass
class Ask:
    """One request of the page: who does it, where, and what else it says."""

    stage: Stage
    member: Member
    channel: Channel
    body: Json

    @property
    def person(self) -> Person:
        """Who acts; in a direct channel they act as a user, not as a member."""
        is_direct = self.channel.kind == DM_CHANNEL
        who = self.member.user if is_direct else self.member
        return Person(self.stage.world, who, self.channel)

    def message(self) -> Message:
        """The message that the request is about."""
        key = str(self.body["message"])
        found = self.stage.find_message(self.member, int(key) if key.isdecimal() else 0)
        if found is None:
            raise ClientRefused("This message is no longer there.")
        return found


def read_ask(stage: Stage, body: Json) -> Ask:
    """Read who acts where, and refuse a channel that they do not see."""
    member = stage.person(int(body["as"]))
    if member is None:
        raise ClientRefused("No member has this name.")
    seen = {channel.id: channel for channel in shown.visible_channels(stage, member)}
    channel = seen.get(int(body["channel"]))
    if channel is None:
        raise ClientRefused("This channel is not visible to you.")
    return Ask(stage, member, channel, body)


async def slash(ask: Ask) -> Json:
    """Send a command."""
    command = str(ask.body["command"])
    leaf = options.find(ask.stage.world, ask.person.guild, command).leaf
    values = read_values(ask.stage.guild, leaf, ask.body["values"])
    return await _outcome(ask.person.send_slash(command, **values))


async def suggest(ask: Ask) -> Json:
    """Fetch the suggestions for an option that is being typed."""
    command, option = str(ask.body["command"]), str(ask.body["option"])
    leaf = options.find(ask.stage.world, ask.person.guild, command).leaf
    values = read_values(ask.stage.guild, leaf, ask.body["values"])
    values.pop(option, None)
    try:
        found = await ask.person.autocomplete(command, option, str(ask.body["text"]), **values)
    except (InteractionFailed, NoAnswer):
        return {"outcome": "failed"}
    return {"outcome": "taken", "choices": [{"name": it.name, "value": it.value} for it in found]}


async def click(ask: Ask) -> Json:
    """Press a button."""
    return await _outcome(ask.person.send_click(ask.message(), str(ask.body["control"])))


async def select(ask: Ask) -> Json:
    """Choose in a select."""
    message, name = ask.message(), str(ask.body["control"])
    menu = controls.find(message, set(controls.SELECTS), name, raw=False)
    chosen = read_chosen(ask.stage.guild, menu, ask.body["chosen"])
    return await _outcome(ask.person.send_select(message, name, *chosen))


async def submit(ask: Ask) -> Json:
    """Send a form."""
    opened_by = ask.stage.world.interactions.get(int(ask.body["form"]))
    if opened_by is None or opened_by.modal is None:
        raise ClientRefused("This form is no longer open.")
    kinds = {it["custom_id"]: it for it in walk(opened_by.modal.components) if "custom_id" in it}
    values: dict[str, Any] = {
        name: read_field(ask.stage.guild, kinds[name], value) if name in kinds else value
        for name, value in ask.body["values"].items()
    }
    return await _outcome(ask.person.send_submit(opened_by.modal, values))


async def say(ask: Ask) -> Json:
    """Write a message."""
    return {"outcome": "taken", "message": str(ask.person.say(str(ask.body["text"])).id)}


async def read(ask: Ask) -> Json:
    """Note how far a channel was read."""
    ask.stage.mark_read(ask.member.user, ask.channel, int(ask.body["message"]))
    return {"outcome": "taken"}


async def seen(ask: Ask) -> Json:
    """Note that what the tour marks was seen."""
    ask.stage.tour.see(ask.stage)
    ask.stage.changed()
    return {"outcome": "taken"}


async def skip(ask: Ask) -> Json:
    """Go on with the tour's next step."""
    ask.stage.tour.skip(ask.stage)
    ask.stage.changed()
    return {"outcome": "taken"}


async def unplug(ask: Ask) -> Json:
    """Pull the plug as the tour's current step says."""
    step = ask.stage.tour.current
    if step is None or step.plug is None:
        raise ClientRefused("The tour is not there yet.")
    ask.stage.plug.pull(step.plug)
    return {"outcome": "taken"}


async def dismiss(ask: Ask) -> Json:
    """Take a private message from the screen."""
    ask.stage.dismiss(ask.message())
    return {"outcome": "taken"}


ACTIONS: dict[str, Callable[[Ask], Awaitable[Json]]] = {
    action.__name__: action
    for action in (slash, suggest, click, select, submit, say, read, seen, skip, unplug, dismiss)
}


async def _outcome(reply: Reply) -> Json:
    """Wait for the bot's acknowledgement: taken, a form to fill in, or nothing in time."""
    try:
        await reply.acknowledged()
    except InteractionFailed:
        return {"outcome": "failed"}
    form = reply.interaction.modal
    if form is not None:
        return {"outcome": "form", "form": shown.form(form)}
    return {"outcome": "taken"}
