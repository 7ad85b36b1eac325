"""What the demo's page shows besides Discord: the opening, the tour, and what comes after it.

The page knows nothing of the bot; it counts a step as done by what `simulator/page/tour.py` says.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

Json = dict[str, Any]

_FLOOR: Final = {"member": "Eli", "channel": "warehouse"}
_AUDIT: Final = {"member": "Ada", "channel": "audit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the books hold when the demo begins; `closed_at` is the end of the last working day.

    `warehouse_id` is the channel that shows a board, which books that were kept have already.
    """

    records: int
    items: int
    locations: int
    closed_at: datetime
    warehouse_id: int
    has_board: bool
    low: tuple[str, ...] = field(default_factory=tuple)


def build_tour(facts: Facts) -> Json:
    """Write the tour of these books."""
    return {
        "title": "A first look",
        "intro": {
            "title": "Tallyman keeps this warehouse's books",
            "text": "See in 90 seconds why they can be trusted, or look around as anyone.",
            "facts": [
                [str(facts.items), f"items at {facts.locations} locations"],
                [f"#{facts.records}", "records in a month, chained"],
                [str(len(facts.low)), f"running low: {', '.join(facts.low)}"],
            ],
        },
        "opening": [*_opening(facts.closed_at), *_board(facts)],
        "steps": [
            *_floor_steps(),
            *_four_eyes_steps(),
            _plug_step(),
            _import_step(),
            _chart_step(),
        ],
        "end": _END,
    }


def _opening(closed_at: datetime) -> list[Json]:
    """Write what is in #warehouse: a few lines of the last afternoon, and Eli's question."""
    at = int(closed_at.timestamp())

    def said(member: str, minutes: int, text: str) -> Json:
        line = {"member": member, "channel": "warehouse", "say": text}
        return {**line, "at": at + 60 * minutes}

    return [
        said("Ben", -47, "M8 bolts are getting low again, both crews took some this week."),
        said("Mia", 3, "I have proposed Nordic Fasteners, a tenth cheaper. Olga, will you decide?"),
        said("Olga", 8, "Tomorrow, first thing. It is in #approvals, right?"),
        said("Eli", 12, "Right. All booked for today, see you tomorrow!"),
        {**_FLOOR, "command": "find", "values": {"query": "BOLT-8"}},
    ]


def _board(facts: Facts) -> list[Json]:
    """Let Mia create the board: below all that the bot posts when it starts."""
    values = {"channel": str(facts.warehouse_id), "kind": "stock"}
    line = {"member": "Mia", "channel": "warehouse", "command": "board create", "values": values}
    return [] if facts.has_board else [line]


def _floor_steps() -> list[Json]:
    return [
        {
            **_FLOOR,
            "title": "Take something off a shelf",
            "text": "Eli needs gloves. One command, one private answer with figures.",
            "hint": "Send `/take`",
            "fill": {"command": "take", "values": {"item": "GLOVE-M", "quantity": "2"}},
            "done": [{"command": "take", "says": "Took"}],
        },
        {
            **_FLOOR,
            "title": "Ask for more than there is",
            "text": "Nothing goes below zero. The refusal says what is there and what was asked.",
            "hint": "Send `/take` with far too many",
            "fill": {"command": "take", "values": {"item": "GLOVE-M", "quantity": "500"}},
            "done": [{"command": "take", "says": "you asked for"}],
        },
        {
            **_FLOOR,
            "title": "Take it back",
            "text": "Nothing is erased: undo posts the opposite, under a number of its own.",
            "hint": "Press **Undo** below “Took 2 pair”",
            "done": [
                {"press": "record:undo", "says": "Reversed"},
                {"command": "undo", "says": "Reversed"},
            ],
        },
        {
            **_AUDIT,
            "title": "Find it in the books",
            "text": "Ada audits. Your lines are marked: who, what, before → after. The refusal "
            "left none, because nothing changed.",
            "marks": True,
            "done": [{"seen": True}],
        },
    ]


def _four_eyes_steps() -> list[Json]:
    where = {"channel": "approvals", "hint": "Press **Approve** on Nordic Fasteners"}
    return [
        {
            **where,
            "member": "Mia",
            "title": "Approve your own proposal",
            "text": "Mia may approve suppliers, but she proposed this one herself.",
            "done": [{"press": "supplier:approve", "says": "someone else"}],
        },
        {
            **where,
            "member": "Olga",
            "title": "Let another one decide",
            "text": "Four eyes: Olga did not propose it. The card shows who decided, and when.",
            "done": [{"press": "supplier:approve", "says": "Approved"}],
        },
    ]


def _plug_step() -> Json:
    values = {"item": "BOX-M", "quantity": "5", "from": "Shelf B1", "to": "Dock"}
    return {
        **_FLOOR,
        "title": "Pull the plug",
        "text": "Eli moves 5 cartons, and the bot's process is killed before it can answer. "
        "Then look at the books.",
        "plug": {
            "move": {
                **_FLOOR,
                "command": "move",
                "values": values,
                "words": "5 cartons from Shelf B1 to the dock",
                "says": "Moved",
            },
            "check": {**_AUDIT, "command": "audit verify", "says": "Verified"},
        },
        "done": [{"plugged": True}],
    }


def _import_step() -> Json:
    content = _SHEET.encode("utf-8-sig")
    sheet = {
        "name": "spring-catalogue.csv",
        "size": len(content),
        "data": b64encode(content).decode(),
    }
    return {
        "member": "Mia",
        "channel": "warehouse",
        "title": "Import a sheet",
        "text": "Optional: a supplier's sheet with a new item, a changed one and a mistake. "
        "Nothing is booked before the preview is applied, and the mistake is named by line.",
        "hint": "Send `/import`, then press **Apply** or **Cancel**",
        "fill": {"command": "import", "values": {"kind": "items", "file": sheet}},
        "done": [{"press": "import:apply"}, {"press": "import:cancel"}],
    }


def _chart_step() -> Json:
    return {
        **_FLOOR,
        "title": "See the month",
        "text": "The board in this channel followed all you did. A chart shows how it came to "
        "that: the level of M8 bolts, where it is time to reorder, and what is reserved.",
        "hint": "Send `/chart`",
        "fill": {"command": "chart", "values": {"kind": "level", "item": "BOLT-8"}},
        "done": [{"command": "chart", "says": "BOLT-8"}],
    }


# As a spreadsheet in Germany writes it; the last line has a reorder point that is none.
_SHEET: Final = """Artikelnummer;Bezeichnung;Einheit;Meldebestand
BOLT-8;Hex bolt M8 x 40;pcs;75
BOLT-12;Hex bolt M12 x 80;pcs;40
ROPE-12;Rope 12 mm;m;12,5
NUT-6;Hex nut M6;pcs;60
NUT-12;Hex nut M12;pcs;a few
"""


_END: Final = {
    "title": "The books stayed right, whatever happened.",
    "next": [
        "As Eli: `/find` shelf, `/history`, `/put`, or **Again** below an answer",
        "As Eli: `/device link`, then follow the link to the scanner, which works offline",
        "As Mia: `/board create` with kind `low` or `requests`, then press what is on it",
        "As Mia: `/item list`, **Snooze** an alert, decide on Baltic Cordage in #approvals",
        "As Ada: `/audit search`, `/audit show` any number, `/people list`",
        "As Bea: `/order list`, `/order suggest`, `/price list`; as Ari: `/invoice list`",
        "As Ben: `/receive` the rest of PO-1; as Mia, approve PO-2 in #approvals",
        "As Olga: `/role list`, `/people roles`, `/settings show`",
        "As Nico, who has no role yet: `/take`, then `/my register`",
    ],
    "server": {
        "title": "Put it on your server",
        "text": "Make an application at `discord.com/developers/applications`, copy the token "
        "of its bot, then:",
        "commands": ['echo "DISCORD_TOKEN=your-token" > .env', "make run"],
        "after": "It prints the address that invites the bot. In your server, type `/setup`; "
        "the rest is in README.md.",
    },
}
