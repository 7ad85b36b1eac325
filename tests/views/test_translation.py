"""What people see under a pseudo-locale: every word is translated, and a third more fits.

The whole bot runs with a catalogue that puts every sentence in brackets, as if everyone's Discord
was in that language. Whatever the bot answers is looked at as Discord gets it.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from bot.domain.permissions import DEFAULT_ROLES
from tests.cogs.phones import Answer, Phone
from tests.cogs.world import House, World
from tests.pseudo import LOCALE_OF_PHONES, pseudo, untranslated

pytestmark = [
    pytest.mark.only_on("sqlite"),  # no word depends on the engine
    pytest.mark.usefixtures("pseudo_locale"),
    pytest.mark.parametrize("pseudo_locale", [LOCALE_OF_PHONES], indirect=True),
]

# Where text is in what Discord gets, and how much of it fits.
_TEXTS: Final = {
    "content": 2000,
    "title": 256,
    "description": 4096,
    "label": 100,
    "placeholder": 150,
    "text": 2048,
}
_MAX_BUTTON, _MAX_FORM_TITLE, _MAX_FORM_LABEL, _MAX_OPTION = 80, 45, 45, 100
# What is the same in every language: names, quantities, mentions, times, permissions, settings.
_DATA: Final = re.compile(
    r"BOLT-8|Bolt 8 mm|BOLT|NUT-8|Nut 8|Shelf [A-Z]\d|Hall|Acme|pcs|box|Depot|too dear|recount|"
    r"picker|picks|zzz|DE\d+|→ none|\*\*none\*\*|a\S+e\S+com|gone|"
    r"\bann\b|viewer|employee|manager|auditor|admin|buyer|accountant|stranger|"
    r"`[a-z_.]+`|[a-z]+\.[a-z]+|default_role|default\\_role|undo_minutes|undo\\_minutes|Tallyman|"
    r"UTC|EUR|USD|Europe/Berlin|discord|job|ann@example\.com|"
    r"<[@#]?[&!]?\d+>|<t:\d+:\w>|`[0-9a-f]{64}`|`[0-9a-z:-]*\d[0-9a-z:-]*`|everyone|`/[a-z ]+`|"
    r"`[^` ]+`"
)
# The default roles' own, which their guild may change.
_DESCRIPTIONS: Final = re.compile("|".join(re.escape(role.description) for role in DEFAULT_ROLES))
_BUTTON: Final = 2


def list_texts(payload: Any, within: str = "") -> Iterator[tuple[str, str, int]]:
    """List every text in what Discord gets: where it is, itself, and the longest that fits."""
    if isinstance(payload, list):
        for each in payload:
            yield from list_texts(each, within)
        return
    if not isinstance(payload, dict):
        return
    for key, value in payload.items():
        if isinstance(value, str) and key in _TEXTS:
            yield f"{within}.{key}", value, _limit(payload, key, within)
        elif key not in {"choices", "allowed_mentions", "attachments"}:
            yield from list_texts(value, key)


def _limit(node: dict[str, Any], key: str, within: str) -> int:
    if node.get("type") == _BUTTON:
        return _MAX_BUTTON
    if key == "title" and "custom_id" in node:
        return _MAX_FORM_TITLE
    if key == "description" and within == "options":
        return _MAX_OPTION
    return _TEXTS[key]


def list_escapes(world: World) -> list[str]:
    """List what the bot answered in plain words, cut off, or longer than fits."""
    escapes = []
    for request in world.env.http_requests:
        if not request.path.startswith(("/interactions/", "/webhooks/")):
            continue
        for place, text, limit in list_texts(request.json):
            left = untranslated(_DATA.sub(" ", _DESCRIPTIONS.sub(" ", text)))
            is_cut = text.count("⟦") != text.count("⟧")
            if left or is_cut or len(text) > limit:
                escapes.append(f"{place}: {left!r} in {text!r}")
    return escapes


async def fill_in(person: Phone, answer: Answer, button: str, **values: str) -> None:
    await person.submit(await person.open_form(answer, pseudo(button)), **values)


async def play(house: House) -> None:
    """Meet every page, form and menu, with something in it and empty."""
    owner, admin, manager = house.owner, house.admin, house.manager
    employee, viewer, stranger = house.employee, house.viewer, house.stranger
    await stranger.type("take", item="BOLT-8")
    taken = await employee.type("take", item="BOLT-8", location="Shelf A1", note="picks")
    undone = await employee.press(taken, pseudo("Undo"))
    await employee.press(taken, pseudo("Undo"))
    await employee.press(undone, pseudo("Again"))
    await employee.type("put", item="BOLT-8", quantity="2", location="Shelf A1")
    await employee.type(
        "move", item="BOLT-8", quantity="1", **{"from": "Shelf A1", "to": "Shelf B2"}
    )
    await employee.type(
        "move", item="BOLT-8", quantity="900", **{"from": "Shelf A1", "to": "Shelf B2"}
    )
    for counted in ("20", "5"):
        await manager.type(
            "adjust", item="BOLT-8", location="Shelf A1", counted=counted, reason="recount"
        )
    await manager.type("item add", sku="NUT-8", name="Nut 8", unit="box", reorder_point="5")
    await employee.type("take", item="NUT-8")
    await employee.type("put", item="NUT-8")
    for command in ("item list", "location list", "history", "find"):
        await employee.type(command, **({"query": "Shelf A1"} if command == "find" else {}))
    await employee.type("find", query="BOLT-8")
    await employee.type("history", item="NUT-8")
    await employee.type("item list", query="zzz")
    for item in ("BOLT-8", "NUT-8"):
        await employee.type("item show", item=item)
    await manager.type("item edit", item="NUT-8", name="Nut 88", reorder_point="none")
    for command in ("archive", "archive", "restore", "restore"):
        await manager.type(f"item {command}", item="NUT-8")
    await manager.type("item archive", item="BOLT-8")
    await manager.type("location add", name="Hall")
    await manager.type("location add", name="Shelf C3", parent="Hall")
    await manager.type("location archive", location="Hall")
    await manager.type("location rename", location="Shelf C3", name="Shelf D4")
    for location in ("Hall", "Shelf A1", "Shelf D4"):
        await manager.type("location show", location=location)
    await manager.type("location archive", location="Shelf D4")
    await manager.type("location show", location="Shelf D4")
    await play_suppliers(house)
    for command in ("my profile", "my permissions", "my email", "my register", "my register"):
        await stranger.type(command, **({"email": "none"} if command == "my email" else {}))
    await stranger.type("my email", email="ann@example.com")
    for command in ("my profile", "my permissions", "my export", "my erase"):
        erasure = await stranger.type(command)
    await stranger.press(erasure, pseudo("Erase"))
    await stranger.type("my register", email="ann@example.com")
    await play_people(house)
    for command in ("audit search", "audit verify", "audit export"):
        await house.auditor.type(command)
    await house.auditor.type("audit search", action="item.restored", until="2020-01-01")
    await house.auditor.type("audit export", until="2020-01-01")
    for record in ("1", str(taken.record), str(undone.record)):
        await house.auditor.type("audit show", record=record)
    await admin.type("settings show")
    await admin.type("settings set", key="undo_minutes", value="20")
    await admin.type("settings set", key="undo_minutes", value="20")
    await owner.type("setup", audit_channel=house.channel)
    await viewer.type("access why", member=viewer.member, permission="people.manage")


async def play_suppliers(house: House) -> None:
    employee, manager = house.employee, house.manager
    await employee.type("supplier list")
    proposed = {"name": "Acme", "email": "ann@example.com", "phone": "+49 30 123456"}
    await employee.type("supplier propose", **proposed)
    await employee.type("supplier propose", **proposed)
    waiting = await manager.type("supplier list", status="pending")
    await manager.press(waiting, pseudo("Details"))
    await fill_in(manager, waiting, "Reject", reason="too dear")
    await employee.type("supplier resubmit", supplier="Acme")
    waiting = await manager.type("supplier list", status="pending")
    await manager.press(waiting, pseudo("Approve {name}").format(name="Acme"))
    await manager.press(waiting, pseudo("Approve {name}").format(name="Acme"))
    await manager.type("supplier suspend", supplier="Acme", reason="too dear")
    await employee.type("supplier edit", supplier="Acme", tax_id="DE123456789")
    for status in ("approved", "rejected", "suspended"):
        await manager.type("supplier list", status=status)
    await manager.type("supplier reinstate", supplier="Acme")
    await manager.type("supplier show", supplier="Acme")


async def play_people(house: House) -> None:
    owner, admin, stranger = house.owner, house.admin, house.stranger
    await admin.type("people list")
    await admin.type("people list", role="viewer")
    await admin.type("people show", member=stranger.member)
    assigned = await admin.type("people roles", member=stranger.member)
    for command in ("deactivate", "deactivate", "reactivate", "reactivate", "deactivate"):
        reason = {"reason": "gone"} if command == "deactivate" else {}
        await admin.type(f"people {command}", member=stranger.member, **reason)
    await stranger.type("my permissions")
    await admin.type("people list")
    await admin.type("people show", member=stranger.member)
    await admin.type("role list")
    await owner.type("role create", name="picker", description="picks")
    await owner.type("role permissions", role="picker")
    await owner.type("role bind", discord_role=house.roles["viewer"], role="picker")
    await owner.type("role bind", discord_role=house.roles["viewer"], role="picker")
    await owner.type("role unbind", discord_role=house.roles["viewer"], role="picker")
    await owner.type("settings set", key="default_role", value="picker")
    deletion = await owner.type("role delete", role="picker")
    await owner.press(deletion, pseudo("Delete"))
    assert assigned.message.components
    for member in (admin, stranger):
        for permission in ("stock.move", "role.manage"):
            await admin.type("access why", member=member.member, permission=permission)


async def test_every_word_of_every_answer_is_translated_and_fits(
    world: World, house: House
) -> None:
    await play(house)
    assert len(world.requests("POST", "/interactions/*")) > 80
    escapes = list_escapes(world)
    assert not escapes, "\n".join(escapes)


async def test_what_is_posted_in_channels_is_in_the_language_of_the_guild(
    world: World, house: House
) -> None:
    await house.employee.type("take", item="BOLT-8", location="Shelf A1", note="picks")
    await house.employee.type("supplier propose", name="Acme")
    await world.tell_audit()
    posted = [*world.requests("POST", "/channels/*/messages")]
    assert len(posted) >= 2
    for request in posted:
        for place, text, _ in list_texts(request.json):
            assert "⟦" not in text, place
