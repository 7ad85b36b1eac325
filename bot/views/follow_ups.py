"""Refusals with a next step: buttons to choose what was meant, to restore, or to insist."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import singledispatch
from typing import Final

import discord

from bot.domain.days import AmbiguousDay
from bot.domain.items import ItemExists
from bot.domain.locations import LocationExists, short_path
from bot.domain.lots import LotNeeded
from bot.domain.quantities import AmbiguousQuantity, format_quantity, parse_quantity
from bot.domain.records import DoneBefore
from bot.domain.stock import InsufficientStock, LocationNeeded
from bot.domain.virtual_locations import VirtualLocation, is_virtual
from bot.errors import Ambiguous, Archived, Candidate, NotFound
from bot.locales import _
from bot.views.components import MAX_LABEL, Button, Component, number, row_of
from bot.views.errors.ways import may
from bot.views.opening import OPEN
from bot.views.replies import Reply
from bot.views.stock import INSIST
from bot.views.text import MAX_CONTENT, clip
from bot.views.waiting import MAX_WRITTEN, WaitingCommand

# The location was left out: each button contains item, quantity and one location.
TAKE_FROM = Button("stock", "take", number, parse_quantity, number)
PUT_TO = Button("stock", "put", number, parse_quantity, number)
MOVE_FROM = Button("stock", "move", number, parse_quantity, number, number)
# The command that waits in the message goes on: with the id of a thing, or a text, in an option.
CHOOSE = Button("command", "choose", str, str, number)
READ_AS = Button("command", "read", str, str)
RESTORE: Final = {noun: Button(noun, "restore", number) for noun in ("item", "location")}

_CHOICES = {"take": TAKE_FROM, "put": PUT_TO}
_MAX_CHOICES = 25
_MAX_OFFERED = 5
_MAX_FOOTER = 2048


@singledispatch
def choices_after(error: BaseException, text: str, waiting: WaitingCommand | None = None) -> Reply:
    """Show a refusal with the buttons for the next step, if there is one."""
    del error, waiting
    return Reply(text)


@choices_after.register
def ask_which(error: Ambiguous, text: str, waiting: WaitingCommand | None = None) -> Reply:
    """Offer a button for each thing of the name; it goes on with the command."""
    if error.has_more or len(error.candidates) > _MAX_CHOICES:
        text += "\n" + _(
            "Only the first {count} have a button: type more of the name for the others."
        ).format(count=_MAX_CHOICES)
    return _ask(text, waiting, error.noun, error.wanted, error.candidates)


@choices_after.register
def offer_the_rest(
    error: InsufficientStock, text: str, waiting: WaitingCommand | None = None
) -> Reply:
    """Offer a button for each location that has enough."""
    if error.lot:
        return _go_elsewhere(error, text, waiting)
    quantity = format_quantity(error.wanted)
    buttons: list[Component] = []
    for location_id, name, there in error.elsewhere:
        if there < error.wanted or len(buttons) == _MAX_OFFERED:
            continue
        label = _label(short_path(name), _held(there, error.unit))
        if error.target_id == VirtualLocation.CUSTOMER:
            buttons.append(TAKE_FROM(label, error.item_id, quantity, location_id))
        elif not is_virtual(error.target_id):
            ends = (location_id, error.target_id)
            buttons.append(MOVE_FROM(label, error.item_id, quantity, *ends))
    if not buttons:
        return Reply(text)
    if error.note:
        return _asked(text, error.note, buttons)
    return Reply(text, view=row_of(*buttons))


def _go_elsewhere(error: InsufficientStock, text: str, waiting: WaitingCommand | None) -> Reply:
    """Offer the locations that have enough of the lot; the command that waits names it."""
    enough = [each for each in error.elsewhere if each[2] >= error.wanted][:_MAX_OFFERED]
    if waiting is None or not enough:
        return Reply(text)
    option = "from" if "from" in waiting.options else "location"
    buttons = [
        CHOOSE(_label(short_path(name), _held(there, error.unit)), option, "location", each_id)
        for each_id, name, there in enough
    ]
    return _asked(text, str(waiting), buttons)


@choices_after.register
def ask_which_lot(error: LotNeeded, text: str, waiting: WaitingCommand | None = None) -> Reply:
    """Offer the lots that are known."""
    if waiting is None or not error.choices:
        return Reply(text)
    buttons = [READ_AS(code, "lot", code) for code in error.choices]
    return _asked(text, str(waiting), buttons)


@choices_after.register
def ask_which_day(error: AmbiguousDay, text: str, waiting: WaitingCommand | None = None) -> Reply:
    """Offer a button for each reading of a day."""
    option = waiting.find_option(error.typed, noun=error.field) if waiting else None
    if waiting is None or option is None:
        return Reply(text)
    days = (error.first.isoformat(), error.second.isoformat())
    return _asked(text, str(waiting), [READ_AS(day, option, day) for day in days])


@choices_after.register
def ask_whether_meant(error: NotFound, text: str, waiting: WaitingCommand | None = None) -> Reply:
    """Offer a button for each guess."""
    return _ask(text, waiting, error.noun, error.wanted, error.suggestions)


@choices_after.register
def ask_how_to_read(
    error: AmbiguousQuantity, text: str, waiting: WaitingCommand | None = None
) -> Reply:
    """Offer a button for each reading of a number."""
    option = waiting.find_option(error.typed, noun=error.field) if waiting else None
    if waiting is None or option is None:
        return Reply(text)
    buttons = []
    for reading in (error.first, error.second):
        if reading is None:
            continue
        written = f"{format_quantity(reading)} {error.unit}".strip()
        buttons.append(READ_AS(written, option, written))
    return _asked(text, str(waiting), buttons)


@choices_after.register(Archived)
@choices_after.register(ItemExists)
@choices_after.register(LocationExists)
def offer_restoring(
    error: Archived | ItemExists | LocationExists,
    text: str,
    waiting: WaitingCommand | None = None,
) -> Reply:
    """Offer to restore what is archived, to those who may."""
    del waiting
    restore = RESTORE.get(error.noun)
    if restore is None or not error.archived_id or not may(error, f"{error.noun} restore"):
        return Reply(text)
    return Reply(text, view=row_of(restore(_("Restore"), error.archived_id)))


@choices_after.register
def ask_for_location(
    error: LocationNeeded, text: str, waiting: WaitingCommand | None = None
) -> Reply:
    """Offer a button for each location."""
    if not error.choices:
        return Reply(text)
    if len(error.choices) > _MAX_CHOICES:
        text += "\n" + _(
            "Only the first {count} have a button: name any other in the option `location`."
        ).format(count=_MAX_CHOICES)
    if error.has_lot and waiting is not None:
        # The lot and its last good day do not fit a button: the command goes on with them.
        goes_on = [
            CHOOSE(_label(short_path(name), _held(there, error.unit)), *["location"] * 2, each_id)
            for each_id, name, there in error.choices[:_MAX_CHOICES]
        ]
        return _asked(text, str(waiting), goes_on)
    quantity = format_quantity(error.quantity)
    choose = _CHOICES[error.verb]
    buttons = [
        choose(_label(short_path(name), _held(there, error.unit)), error.item_id, quantity, each_id)
        for each_id, name, there in error.choices[:_MAX_CHOICES]
    ]
    # The note waits in the message itself: it does not fit a button, and no restart
    # loses it there. A footer shows text as it is.
    return _asked(text, error.note, buttons)


@choices_after.register
def ask_whether_again(error: DoneBefore, text: str, waiting: WaitingCommand | None = None) -> Reply:
    """Offer to do the same once more."""
    del waiting
    insist = INSIST(_("Again"), error.record, style=discord.ButtonStyle.danger)
    return Reply(text, view=row_of(insist))


def _ask(
    text: str,
    waiting: WaitingCommand | None,
    noun: str,
    typed: str,
    candidates: Sequence[Candidate],
) -> Reply:
    """Offer candidates: they go on with the command, or else are shown."""
    if not candidates:
        return Reply(text)
    option = waiting.find_option(typed, noun=noun) if waiting else None
    is_look_up = any(each.noun != candidates[0].noun for each in candidates) or noun not in OPEN
    if waiting is None or option is None or (is_look_up and option == "query"):
        buttons = [
            OPEN[each.noun](_label_of(each), each.id) for each in candidates if each.noun in OPEN
        ]
        return Reply(text, view=row_of(*buttons[:_MAX_CHOICES])) if buttons else Reply(text)
    buttons = [
        CHOOSE(_label_of(each), option, each.noun, each.id)
        if each.noun in OPEN
        else READ_AS(_label_of(each), option, each.label)
        for each in candidates[:_MAX_CHOICES]
    ]
    return _asked(text, str(waiting), buttons)


def _asked(text: str, kept: str, buttons: Sequence[Component]) -> Reply:
    """Ask, with what is needed to go on kept in the footer."""
    if len(kept) > min(MAX_WRITTEN, _MAX_FOOTER):
        return Reply(text)
    shown = discord.Embed(description=text)
    if kept:
        shown.set_footer(text=kept)
    return Reply(embed=shown, view=row_of(*buttons))


def with_typed(reply: Reply, typed: str) -> Reply:
    """Return a refusal with the lines that were typed below it, or in a file, to be copied."""
    if not typed or reply.embed is not None or isinstance(reply.view, discord.ui.LayoutView):
        return reply
    shown = typed.replace("```", "'''")
    text = f"{reply.content}\n" + _("What you typed:") + f"\n```\n{shown}\n```"
    if len(text) <= MAX_CONTENT:
        return replace(reply, content=text)
    return reply if reply.file else replace(reply, file=("typed.txt", typed.encode()))


def _label_of(candidate: Candidate) -> str:
    name = short_path(candidate.label) if candidate.noun == "location" else candidate.label
    return _label(name, " · ".join(_facts(candidate)))


def _facts(candidate: Candidate) -> Iterator[str]:
    if candidate.quantity is not None:
        yield f"{format_quantity(candidate.quantity)} {candidate.unit}".rstrip()
    if candidate.is_archived:
        yield _("archived")
    if candidate.name:
        yield candidate.name


def _held(there: Decimal, unit: str) -> str:
    return f"{format_quantity(there)} {unit}" if there else ""


def _label(name: str, facts: str) -> str:
    """Write a button: the name is cut before what helps to choose."""
    behind = f" · {facts}" if facts else ""
    room = MAX_LABEL - min(len(behind), MAX_LABEL // 2)
    return clip(clip(name, room) + behind, MAX_LABEL)
