"""Lines in forms: as many fields as they need, since none is cut and Discord bounds each."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import discord

from bot.locales import _

# What Discord takes of a field.
MAX_FIELD: Final = 4000
_NAME: Final = "lines"


def split_lines(lines: Sequence[str], limit: int = MAX_FIELD) -> list[str]:
    """Return lines as texts that a field takes, each with whole lines."""
    parts: list[str] = []
    for line in lines:
        if parts and len(parts[-1]) + 1 + len(line) <= limit:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return parts


def line_fields(
    label: str, parts: Sequence[str], placeholder: str, *, is_required: bool = True
) -> dict[str, discord.ui.TextInput[Any]]:
    """Make a field for each part by its label, an empty one for none."""
    return {
        _label(label, at, len(parts)): discord.ui.TextInput(
            custom_id=_NAME if at == 1 else f"{_NAME}{at}",
            style=discord.TextStyle.paragraph,
            default=part or None,
            required=is_required and at == 1,
            placeholder=placeholder,
            max_length=MAX_FIELD,
        )
        for at, part in enumerate(parts or [""], start=1)
    }


def typed_lines(values: Mapping[str, str]) -> str | None:
    """Return what was typed into the fields of a form, None if it had no such field."""
    names = [_NAME, *(f"{_NAME}{at}" for at in range(2, 6))]
    found = [values[name] for name in names if name in values]
    return "\n".join(each for each in found if each.strip()) if found else None


def _label(label: str, at: int, count: int) -> str:
    if count == 1 or at == 1:
        return label
    return _("More lines ({number} of {count})").format(number=at, count=count)
