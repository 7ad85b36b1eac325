"""Counts in words: cards, forms, what was entered."""

from decimal import Decimal
from typing import Any, Final

import discord

from bot.domain.counts import COUNTING, DISCARDED, POSTED, SUBMITTED
from bot.domain.documents import COUNT
from bot.domain.quantities import format_quantity
from bot.locales import N_, _, ngettext
from bot.services.counts.documents import CountFacts
from bot.services.counts.entering import CountsEntered, EntryPrepared
from bot.services.counts.lines import NamedLine
from bot.services.counts.skipping import OpenLinesListed
from bot.services.counts.starting import CountStarted
from bot.services.documents.kinds import DocumentShown
from bot.views.approval_words import DecisionWords, KindWords, StatusWords, declare_card
from bot.views.components import Button, Component, Form, Menu, number, row_of, unlike
from bot.views.count_words import again_line, numbers
from bot.views.documents import DocumentWords, declare_document_words
from bot.views.replies import Reply, renders
from bot.views.text import MAX_CONTENT, amount, bold, clip, fit_lines, person, plain

_NOUN: Final = COUNT.noun
_MAX_SHOWN: Final = 100
_MAX_TYPED: Final = 40
_MAX_TEXT: Final = 1000

ENTER = Button(_NOUN, "enter", number)
# Lines that are counted once more: asked again, or corrected.
AGAIN = Button(_NOUN, "again", number, numbers)
ENTER_FORM = Form(_NOUN, "enter", number, number)
SKIP = Button(_NOUN, "skip", number)
SKIPPED = Menu(_NOUN, "skip", number)
ADD = Button(_NOUN, "add", number)
ADD_FORM = Form(_NOUN, "add", number, number)
SUBMIT = Button(_NOUN, "submit", number, number)

_STATUSES: Final = {
    COUNTING: StatusWords(
        name=N_("counting"),
        mark="📝",
        colour="#3b6ea5",
        said=N_("Another count was asked for by {users} {when}"),
    ),
    SUBMITTED: StatusWords(name=N_("submitted"), mark="⏳", colour="#b7791f"),
    POSTED: StatusWords(
        name=N_("posted"), mark="✅", colour="#3b7d5c", said=N_("Posted by {users} {when}")
    ),
    DISCARDED: StatusWords(
        name=N_("discarded"), mark="🗑️", colour="#6b6f76", said=N_("Discarded by {users} {when}")
    ),
}
COUNT_CARD = declare_card(
    _NOUN,
    KindWords(
        title=N_("Count {name}"),
        notices={
            POSTED: N_("The count {name} was posted by {user}."),
            COUNTING: N_("{user} asks to count lines of {name} again."),
            DISCARDED: N_("The count {name} was discarded by {user}."),
        },
        list_command="/count list status:submitted",
        statuses=_STATUSES,
        decisions=(
            DecisionWords(verb="post", label=N_("Post"), style=discord.ButtonStyle.success),
            DecisionWords(verb="recount", label=N_("Recount")),
            DecisionWords(verb="recountall", label=N_("Recount all")),
            DecisionWords(
                verb="discard",
                label=N_("Discard"),
                style=discord.ButtonStyle.danger,
                form=N_("Discard {name}?"),
                placeholder=N_("Why is it not posted?"),
            ),
        ),
        opened=N_("Submitted by {user} {when}"),
        details=N_("Differences"),
    ),
)


def count_lines(shown: DocumentShown) -> list[str]:
    """Say where a count is, and how far it has come."""
    facts = shown.facts
    assert isinstance(facts, CountFacts)
    lines = [f"📍 {bold(facts.location)}"]
    if shown.document.is_blind and shown.document.status == COUNTING:
        lines.append(_("Blind: what the books expect is not shown."))
    total = facts.open + facts.counted + facts.skipped
    text = ngettext("{done} of {count} line counted", "{done} of {count} lines counted", total)
    progress = text.format(done=facts.counted, count=total)
    if facts.skipped:
        progress += " · " + _("{count} skipped").format(count=facts.skipped)
    lines.append(progress)
    if facts.counters:
        names = ", ".join(person(user_id) for user_id in facts.counters)
        lines.append(_("Counted by {users}").format(users=names))
    return lines


def count_buttons(shown: DocumentShown) -> list[Component]:
    """Make the buttons of a count's card: rights are looked at when one is pressed."""
    count = shown.document
    if count.status == COUNTING:
        return [
            ENTER(_("Enter"), count.id, style=discord.ButtonStyle.primary),
            SKIP(_("Skip"), count.id),
            ADD(_("Add an item"), count.id),
            SUBMIT(_("Submit"), count.id, count.version, style=discord.ButtonStyle.success),
        ]
    if count.status == SUBMITTED:
        return [COUNT_CARD.details(_("Differences"), count.id)]
    return []


def _page_buttons(shown: DocumentShown) -> list[Component]:
    """Offer to discard a count under way to those who could."""
    count = shown.document
    if count.status == COUNTING and "count.approve" in shown.permissions:
        discard = COUNT_CARD.buttons["discard"]
        return [discard(_("Discard"), count.id, count.version, style=discord.ButtonStyle.danger)]
    if count.status in {POSTED, DISCARDED} and "count.approve" in shown.permissions:
        return [COUNT_CARD.details(_("Differences"), count.id)]
    return []


COUNT_CONTROLS = declare_document_words(
    DocumentWords(
        kind=COUNT,
        title=N_("Count {label}"),
        list_title=N_("Counts"),
        nothing=N_("_No counts yet. Start one with_ `/count start`_._"),
        statuses=_STATUSES,
        history={
            "started": N_("started by {user}"),
            "counted": N_("counted by {user}"),
            "skipped": N_("lines skipped by {user}"),
            "added": N_("items added by {user}"),
            "submitted": N_("submitted by {user}"),
            "posted": N_("posted by {user}"),
            "confirmed": N_("confirmed by {user}, nothing differs"),
            "recounted": N_("another count asked for by {user}"),
            "discarded": N_("discarded by {user}"),
        },
        lines=count_lines,
        buttons=count_buttons,
        page_buttons=_page_buttons,
    )
)


@renders(CountStarted)
def started_page(started: CountStarted) -> Reply:
    """Say what is to be counted, and offer to begin."""
    text = ngettext(
        "✅ Started {label} at {location}: {count} line to count.",
        "✅ Started {label} at {location}: {count} lines to count.",
        started.lines,
    ).format(label=bold(started.label), location=plain(started.location), count=started.lines)
    hint = _("Others find it with `/count show`, and its card in the requests channel.")
    if not started.has_channel:
        hint = _("⚠️ There is no requests channel yet, so others find it with `/count show` alone.")
    buttons = [
        ENTER(_("Enter"), started.count_id, style=discord.ButtonStyle.primary),
        SKIP(_("Skip"), started.count_id),
        ADD(_("Add an item"), started.count_id),
    ]
    return Reply(f"{text}\n{hint}\n`#{started.record}`", view=row_of(*buttons))


@renders(CountsEntered)
def entered_page(entered: CountsEntered) -> Reply:
    """Show what was taken, what is asked again, and what to do next."""
    head = _("✅ Skipped lines of {label}") if entered.is_skipped else _("✅ Counted for {label}")
    lines = [head.format(label=bold(entered.label))]
    lines += [_taken_line(line) for line in entered.lines]
    if entered.again:
        lines.append(_("These are asked again:"))
        lines += [again_line(each) for each in entered.again]
    count = entered.left
    left = ngettext("{count} line is left.", "{count} lines are left.", count)
    lines.append(left.format(count=count) if count else _("No line is left."))
    lines.append(f"`#{entered.record}`")
    return Reply(fit_lines(lines, MAX_CONTENT), view=row_of(*_next_buttons(entered)))


@renders(OpenLinesListed)
def open_lines_page(listed: OpenLinesListed) -> Reply:
    """Ask which lines are left out of a count."""
    options = [
        discord.SelectOption(label=clip(_where(line), _MAX_SHOWN), value=str(line.number))
        for line in listed.lines
    ]
    menu = SKIPPED(
        _("Choose the lines to skip"), listed.count_id, options=options, is_multiple=True
    )
    text = _("Which lines of {label} are not counted? They stay as the books have them.")
    return Reply(text.format(label=bold(listed.label)), view=row_of(menu))


def entry_form(prepared: EntryPrepared) -> discord.ui.Modal:
    """Ask for what was counted of at most five lines; one that is left empty is asked later."""
    fields: dict[str, discord.ui.TextInput[Any]] = {}
    for line in prepared.lines:
        expected = prepared.expected.get(line.number)
        fields[unlike(_where(line), line.number, fields)] = discord.ui.TextInput(
            custom_id=str(line.number),
            placeholder=_hint(line, expected),
            required=False,
            max_length=_MAX_TYPED,
        )
    title = _("Count {label}").format(label=prepared.label)
    return ENTER_FORM(title, prepared.count_id, prepared.record, fields=fields)


def add_form(count_id: int, label: str, record: int) -> discord.ui.Modal:
    """Ask for items that were found and are not on the list."""
    lines: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="lines",
        style=discord.TextStyle.paragraph,
        placeholder=_("BOLT-8 12"),
        max_length=_MAX_TEXT,
    )
    location: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="location", required=False, max_length=_MAX_SHOWN
    )
    fields = {
        _("SKU and quantity, a line each"): lines,
        _("Location, if inside the one counted"): location,
    }
    return ADD_FORM(_("Add to {label}").format(label=label), count_id, record, fields=fields)


def _next_buttons(entered: CountsEntered) -> list[Component]:
    buttons: list[Component] = []
    if entered.left:
        enter = ENTER(_("Enter"), entered.count_id, style=discord.ButtonStyle.primary)
        buttons.append(enter)
    if entered.again:
        asked = ".".join(str(each.line) for each in entered.again)
        buttons.append(AGAIN(_("Count these again"), entered.count_id, asked))
    if entered.lines and not entered.is_skipped:
        taken = ".".join(str(line.number) for line in entered.lines[:5])
        buttons.append(AGAIN(_("Correct"), entered.count_id, taken))
    if not entered.left:
        key = (entered.count_id, entered.version)
        buttons.append(SUBMIT(_("Submit"), *key, style=discord.ButtonStyle.success))
    return buttons


def _taken_line(line: NamedLine) -> str:
    where = f"{bold(line.sku)} {plain(line.location)}"
    if line.lot:
        where += f" · {plain(line.lot)}"
    return where if line.counted is None else f"{where}: {amount(line.counted, line.unit)}"


def _where(line: NamedLine) -> str:
    return " · ".join(part for part in (line.sku, line.lot, line.location) if part)


def _hint(line: NamedLine, expected: Decimal | None) -> str:
    if expected is None:
        return clip(f"{line.name} ({line.unit})", _MAX_SHOWN)
    text = _("The books expect {quantity} {unit}")
    return clip(text.format(quantity=format_quantity(expected), unit=line.unit), _MAX_SHOWN)
