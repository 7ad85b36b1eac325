"""A stand-in for a bot, in the simulator's own process: what it answers is a line of a test."""

import asyncio
from typing import Any

from simulator import Choice, Interaction, LoopbackDiscord, Message, Modal
from simulator.interactions import Callback, Kind, compose, revise
from simulator.messages import File, Flag, kind_of
from simulator.world import Channel

Json = dict[str, Any]
PRIVATE = int(Flag.EPHEMERAL)

LIST = {"type": 3, "name": "item", "description": "SKU or name", "required": True}
COMMANDS: list[Json] = [
    {
        "name": "take",
        "description": "Take stock out of the warehouse",
        "options": [
            {**LIST, "autocomplete": True},
            {"type": 4, "name": "count", "description": "How many", "min_value": 1},
            {"type": 10, "name": "weight", "description": "In kilograms"},
            {"type": 5, "name": "urgent", "description": "Whether it is urgent"},
            {"type": 6, "name": "member", "description": "For whom"},
            {"type": 7, "name": "channel", "description": "Where to tell"},
            {"type": 8, "name": "role", "description": "Whom to tell"},
            {
                "type": 3,
                "name": "shelf",
                "description": "From where",
                "choices": [{"name": "Shelf A1", "value": "a1"}, {"name": "Dock", "value": "d"}],
            },
        ],
    },
    {
        "name": "item",
        "description": "Items",
        "options": [
            {"type": 1, "name": "add", "description": "Add an item", "options": [LIST]},
            {"type": 1, "name": "list", "description": "List the items"},
        ],
    },
    {"name": "ask", "description": "Open a form"},
    {
        "name": "load",
        "description": "Load a file",
        "options": [{"type": 11, "name": "file", "description": "A sheet", "required": True}],
    },
    {"name": "slow", "description": "Think first"},
    {"name": "silent", "description": "Say nothing"},
    {"name": "manage", "description": "Hidden", "default_member_permissions": "8"},
]
FORM: list[Json] = [
    {"type": 10, "content": "Say **why**, please."},
    {
        "type": 18,
        "label": "Reason",
        "description": "The proposer will read it.",
        "component": {"type": 4, "custom_id": "why", "style": 2, "max_length": 200},
    },
    {
        "type": 18,
        "label": "Kind",
        "component": {
            "type": 3,
            "custom_id": "kind",
            "options": [{"label": "Price", "value": "p"}, {"label": "Quality", "value": "q"}],
        },
    },
]
UPLOAD: list[Json] = [
    {"type": 18, "label": "Sheet", "component": {"type": 19, "custom_id": "sheet"}},
    {
        "type": 18,
        "label": "Kind",
        "component": {
            "type": 21,
            "custom_id": "kind",
            "options": [{"label": "Delivered", "value": "d"}, {"label": "Counted", "value": "c"}],
        },
    },
    {
        "type": 18,
        "label": "Shelves",
        "component": {
            "type": 22,
            "custom_id": "shelves",
            "options": [{"label": "Shelf A1", "value": "a1"}, {"label": "Dock", "value": "d"}],
        },
    },
    {"type": 18, "label": "Tell everyone", "component": {"type": 23, "custom_id": "loud"}},
]


class Puppet:
    """Answers every interaction at once; `said` keeps what people did."""

    def __init__(self, discord: LoopbackDiscord) -> None:
        self.world = discord.world
        self.said: list[Json] = []
        self.world.commands[None] = [
            {"type": 1, "id": str(number), **command} for number, command in enumerate(COMMANDS)
        ]
        self.world.listeners.append(self._heard)

    def leave(self) -> None:
        """Make room for a real bot."""
        self.world.listeners.remove(self._heard)
        self.world.commands.clear()

    def post(
        self, channel: Channel, *, files: dict[str, bytes] | None = None, **body: Any
    ) -> Message:
        uploaded = [
            File(self.world.next_id(), name, it, kind_of(it)) for name, it in (files or {}).items()
        ]
        message = compose(self.world, channel, body, uploaded)
        channel.post(message)
        return message

    def edit(self, message: Message, **body: Any) -> None:
        revise(message, body, [])

    def _heard(self, event: str, _guild: object, subject: object) -> None:
        if event == "INTERACTION_CREATE" and isinstance(subject, Interaction):
            asyncio.get_running_loop().call_soon(self._answer, subject)

    def _answer(self, it: Interaction) -> None:
        self.said.append(it.data)
        if it.kind is Kind.AUTOCOMPLETE:
            self._suggest(it)
        elif it.kind is Kind.COMMAND:
            self._command(it)
        elif it.kind is Kind.MODAL:
            self._say(it, "form read")
        elif it.data["custom_id"] != "deaf":
            self._say(it, f"pressed {it.data['custom_id']} {it.data.get('values', '')}")

    def _say(self, it: Interaction, text: str) -> None:
        it.acknowledge(Callback.MESSAGE)
        it.answer({"content": text, "flags": PRIVATE}, [])
        it.settle()

    def _suggest(self, it: Interaction) -> None:
        typed = next(o["value"] for o in it.data["options"] if o.get("focused"))
        names = ["BOLT-8", "BOLT-10", "GLOVE-L"]
        it.acknowledge(Callback.CHOICES)
        it.choices = [Choice(f"{name} · listed", name) for name in names if typed.upper() in name]
        it.settle()

    def _command(self, it: Interaction) -> None:
        name = it.data["name"]
        if name == "silent":
            return
        if name == "ask":
            it.acknowledge(Callback.MODAL)
            it.modal = Modal("form", "Reject the supplier", FORM, it)
            it.settle()
        elif name == "load":
            it.acknowledge(Callback.MODAL)
            it.modal = Modal("load", "Load a sheet", UPLOAD, it)
            it.settle()
        elif name == "slow":
            it.acknowledge(Callback.DEFERRED_MESSAGE)
            it.answer({"flags": PRIVATE | int(Flag.LOADING)}, [])
        else:
            self._say(it, f"did {name}")
