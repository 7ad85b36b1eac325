"""Documents in words: a page, a card and lists, the same for every kind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import discord
import orjson

from bot.database.models import AuditEvent
from bot.database.models.document import DocumentRow
from bot.domain.documents import DocumentKind
from bot.domain.requests import SUPPLIED
from bot.errors import StaleControl
from bot.locales import _
from bot.services.documents.kinds import DOCUMENTS, DocumentShown, DocumentsListed, Suggested
from bot.views.approval_words import StatusWords, declare_statuses
from bot.views.components import Button, Component, number, row_of
from bot.views.opening import OPEN
from bot.views.pages import Row, Turn, list_page, page_buttons, turns_of
from bot.views.replies import Reply, embed, renders
from bot.views.text import MAX_CHOICE, bold, clip, fit_lines, person, plain, when

# What a page's button has instead of a status.
ANY_STATUS: Final = "any"
_MAX_TEXT: Final = 3800


@dataclass(frozen=True, kw_only=True)
class DocumentWords:
    """What a kind of document says.

    `title` and `list_title` head its page and its list, `nothing` is an empty list, `history`
    says by what an action ends with what was done by `{user}`. `lines` and `buttons` are those
    of its card; its page, which one person sees, may have further ones, and `own_lines` in place
    of the card's. `row` says of a list's `summaries` what helps to choose.
    """

    kind: DocumentKind
    title: str
    list_title: str
    nothing: str
    statuses: Mapping[str, StatusWords]
    history: Mapping[str, str]
    lines: Callable[[DocumentShown], list[str]]
    buttons: Callable[[DocumentShown], list[Component]]
    page_lines: Callable[[DocumentShown], list[str]] = field(default=lambda _shown: [])
    page_buttons: Callable[[DocumentShown], list[Component]] = field(default=lambda _shown: [])
    own_lines: Callable[[DocumentShown], list[str]] | None = None
    row: Callable[[Any], str] | None = None


class DocumentControls:
    """The buttons that every kind of document has: open one of a list, turn a page."""

    def __init__(self, noun: str) -> None:
        # What is asked back is opened by the same button.
        self.open = OPEN[noun] if noun in OPEN else Button(noun, "open", number)
        self.page = Button(noun, "page", Turn.parse, str)


_WORDS: dict[str, DocumentWords] = {}
_CONTROLS: dict[str, DocumentControls] = {}


def declare_document_words(words: DocumentWords) -> DocumentControls:
    """Declare what a kind of document says; its list and page follow from it."""
    noun = words.kind.noun
    assert noun not in _WORDS
    _WORDS[noun] = words
    declare_statuses(noun, words.statuses)
    _CONTROLS[noun] = DocumentControls(noun)
    return _CONTROLS[noun]


def list_documents_without_words() -> Iterator[str]:
    """Find the kinds of documents that could be made, and not be shown."""
    for noun, documents in DOCUMENTS.items():
        words = _WORDS.get(noun)
        if words is None:
            yield f"no view shows a {noun}"
            continue
        for status in documents.type.kind.statuses:
            if status not in words.statuses:
                yield f"the {noun} has no words for the status {status}"


@renders(DocumentShown)
def document_page(shown: DocumentShown) -> Reply:
    """Show a document to one person: its card, what happened to it, what this person can do."""
    words = _WORDS[shown.noun]
    own = words.lines if words.own_lines is None else words.own_lines
    lines = [*own(shown), _status_line(shown, words), *words.page_lines(shown)]
    lines += [
        "",
        f"**{_('History')}**",
        *(_history_line(words, each, shown.document.id) for each in shown.history),
    ]
    buttons = [*words.buttons(shown), *words.page_buttons(shown)]
    return Reply(embed=_embed(shown, words, lines), view=row_of(*buttons) if buttons else None)


def document_card(shown: DocumentShown) -> Reply:
    """Draw the public card of a document."""
    words = _WORDS[shown.noun]
    buttons = words.buttons(shown)
    return Reply(
        embed=_embed(shown, words, [*words.lines(shown), _status_line(shown, words)]),
        view=row_of(*buttons) if buttons else None,
    )


def is_over(shown: DocumentShown) -> bool:
    """Whether nothing can be done about a document any more, so that no card need be posted."""
    return not _WORDS[shown.noun].buttons(shown)


@renders(DocumentsListed)
def documents_page(listed: DocumentsListed) -> Reply:
    """Show a page of documents, the newest first."""
    words, page = _WORDS[listed.noun], listed.page
    controls = _CONTROLS[listed.noun]
    title = _(words.list_title)
    if listed.status:
        title = f"{title} · {_(words.statuses[listed.status].name)}"
    turns = turns_of(page, [row.number for row in page.rows])
    return list_page(
        title,
        [Row(_line(words, listed, row), controls.open(_("Open"), row.id)) for row in page.rows],
        buttons=page_buttons(controls.page, (write_narrowing(listed),), *turns),
        nothing=_(words.nothing) if listed.status is None else _("_None with this status._"),
    )


def write_narrowing(listed: DocumentsListed) -> str:
    """Write what a list is narrowed to for the buttons of its pages: `sent`, `any.12`."""
    status = listed.status or ANY_STATUS
    return status if listed.only is None else f"{status}.{listed.only}"


def read_narrowing(text: str) -> tuple[str | None, int | None]:
    """Return status and narrowing as `write_narrowing` wrote them; raises StaleControl."""
    status, _dot, only = text.partition(".")
    try:
        return None if status == ANY_STATUS else status, number(only) if only else None
    except ValueError as error:
        raise StaleControl from error


def document_choice(kind: DocumentKind, suggested: Suggested) -> str:
    """Write a document as a choice of autocomplete, which shows text as it is."""
    words = _WORDS[kind.noun]
    behind = f" ({_(words.statuses[suggested.row.status].name)})"
    name = " · ".join(part for part in (suggested.label, suggested.title) if part)
    return clip(name, MAX_CHOICE - len(behind)) + behind


def _line(words: DocumentWords, listed: DocumentsListed, row: DocumentRow) -> str:
    status, title = words.statuses[row.status], listed.titles.get(row.id, "")
    facts = [f"{status.mark} {bold(listed.labels[row.id])}"]
    facts += [plain(title)] if title else []
    behind = [_(status.name)]
    if words.row is not None and row.id in listed.summaries:
        behind.append(words.row(listed.summaries[row.id]))
    behind.append(f"{person(row.made_by)} {when(row.made_at)}")
    return f"{' '.join(facts)}\n{' · '.join(behind)}"


def _status_line(shown: DocumentShown, words: DocumentWords) -> str:
    status = words.statuses[shown.document.status]
    return f"**{status.mark} {_(status.name)}**"


def _embed(shown: DocumentShown, words: DocumentWords, lines: list[str]) -> discord.Embed:
    made = embed(
        _(words.title).format(label=shown.label), fit_lines(lines, _MAX_TEXT), footer=shown.label
    )
    made.colour = discord.Colour.from_str(words.statuses[shown.document.status].colour)
    return made


def _history_line(words: DocumentWords, event: AuditEvent, document_id: int) -> str:
    detail = orjson.loads(event.detail)
    noun, _dot, past = event.action.partition(".")
    # Records of other nouns name it as well: a payment its invoice, a put the request it supplied.
    # So do those of others of its own: a request the lapsed one that it was made of.
    is_own = noun == words.kind.noun and event.subject_id == document_id
    said = words.history.get(past if is_own else event.action)
    if said is None and not is_own:
        said = words.history.get(SUPPLIED)
    # A record of a newer version may have an action that this one has no words for.
    text = f"{past} · {{user}}" if said is None else _(said)
    line = f"`#{event.record}` {when(event.at)} {text.format(user=person(event.actor_id))}"
    reason = detail.get("note", "") or detail.get("after", {}).get("reason", "")
    return f"{line}: {plain(reason)}" if reason else line
