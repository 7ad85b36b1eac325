"""What Discord refuses in the bodies that a bot sends: lengths, counts, ill-formed components."""

import re

from simulator.messages import Flag, Message, walk
from simulator.refusals import ApiError, Json, Refusal, invalid

COMMAND_NAME = re.compile(r"^[-_'\w]{1,32}$")
EMBED_LIMITS = {"title": 256, "description": 4096}
ROW, BUTTON, SELECTS, TEXT_INPUT, LABEL = 1, 2, {3, 5, 6, 7, 8}, 4, 18
FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 19, 21, 22, 23
FEWEST_CHOICES = {RADIO_GROUP: 2, CHECKBOX_GROUP: 1}
LINK_STYLE, PREMIUM_STYLE = 5, 6


def check_text(
    field: str, text: object, longest: int, *, shortest: int = 0, required: bool = False
) -> None:
    """Refuse a text of the wrong type or length; Discord counts characters, not bytes."""
    if text is None and not required:
        return
    if not isinstance(text, str):
        raise invalid(field, "STRING_TYPE_CONVERT", "Could not interpret as string.")
    if not shortest <= len(text) <= longest:
        raise invalid(
            field, "BASE_TYPE_BAD_LENGTH", f"Must be between {shortest} and {longest} in length."
        )


def check_count(field: str, things: list[Json], most: int, *, least: int = 0) -> None:
    """Refuse a list of the wrong length."""
    if not least <= len(things) <= most:
        raise invalid(
            field, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length."
        )


def check_message(body: Json, *, files: int = 0, before: Message | None = None) -> None:
    """Refuse a message, or an edit of `before`, that Discord would not take."""
    flags = (body.get("flags") or 0) | (before.flags if before else 0)
    components = body.get("components") or []
    check_text("content", body.get("content"), 2000)
    check_embeds(body.get("embeds") or [])
    if flags & Flag.COMPONENTS_V2:
        check_layout(body, components)
    else:
        check_rows(components)
    if _is_empty(body, files, before):
        raise ApiError(Refusal.EMPTY_MESSAGE)


def _is_empty(body: Json, files: int, before: Message | None) -> bool:
    """Whether nothing would be in the message; buttons alone are nothing, a layout is not."""

    def after(key: str) -> object:
        return body[key] if key in body or before is None else getattr(before, key)

    body = {"content": "", "embeds": [], "components": [], **body} if before is None else body
    flags = (body.get("flags") or 0) | (before.flags if before else 0)
    has_layout = flags & Flag.COMPONENTS_V2 and after("components")
    has_files = files or body.get("attachments", before.files if before else None)
    return not (after("content") or after("embeds") or has_layout or has_files)


def check_embeds(embeds: list[Json]) -> None:
    """Ten embeds; 6,000 characters over all of them."""
    check_count("embeds", embeds, 10)
    total = 0
    for position, embed in enumerate(embeds):
        at = f"embeds.{position}"
        texts = [(f"{at}.{key}", embed.get(key), most) for key, most in EMBED_LIMITS.items()]
        texts.append((f"{at}.footer.text", (embed.get("footer") or {}).get("text"), 2048))
        texts.append((f"{at}.author.name", (embed.get("author") or {}).get("name"), 256))
        check_count(f"{at}.fields", embed.get("fields", []), 25)
        for number, row in enumerate(embed.get("fields", [])):
            for key, most in (("name", 256), ("value", 1024)):
                where = f"{at}.fields.{number}.{key}"
                check_text(where, row.get(key), most, shortest=1, required=True)
                texts.append((where, row[key], most))
        for where, text, most in texts:
            check_text(where, text, most)
            total += len(text or "")
    if total > 6000:
        raise invalid(
            "embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000"
        )


def check_layout(body: Json, components: list[Json]) -> None:
    """Components V2: 40 components, 4,000 characters, and neither content nor embeds."""
    if body.get("content") or body.get("embeds"):
        raise invalid("content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "Not here.")
    everything = list(walk(components))
    check_count("components", everything, 40)
    if sum(len(component.get("content", "")) for component in everything) > 4000:
        raise invalid("components", "COMPONENT_MAX_TOTAL_TEXT_SIZE", "More than 4000 characters.")
    check_controls(everything)


def check_rows(components: list[Json]) -> None:
    """Five rows of at most five buttons or one select."""
    check_count("components", components, 5)
    for position, row in enumerate(components):
        at = f"components.{position}"
        if row.get("type") != ROW:
            raise invalid(f"{at}.type", "UNION_TYPE_CHOICES", "Only action rows are allowed here.")
        children = row.get("components", [])
        check_count(f"{at}.components", children, 5, least=1)
        if any(child["type"] in SELECTS for child in children) and len(children) > 1:
            raise invalid(f"{at}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "Too wide.")
        if any(child["type"] != BUTTON and child["type"] not in SELECTS for child in children):
            raise invalid(f"{at}.components", "UNION_TYPE_CHOICES", "Only buttons and selects.")
    check_controls(list(walk(components)))


def check_controls(everything: list[Json]) -> None:
    """Every button and select by itself, and custom ids that differ from each other."""
    seen = set()
    for component in everything:
        custom_id = component.get("custom_id")
        if component["type"] == BUTTON:
            check_button(component)
        elif component["type"] in SELECTS:
            check_text("components.custom_id", custom_id, 100, shortest=1, required=True)
            check_select(component)
        if custom_id is not None and custom_id in seen:
            raise invalid("components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Custom id is not unique")
        seen.add(custom_id)


def check_button(button: Json) -> None:
    """A link has an address; every other button a custom id; all a label or an emoji."""
    check_text("components.label", button.get("label"), 80)
    if button.get("style") == LINK_STYLE:
        check_text("components.url", button.get("url"), 512, shortest=1, required=True)
    elif button.get("style") != PREMIUM_STYLE:
        custom_id = button.get("custom_id")
        check_text("components.custom_id", custom_id, 100, shortest=1, required=True)
        if not button.get("label") and not button.get("emoji"):
            raise invalid("components.label", "BUTTON_COMPONENT_MISSING", "A label or an emoji.")


def check_select(select: Json) -> None:
    """A select's placeholder, numbers and options."""
    check_text("components.placeholder", select.get("placeholder"), 150)
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    options = select.get("options", [])
    if not 0 <= least <= 25 or not max(least, 1) <= most <= 25:
        raise invalid("components.max_values", "NUMBER_TYPE_MAX", "Between min_values and 25.")
    if select["type"] != 3:
        return
    check_count("components.options", options, 25, least=1)
    for option in options:
        for key in ("label", "value"):
            check_text(f"components.options.{key}", option.get(key), 100, shortest=1, required=True)
        check_text("components.options.description", option.get("description"), 100)
    if len({option["value"] for option in options}) != len(options):
        raise invalid("components.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "Twice.")
    if max(most, sum(bool(option.get("default")) for option in options)) > len(options):
        raise invalid("components.max_values", "SELECT_COMPONENT_MAX_VALUES", "Too many values.")


def check_modal(body: Json) -> None:
    """One to five inputs, a title and a custom id."""
    check_text("data.title", body.get("title"), 45, shortest=1, required=True)
    check_text("data.custom_id", body.get("custom_id"), 100, shortest=1, required=True)
    components = body.get("components") or []
    check_count("data.components", components, 5, least=1)
    for component in walk(components):
        if component["type"] == LABEL:
            check_text("data.components.label", component.get("label"), 45, required=True)
            check_text("data.components.description", component.get("description"), 100)
        elif component["type"] == TEXT_INPUT:
            check_text("data.components.custom_id", component.get("custom_id"), 100, required=True)
            check_text("data.components.value", component.get("value"), 4000)
            check_text("data.components.placeholder", component.get("placeholder"), 100)
        elif component["type"] in SELECTS:
            check_select(component)
        elif component["type"] in {FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX}:
            check_field(component)


def check_field(field: Json) -> None:
    """A form's file upload, radio group, box or group of boxes."""
    custom_id = field.get("custom_id")
    check_text("data.components.custom_id", custom_id, 100, shortest=1, required=True)
    if field["type"] in FEWEST_CHOICES:
        least = FEWEST_CHOICES[field["type"]]
        check_count("data.components.options", field.get("options") or [], 10, least=least)
        for option in field["options"]:
            for key in ("label", "value"):
                where = f"data.components.options.{key}"
                check_text(where, option.get(key), 100, shortest=1, required=True)
            check_text("data.components.options.description", option.get("description"), 100)
    elif field["type"] == FILE_UPLOAD and not 1 <= (field.get("max_values") or 1) <= 10:
        raise invalid("data.components.max_values", "NUMBER_TYPE_MAX", "Between 1 and 10.")


def check_choices(choices: list[Json]) -> None:
    """At most 25 suggestions of at most 100 characters."""
    check_count("data.choices", choices, 25)
    for position, choice in enumerate(choices):
        at = f"data.choices.{position}"
        check_text(f"{at}.name", choice.get("name"), 100, shortest=1, required=True)
        if isinstance(choice.get("value"), str):
            check_text(f"{at}.value", choice["value"], 100, shortest=1)
        elif not isinstance(choice.get("value"), int | float):
            raise invalid(f"{at}.value", "BASE_TYPE_REQUIRED", "This field is required")


def check_commands(commands: list[Json]) -> None:
    """At most 100 chat commands with names of their own, of at most 8,000 characters each."""
    check_count("commands", commands, 100)
    for position, command in enumerate(commands):
        if command.get("type", 1) == 1:
            check_command(str(position), command)
        if _characters(command) > 8000:
            raise invalid(str(position), "APPLICATION_COMMAND_TOO_LARGE", "More than 8000 in all.")
    if len({(command.get("type", 1), command["name"]) for command in commands}) < len(commands):
        raise invalid("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Names must be unique")


def check_command(at: str, command: Json) -> None:
    """A command, a group or an option, and what is inside."""
    name = command.get("name")
    check_text(f"{at}.name", name, 32, shortest=1, required=True)
    if not COMMAND_NAME.match(str(name)) or str(name).lower() != name:
        raise invalid(f"{at}.name", "STRING_TYPE_REGEX", "Not a valid command name.")
    check_text(f"{at}.description", command.get("description"), 100, shortest=1, required=True)
    options = command.get("options") or []
    check_count(f"{at}.options", options, 25)
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        raise invalid(f"{at}.options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Order.")
    if command.get("choices"):
        check_count(f"{at}.choices", command["choices"], 25)
        if command.get("autocomplete"):
            raise invalid(f"{at}.autocomplete", "APPLICATION_COMMAND_INVALID", "Has choices.")
    for position, option in enumerate(options):
        check_command(f"{at}.options.{position}", option)


def _characters(command: Json) -> int:
    own = sum(len(command.get(key) or "") for key in ("name", "description"))
    for choice in command.get("choices") or []:
        own += len(choice["name"]) + len(str(choice["value"]))
    return own + sum(_characters(option) for option in command.get("options") or [])
