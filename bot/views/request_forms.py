"""The forms of requests: a new one, its lines, and what was picked of it."""

from typing import Any, Final

import discord

from bot.domain.lines import write_name
from bot.domain.names import MAX_NOTE
from bot.domain.quantities import format_quantity
from bot.domain.requests import MAX_FOR, PickRow
from bot.locales import _
from bot.services.requests.making import LinesPrepared, NewRequest
from bot.services.requests.planning import PickPlanned
from bot.views.components import MAX_FIELD_LABEL, Form, number, unlike

NEW_FORM: Final = Form("request", "new")
EDIT_FORM: Final = Form("request", "lines", number, number)
SHORT_FORM: Final = Form("request", "short", number, number)

# What Discord takes of a field.
_MAX_TEXT: Final = 4000
_MAX_DAY: Final = 20
_MAX_QUANTITY: Final = 40


def new_form(request: NewRequest) -> discord.ui.Modal:
    """Ask what is wanted; what the command said already is filled in."""
    return NEW_FORM(
        _("Request goods"),
        fields={
            _("For"): _field("for", request.wanted_for, MAX_FOR),
            _lines_label(): _lines_field(""),
            _("Needed by (such as 2027-03-01)"): _field(
                "needed_by", request.needed_by, _MAX_DAY, is_required=False
            ),
            _("Note"): _field("note", request.note, MAX_NOTE, is_required=False),
        },
    )


def edit_form(prepared: LinesPrepared) -> discord.ui.Modal:
    """Ask what is wanted instead."""
    lines = "\n".join(
        f"{write_name(line.sku)} {format_quantity(line.quantity)}" for line in prepared.lines
    )
    return EDIT_FORM(
        _("Lines of {label}").format(label=prepared.label),
        prepared.request_id,
        prepared.version,
        fields={_lines_label(): _lines_field(lines)},
    )


def short_form(planned: PickPlanned) -> discord.ui.Modal:
    """Ask how much was picked in each place; what the list said is filled in."""
    fields: dict[str, discord.ui.TextInput[Any]] = {}
    for at, row in enumerate(planned.rows, start=1):
        fields[unlike(_row_label(row), at, fields)] = _field(
            str(row.key), format_quantity(row.quantity), _MAX_QUANTITY, is_required=False
        )
    title = _("Picked for {label}").format(label=planned.label)
    return SHORT_FORM(title, planned.request_id, planned.record, fields=fields)


def _row_label(row: PickRow) -> str:
    lot = f" · {row.lot}" if row.lot else ""
    # The place is what one looks for; of a path its end says most.
    room = MAX_FIELD_LABEL - len(" · ") - min(len(row.sku + lot), MAX_FIELD_LABEL // 2)
    place = row.location if len(row.location) <= room else "…" + row.location[1 - room :]
    return f"{place} · {row.sku}{lot}"


def _lines_label() -> str:
    return _("Lines: SKU and quantity")


def _lines_field(value: str) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(
        custom_id="lines",
        style=discord.TextStyle.paragraph,
        default=value or None,
        placeholder=_("BOLT-8 20\nNUT-8 1 box"),
        max_length=_MAX_TEXT,
    )


def _field(
    name: str, value: str, limit: int, *, is_required: bool = True
) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(
        custom_id=name, default=value[:limit] or None, required=is_required, max_length=limit
    )
