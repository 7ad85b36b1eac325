"""What a client makes of buttons, selects and forms: found by what a person reads on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.messages import File, walk
from simulator.options import Thing, unwrap
from simulator.refusals import ClientRefused, Json
from simulator.world import Channel, Role, User

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.interactions import Modal
    from simulator.messages import Message

BUTTON, STRING_SELECT, TEXT_INPUT = 2, 3, 4
SELECTS: dict[int, tuple[type, ...]] = {
    STRING_SELECT: (str,),
    5: (User,),
    6: (Role,),
    7: (User, Role),
    8: (Channel,),
}
LINK_STYLE = 5
FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 19, 21, 22, 23


def find(message: Message, types: set[int], name: str, *, raw: bool) -> Json:
    """The control of a custom id, label or placeholder; `raw` also finds what is not there."""
    known = [component for component in walk(message.components) if component["type"] in types]
    for key in ("custom_id", "label", "placeholder"):
        found = [component for component in known if component.get(key) == name]
        if len(found) > 1:
            raise ClientRefused(f"{len(found)} controls are called {name!r}; use the custom id")
        if found:
            return found[0]
    if raw:
        return {"type": min(types), "custom_id": name}
    names = [
        each.get("label") or each.get("placeholder") or each.get("custom_id") for each in known
    ]
    raise ClientRefused(f"there is no {name!r} among {names}")


def require_pressable(button: Json, *, raw: bool) -> None:
    """Refuse a disabled button, and a link, which never reaches the bot."""
    name = button.get("label") or button.get("custom_id")
    if button.get("style") == LINK_STYLE:
        raise ClientRefused(f"the button {name!r} is a link")
    if button.get("disabled") and not raw:
        raise ClientRefused(f"the button {name!r} is disabled")


def require_open(menu: Json, *, raw: bool) -> None:
    """Refuse a disabled select."""
    if menu.get("disabled") and not raw:
        name = menu.get("placeholder") or menu.get("custom_id")
        raise ClientRefused(f"the select {name!r} is disabled")


def choose(menu: Json, chosen: Sequence[Any], *, raw: bool) -> tuple[list[str], list[Thing]]:
    """The values that a select sends, and the users, roles and channels among them."""
    chosen = [unwrap(each) for each in chosen]
    least, most = menu.get("min_values", 1), menu.get("max_values", 1)
    if not raw and not least <= len(chosen) <= most:
        raise ClientRefused(f"{least} to {most} can be chosen, not {len(chosen)}")
    if not raw and not all(isinstance(each, SELECTS[menu["type"]]) for each in chosen):
        raise ClientRefused(f"this select does not offer {chosen!r}")
    things = [thing for thing in chosen if not isinstance(thing, str)]
    values = [each if isinstance(each, str) else str(each.id) for each in chosen]
    if menu["type"] != STRING_SELECT:
        return values, things
    offered = {option["label"]: option["value"] for option in menu.get("options", [])}
    values = [offered.get(value, value) for value in values]
    if not raw and not set(values) <= set(offered.values()):
        raise ClientRefused(f"the select offers {list(offered)}, not {chosen}")
    return values, things


class Form:
    """A form that is being filled in, by label or custom id."""

    def __init__(self, modal: Modal, values: Mapping[str, Any], *, raw: bool) -> None:
        self._raw = raw
        self._left = dict(values)
        self.things: list[Thing] = []
        self.components = [self._filled(component, "") for component in modal.components]
        if self._left:
            raise ClientRefused(f"the form {modal.title!r} has no field {', '.join(self._left)}")

    def _filled(self, component: Json, label: str) -> Json:
        """A component with what was typed, in the nesting in which it was opened."""
        filled: Json = {"type": component["type"], "id": component.get("id", 1)}
        if "components" in component:
            filled["components"] = [self._filled(each, label) for each in component["components"]]
        elif "component" in component:
            filled["component"] = self._filled(component["component"], component.get("label", ""))
        elif "custom_id" in component:
            filled["custom_id"] = component["custom_id"]
            names = (component["custom_id"], component.get("label"), label)
            name = next((name for name in names if name in self._left), None)
            typed = self._left.pop(name) if name else None
            filled |= self._value(component, typed)
        return filled

    def _value(self, field: Json, typed: Any) -> Json:
        kind = field["type"]
        if kind in SELECTS:
            return self._selected(field, typed)
        if kind == FILE_UPLOAD:
            return self._uploaded(field, typed or [])
        if kind in {RADIO_GROUP, CHECKBOX_GROUP}:
            return self._ticked(field, typed)
        if kind == CHECKBOX:
            return {"value": bool(field.get("default") if typed is None else typed)}
        return self._typed(field, typed)

    def _uploaded(self, field: Json, files: list[File]) -> Json:
        least, most = _bounds(field, most=1)
        if not self._raw and not least <= len(files) <= most:
            raise ClientRefused(f"{field['custom_id']!r} does not take {len(files)} files")
        self.things += files
        return {"values": [str(file.id) for file in files]}

    def _ticked(self, field: Json, typed: Any) -> Json:
        """One of a radio group, or any of the boxes of a group."""
        offered = field.get("options") or []
        default = [option["value"] for option in offered if option.get("default")]
        chosen = default if typed is None else typed if isinstance(typed, list) else [typed]
        is_radio = field["type"] == RADIO_GROUP
        least, most = _bounds(field, most=1 if is_radio else len(offered))
        if not self._raw:
            if not set(chosen) <= {option["value"] for option in offered}:
                raise ClientRefused(f"{field['custom_id']!r} does not offer {chosen}")
            if not least <= len(chosen) <= most:
                raise ClientRefused(f"{least} to {most} can be chosen, not {len(chosen)}")
        return {"value": next(iter(chosen), None)} if is_radio else {"values": chosen}

    def _selected(self, menu: Json, typed: Any) -> Json:
        chosen = typed if isinstance(typed, list) else [] if typed is None else [typed]
        may_be_empty = not chosen and not menu.get("required", True)
        values, things = choose(menu, chosen, raw=self._raw or may_be_empty)
        self.things += things
        return {"values": values}

    def _typed(self, field: Json, typed: Any) -> Json:
        text = field.get("value", "") if typed is None else typed
        if self._raw:
            return {"value": text}
        if not text and field.get("required", True):
            raise ClientRefused(f"the field {field['custom_id']!r} is required")
        if text and len(text) < field.get("min_length", 0):
            raise ClientRefused(f"{text!r} is too short for {field['custom_id']!r}")
        if len(text) > field.get("max_length", 4000):
            raise ClientRefused(f"{text[:40]!r} is too long for {field['custom_id']!r}")
        return {"value": text}


def _bounds(field: Json, *, most: int) -> tuple[int, int]:
    """How few and how many a field takes; a library may write null for what it leaves open."""
    least, limit = field.get("min_values"), field.get("max_values")
    is_required = field.get("required") is not False
    return (1 if least is None else least) if is_required else 0, limit or most
