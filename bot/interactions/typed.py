"""What a person typed into a form."""

from collections.abc import Iterator
from typing import Any, Final

import discord

from bot.interactions.clients import Interaction

# What is shorter is typed again sooner than it is copied.
_WORTH_KEEPING: Final = 40


def typed_into(interaction: Interaction) -> str:
    """Return the long texts of a form that was sent, empty if there are none."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return ""
    data: Any = interaction.data or {}
    values = [value for _, value in field_values(data.get("components", []))]
    return "\n".join(each for each in values if "\n" in each or len(each) > _WORTH_KEEPING)


def field_values(components: Any) -> Iterator[tuple[str, str]]:
    """Walk the fields of a submitted form, in rows or under labels; what is no field is left out.

    What is raised here no edge would answer: the person would read nothing.
    """
    for component in components if isinstance(components, list) else []:
        if not isinstance(component, dict):
            continue
        if "value" in component:
            yield str(component.get("custom_id", "")), str(component["value"] or "")
        yield from field_values(component.get("components") or [component.get("component")])
