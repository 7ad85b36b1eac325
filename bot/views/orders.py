"""Orders in words: their pages, what was changed or sent, and what is asked before a cancelling."""

from typing import Final

import discord

from bot.domain.documents import ORDER
from bot.domain.orders import AWAITED, ORDER_STATUSES
from bot.domain.quantities import format_quantity
from bot.locales import N_, _, ngettext
from bot.services.documents.kinds import DocumentShown
from bot.services.orders.documents import OrderedLine, OrderFacts, OrderSummary
from bot.services.orders.making import OrderKept
from bot.services.orders.steps import OrderCancelAsked, OrderSent
from bot.views.approvals import decision_buttons
from bot.views.components import Button, Component, number, row_of
from bot.views.documents import DocumentWords, declare_document_words
from bot.views.order_tables import differing_lines, mark_lines, order_table
from bot.views.order_words import ORDER_HISTORY, ORDER_STATUS_WORDS
from bot.views.receiving_forms import RECEIVE
from bot.views.replies import Reply, renders
from bot.views.text import MAX_CONTENT, amount, bold, clip, first_of, fit_lines, person, plain

_NOUN: Final = ORDER.noun
# With more lines than these there is no room for the items' names.
_MAX_NAMED: Final = 15
_MAX_NAME: Final = 40

EDIT: Final = Button(_NOUN, "lines", number)
SUBMIT: Final = Button(_NOUN, "submit", number, number)
SEND: Final = Button(_NOUN, "send", number, number)
CANCEL: Final = Button(_NOUN, "cancel", number)
CONFIRM: Final = Button(_NOUN, "confirm", number, number)
CLOSE: Final = Button(_NOUN, "close", number, number)
PDF: Final = Button(_NOUN, "pdf", number)

_EDITABLE: Final = frozenset(ORDER.steps["edit"])
_CANCELLABLE: Final = frozenset(ORDER.steps["cancel"])
_CLOSABLE: Final = frozenset(ORDER.steps["close"])


def _card_lines(shown: DocumentShown) -> list[str]:
    """Say what comes from whom: on the card, which all see, without prices."""
    facts = _facts(shown)
    is_named = len(facts.lines) <= _MAX_NAMED
    return [*_head(shown), *(_goods_line(line, is_named=is_named) for line in facts.lines)]


def _own_lines(shown: DocumentShown) -> list[str]:
    """Show an order with its prices, to those who may see them."""
    facts = _facts(shown)
    if not facts.shows_prices:
        return _card_lines(shown)
    lines = [*_head(shown), *order_table(facts.lines, facts.currency)]
    if facts.total is not None:
        lines.append(_("Total: {total}").format(total=f"**{facts.total}**"))
        if facts.in_books is not None and facts.in_books.currency != facts.currency:
            lines[-1] += f" = {facts.in_books}"
    else:
        lines.append(_("⚠️ Some prices are missing."))
    came = [line for line in facts.lines if line.received]
    lines += [_goods_line(line, is_named=False) for line in came]
    return lines


def _head(shown: DocumentShown) -> list[str]:
    order, facts = shown.document, _facts(shown)
    head = _("From {supplier}, written by {user}").format(
        supplier=bold(facts.supplier), user=person(order.made_by)
    )
    if order.promised_on is not None:
        head += " · " + _("promised for {day}").format(day=f"**{order.promised_on.isoformat()}**")
    lines = [head]
    if facts.supplier_status != "approved":
        text = _("⚠️ {supplier} is not approved at the moment: nothing more can be ordered there.")
        lines.append(text.format(supplier=bold(facts.supplier)))
    return [*lines, f"_{plain(order.note)}_"] if order.note else lines


def _goods_line(line: OrderedLine, *, is_named: bool) -> str:
    name = f" {plain(clip(line.name, _MAX_NAME))}" if is_named else ""
    text = f"• **{amount(line.quantity, line.item_unit)}** {bold(line.sku)}{name}"
    if line.received and line.left:
        text += " · " + _("{quantity} received").format(quantity=format_quantity(line.received))
    elif line.received:
        text += " ✅"
    return text


def _facts(shown: DocumentShown) -> OrderFacts:
    assert isinstance(shown.facts, OrderFacts)
    return shown.facts


def _buttons(shown: DocumentShown) -> list[Component]:
    """Make the buttons of the public card, which there is from the sending on."""
    order = shown.document
    if order.status not in AWAITED:
        return []
    return [RECEIVE(_("Receive"), order.id, style=discord.ButtonStyle.primary)]


def _page_buttons(shown: DocumentShown) -> list[Component]:
    """Offer what this user can do with an order in its status."""
    order, facts, buttons = shown.document, _facts(shown), list[Component]()
    if facts.approval is not None and facts.may_decide:
        buttons += decision_buttons(_NOUN, facts.approval)[:2]
    if facts.shows_prices:
        buttons.append(PDF(_("PDF"), order.id))
    if "order.create" not in shown.permissions:
        return buttons
    this = (order.id, order.version)
    if order.status == ORDER_STATUSES.first:
        buttons.append(SUBMIT(_("Submit"), *this, style=discord.ButtonStyle.primary))
    if order.status in ORDER.steps["send"]:
        buttons.append(SEND(_("Send"), *this, style=discord.ButtonStyle.primary))
    if order.status in _EDITABLE:
        buttons.append(EDIT(_("Change the lines"), order.id))
    if order.status in _CLOSABLE:
        buttons.append(CLOSE(_("Close"), *this))
    if order.status in _CANCELLABLE:
        buttons.append(CANCEL(_("Cancel"), order.id))
    return buttons


def _row(summary: OrderSummary) -> str:
    text = ngettext("{count} line", "{count} lines", summary.lines).format(count=summary.lines)
    if summary.received:
        text += " · " + _("{count} received").format(count=summary.received)
    return text if summary.total is None else f"{text} · {summary.total}"


ORDER_CONTROLS: Final = declare_document_words(
    DocumentWords(
        kind=ORDER,
        title=N_("Order {label}"),
        list_title=N_("Orders"),
        nothing=N_("_No orders yet. Make one with_ `/order new`_._"),
        statuses=ORDER_STATUS_WORDS,
        history=ORDER_HISTORY,
        lines=_card_lines,
        buttons=_buttons,
        own_lines=_own_lines,
        page_buttons=_page_buttons,
        row=_row,
    )
)


@renders(OrderKept)
def kept_page(kept: OrderKept) -> Reply:
    """Say what was ordered, what it costs, and what is next."""
    count = len(kept.lines)
    text = _("✅ {label} for {supplier}") if kept.is_new else _("✅ Changed {label} for {supplier}")
    head = text.format(label=bold(kept.label), supplier=bold(kept.supplier))
    head += ": " + ngettext("{count} line", "{count} lines", count).format(count=count)
    if kept.shows_prices and kept.total is not None:
        head += f" · {kept.total}"
    lines = [head]
    unpriced = [line for line in kept.lines if line.unit_price is None]
    lines += [_("⚠️ {item} has no price yet.").format(item=bold(line.sku)) for line in unpriced]
    if kept.shows_prices:
        lines += mark_lines(kept.lines)
        lines += differing_lines(kept.differing)
    if kept.ignored:
        names = first_of([bold(each[:40]) for each in kept.ignored], _MAX_NAMED)
        lines.append(_("Ignored columns: {names}").format(names=names))
    if kept.status == "pending":
        lines.append(_("It waits for approval again."))
    lines.append(f"`#{kept.record}`")
    buttons = [ORDER_CONTROLS.open(_("Open"), kept.order_id)]
    if kept.status == ORDER_STATUSES.first and not unpriced:
        submit = SUBMIT(_("Submit"), kept.order_id, kept.version, style=discord.ButtonStyle.primary)
        buttons.insert(0, submit)
    buttons.append(EDIT(_("Change the lines"), kept.order_id))
    return Reply(fit_lines(lines, MAX_CONTENT), view=row_of(*buttons))


@renders(OrderSent)
def sent_page(sent: OrderSent) -> Reply:
    """Say that an order is marked as sent."""
    head = _("✅ Sent the order {label} to {supplier}").format(
        label=bold(sent.label), supplier=bold(sent.supplier)
    )
    head += ": " + ngettext("{count} line", "{count} lines", sent.lines).format(count=sent.lines)
    lines = [head, f"`#{sent.record}`"]
    buttons = (
        PDF(_("PDF"), sent.order_id),
        ORDER_CONTROLS.open(_("Open"), sent.order_id),
    )
    return Reply("\n".join(lines), view=row_of(*buttons))


def pdf_page() -> Reply:
    """Say nothing but what the file is."""
    return Reply(_("The order as a PDF:"))


@renders(OrderCancelAsked)
def cancel_page(asked: OrderCancelAsked) -> Reply:
    """Ask whether an order is to be cancelled."""
    text = _("Cancel {label} for {supplier}? This cannot be undone.").format(
        label=bold(asked.label), supplier=bold(asked.supplier)
    )
    confirm = CONFIRM(
        _("Cancel {label}").format(label=asked.label),
        asked.order_id,
        asked.version,
        style=discord.ButtonStyle.danger,
    )
    return Reply(text, view=row_of(confirm))
