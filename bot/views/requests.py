"""Requests in words: their cards and pages, what was reserved, and what ends them."""

from typing import Final

import discord

from bot.domain.documents import REQUEST
from bot.domain.quantities import format_quantity
from bot.domain.requests import LAPSED, SUPPLIED, UNDER_WAY, RowKey
from bot.locales import N_, _, ngettext
from bot.services.documents.kinds import DocumentShown
from bot.services.requests.closing import CancelAsked
from bot.services.requests.documents import RequestedLine, RequestFacts
from bot.services.requests.making import RequestMade
from bot.views.actions import ActionWords, declare_action_words
from bot.views.approval_words import StatusWords
from bot.views.components import Button, Component, number, row_of
from bot.views.documents import DocumentWords, declare_document_words
from bot.views.replies import Reply, renders
from bot.views.stock import low_line
from bot.views.text import MAX_CONTENT, amount, bold, clip, fit_lines, person, plain

_NOUN: Final = REQUEST.noun
# With more lines than these there is no room for the items' names.
_MAX_NAMED: Final = 15
_MAX_NAME: Final = 40

PICK: Final = Button(_NOUN, "pick", number)
ALL: Final = Button(_NOUN, "all", number, number)
SHORT: Final = Button(_NOUN, "short", number)
NEXT: Final = Button(_NOUN, "next", number, RowKey.parse)
CLOSE: Final = Button(_NOUN, "close", number, number)
CANCEL: Final = Button(_NOUN, "cancel", number)
CONFIRM: Final = Button(_NOUN, "confirm", number, number)
EDIT: Final = Button(_NOUN, "lines", number)
AGAIN: Final = Button(_NOUN, "again", number)

_STATUSES: Final = {
    "open": StatusWords(name=N_("open"), mark="🛒", colour="#3b6ea5"),
    "picking": StatusWords(name=N_("being picked"), mark="📦", colour="#b7791f"),
    "done": StatusWords(name=N_("picked"), mark="✅", colour="#3b7d5c"),
    "partial": StatusWords(name=N_("picked in part"), mark="☑️", colour="#3b7d5c"),
    "cancelled": StatusWords(name=N_("cancelled"), mark="🚫", colour="#6b6f76"),
    "lapsed": StatusWords(name=N_("lapsed"), mark="⌛", colour="#6b6f76"),
}

declare_action_words(
    {
        "request.opened": ActionWords(N_("made the request"), N_("Made the request")),
        "request.edited": ActionWords(
            N_("changed the lines of request"), N_("Changed the lines of the request")
        ),
        "request.picked": ActionWords(N_("picked for request"), N_("Picked for the request")),
        "request.returned": ActionWords(
            N_("reversed a pick for request"), N_("Reversed a pick for the request")
        ),
        "request.closed": ActionWords(
            N_("closed, with lines short, request"), N_("Closed, with lines short, the request")
        ),
        "request.cancelled": ActionWords(
            N_("cancelled the request"), N_("Nothing stays reserved. Cancelled the request")
        ),
        "request.lapsed": ActionWords(
            N_("ended the reservations of the lapsed request"),
            N_("Ended the reservations of the lapsed request"),
        ),
    }
)


def _lines(shown: DocumentShown) -> list[str]:
    """Say for whom a request is, until when, and what it asks for."""
    request, facts = shown.document, shown.facts
    assert isinstance(facts, RequestFacts)
    head = _("For {name}, asked for by {user}").format(
        name=bold(request.wanted_for), user=person(request.made_by)
    )
    if request.needed_by is not None:
        head += " · " + _("needed by {day}").format(day=f"**{request.needed_by.isoformat()}**")
    note = [f"_{plain(request.note)}_"] if request.note else []
    is_under_way = request.status in UNDER_WAY
    is_named = len(facts.lines) <= _MAX_NAMED
    return [
        head,
        *note,
        *(_line(line, is_under_way=is_under_way, is_named=is_named) for line in facts.lines),
    ]


def _line(line: RequestedLine, *, is_under_way: bool, is_named: bool) -> str:
    name = f" {plain(clip(line.name, _MAX_NAME))}" if is_named else ""
    text = f"• **{amount(line.quantity, line.unit)}** {bold(line.sku)}{name}"
    if line.picked and line.left:
        text += " · " + _("{quantity} picked").format(quantity=format_quantity(line.picked))
    elif line.picked:
        text += " ✅"
    if is_under_way and line.left and line.is_archived:
        return text + " · ⚠️ " + _("the item is archived")
    if is_under_way and line.short:
        text += " · ⚠️ " + _("{quantity} not reserved").format(quantity=format_quantity(line.short))
    return text


def _buttons(shown: DocumentShown) -> list[Component]:
    """Make the buttons of a request's card: rights are looked at when one is pressed."""
    request = shown.document
    if request.status == LAPSED:
        return [AGAIN(_("Ask again"), request.id)]
    if request.status not in UNDER_WAY:
        return []
    return [
        PICK(_("Pick"), request.id, style=discord.ButtonStyle.primary),
        CANCEL(_("Cancel"), request.id),
    ]


def _page_buttons(shown: DocumentShown) -> list[Component]:
    """Offer what else this user could do about a request under way."""
    request, buttons = shown.document, []
    if request.status not in UNDER_WAY:
        return []
    if "request.create" in shown.permissions:
        buttons.append(EDIT(_("Change the lines"), request.id))
    if request.status == "picking" and "request.pick" in shown.permissions:
        buttons.append(CLOSE(_("Close"), request.id, request.version))
    return buttons


REQUEST_CONTROLS: Final = declare_document_words(
    DocumentWords(
        kind=REQUEST,
        title=N_("Request {label}"),
        list_title=N_("Requests"),
        nothing=N_("_No requests yet. Make one with_ `/request new`_._"),
        statuses=_STATUSES,
        history={
            "opened": N_("made by {user}"),
            "request.opened": N_("asked again by {user}"),
            "edited": N_("lines changed by {user}"),
            "picked": N_("picked by {user}"),
            "returned": N_("a pick reversed by {user}"),
            "closed": N_("closed by {user}"),
            "cancelled": N_("cancelled by {user}"),
            "lapsed": N_("lapsed: nothing is reserved any more"),
            SUPPLIED: N_("reservations followed the stock that {user} changed"),
        },
        lines=_lines,
        buttons=_buttons,
        page_buttons=_page_buttons,
    )
)


@renders(RequestMade)
def made_page(made: RequestMade) -> Reply:
    """Say what is reserved, and what is short."""
    count = len(made.lines)
    text = _("✅ {label} for {name}") if made.is_new else _("✅ Changed {label} for {name}")
    head = text.format(label=bold(made.label), name=bold(made.wanted_for))
    head += ": " + ngettext("{count} line", "{count} lines", count).format(count=count)
    if made.needed_by is not None:
        head += " · " + _("needed by {day}").format(day=made.needed_by.isoformat())
    short = [line for line in made.lines if line.short]
    lines = [head]
    if not short:
        lines.append(_("All of it is reserved."))
    lines += [_short_line(line) for line in short]
    lines += [low_line(low) for low in made.low]
    lines.append(f"`#{made.record}`")
    buttons = (
        REQUEST_CONTROLS.open(_("Open"), made.request_id),
        EDIT(_("Change the lines"), made.request_id),
        CANCEL(_("Cancel"), made.request_id),
    )
    return Reply(fit_lines(lines, MAX_CONTENT), view=row_of(*buttons))


@renders(CancelAsked)
def cancel_page(asked: CancelAsked) -> Reply:
    """Ask whether a request is to be cancelled."""
    text = _("Cancel {label} for {name}? This cannot be undone.").format(
        label=bold(asked.label), name=bold(asked.wanted_for)
    )
    confirm = CONFIRM(
        _("Cancel {label}").format(label=asked.label),
        asked.request_id,
        asked.version,
        style=discord.ButtonStyle.danger,
    )
    return Reply(text, view=row_of(confirm))


def _short_line(line: RequestedLine) -> str:
    facts = {"item": bold(line.sku), "quantity": amount(line.short, line.unit)}
    if not line.reserved:
        return "⚠️ " + _("{item}: nothing is available; {quantity} are not reserved.").format(
            **facts
        )
    return "⚠️ " + _("{item}: {reserved} are reserved, {quantity} are not.").format(
        reserved=format_quantity(line.reserved), **facts
    )
