"""Why a document has its status, and which documents and items a board counts."""

from typing import Any, Final

from bot.database.models import AuditEvent
from bot.domain.message_links import RecordLinks
from bot.locales import _
from bot.services.boards.shown import BoardRow, BoardShown, LowRow, StockRow
from bot.services.why.chain import Checked
from bot.services.why.documents import NOUNS, DocumentExplained, DocumentsExplained
from bot.views.actions import verb_of
from bot.views.approval_words import status_word
from bot.views.boards import KIND_NAMES
from bot.views.components import Component
from bot.views.pages import FIRST, Row, list_page, page_buttons
from bot.views.record_links import marked
from bot.views.replies import Reply, renders
from bot.views.text import amount, bold, person, plain, when
from bot.views.why import chain_line
from bot.views.why_controls import WHY_DOCUMENT, WHY_DOCUMENTS, why_stock

_NAMES: Final = {NOUNS[kind]: name for kind, name in KIND_NAMES.items() if kind in NOUNS}


@renders(DocumentExplained)
def document_page(explained: DocumentExplained) -> Reply:
    """Show a page of the records about a document."""
    return checked_document(explained, None)


def checked_document(explained: DocumentExplained, checked: Checked | None) -> Reply:
    """Show it with what is known of the last verification."""
    events = explained.events
    previous = f"b{events[0].record}" if events and explained.has_newer else None
    following = f"a{events[-1].record}" if events and explained.has_older else None
    return list_page(
        " · ".join([_("Why?"), explained.label]),
        [Row(_event_line(event, explained.links)) for event in events],
        above=[
            _("It is what these records made it, newest first."),
            chain_line(explained.chain, explained.links, checked),
        ],
        nothing=_("_No records._"),
        footer="" if explained.has_older or not events else _("This is the first record of it."),
        buttons=page_buttons(
            WHY_DOCUMENT, (explained.noun, explained.document_id), previous, following
        ),
    )


@renders(DocumentsExplained)
def documents_page(explained: DocumentsExplained) -> Reply:
    """Show which documents are under way, and the record that last changed each."""
    documents, noun = explained.documents, explained.noun
    previous = f"b{documents[0].number}" if documents and explained.has_previous else None
    following = f"a{documents[-1].number}" if documents and explained.has_next else None
    return list_page(
        " · ".join([_("Why?"), _(_NAMES[noun])]),
        [
            Row(
                f"{bold(label)} · {status_word(each.status, noun)}\n" + _last_line(each, explained),
                WHY_DOCUMENT(_("Why?"), FIRST, noun, each.id),
            )
            for each, label in zip(documents, explained.labels, strict=True)
        ],
        above=[_("These are under way; what is open of them makes the figures.")],
        nothing=_("_None is under way._"),
        buttons=page_buttons(WHY_DOCUMENTS, (noun,), previous, following),
    )


def board_figures(shown: BoardShown) -> Reply:
    """Show the figures that a board shows now, each with its own records."""
    return list_page(
        " · ".join([_("Why?"), _(KIND_NAMES[shown.kind]), *filter(None, [shown.location])]),
        [Row(_figure_text(row), _figure_button(row, shown)) for row in shown.rows],
        nothing=_("_No figures._"),
    )


def _figure_text(row: BoardRow) -> str:
    if isinstance(row, StockRow):
        return f"{bold(row.sku)} {plain(row.name)} · **{amount(row.quantity, row.unit)}**"
    if isinstance(row, LowRow):
        return f"{bold(row.sku)} {plain(row.name)} · **{amount(row.available, row.unit)}**"
    return f"{bold(row.label)} · {row.done}/{row.lines}"


def _figure_button(row: BoardRow, shown: BoardShown) -> Component:
    if isinstance(row, StockRow | LowRow):
        where = shown.location_id or 0
        return why_stock(row.item_id, location_id=where, is_whole=bool(where))
    return WHY_DOCUMENT(_("Why?"), FIRST, NOUNS[shown.kind], row.id)


def _last_line(document: Any, explained: DocumentsExplained) -> str:
    event = explained.events.get(document.changed_record)
    return "" if event is None else _event_line(event, explained.links)


def _event_line(event: AuditEvent, links: RecordLinks) -> str:
    head = f"{marked(event.record, links)} {when(event.at, 'f')} {person(event.actor_id)}"
    return f"{head} {verb_of(event.action)} {plain(event.subject)}"
