"""Invoices in words: their pages and lists, and what was done with one."""

from typing import Final

import discord

from bot.domain.documents import INVOICE, PAYMENT
from bot.domain.invoices import DISPUTED, MATCHED, PAID, PART_PAID, PAYABLE, RECEIVED, VOID
from bot.domain.money import format_unit_price
from bot.domain.payments import Balance
from bot.domain.quantities import format_quantity
from bot.locales import N_, _, ngettext
from bot.services.documents.kinds import DocumentShown
from bot.services.invoices.adding import InvoiceAdded, InvoiceFileFound
from bot.services.invoices.documents import InvoicedLine, InvoiceFacts
from bot.services.invoices.editing import InvoiceEdited
from bot.services.invoices.matching import InvoiceMatched
from bot.views.actions import ActionWords, declare_action_words
from bot.views.approval_words import StatusWords, status_word
from bot.views.components import Button, Component, number, row_of
from bot.views.documents import DocumentWords, declare_document_words
from bot.views.opening import OPEN
from bot.views.replies import Reply, renders
from bot.views.text import MAX_CONTENT, bold, fit_lines, plain

_NOUN: Final = INVOICE.noun
_MAX_PAYMENTS: Final = 10

EDIT: Final = Button(_NOUN, "lines", number)
MATCH: Final = Button(_NOUN, "match", number)
DISPUTE: Final = Button(_NOUN, "dispute", number)
# The version that the actor saw: what others changed meanwhile is not made void.
MAKE_VOID: Final = Button(_NOUN, "void", number, number)
SHOW_FILE: Final = Button(_NOUN, "file", number)
PAY: Final = Button(_NOUN, "pay", number)

_STATUSES: Final = {
    RECEIVED: StatusWords(name=N_("received"), mark="🧾", colour="#3b6ea5"),
    MATCHED: StatusWords(name=N_("matched"), mark="☑️", colour="#3b7d5c"),
    DISPUTED: StatusWords(name=N_("disputed"), mark="⚠️", colour="#a03a3a"),
    PART_PAID: StatusWords(name=N_("paid in part"), mark="🪙", colour="#b7791f"),
    PAID: StatusWords(name=N_("paid"), mark="✅", colour="#3b7d5c"),
    VOID: StatusWords(name=N_("void"), mark="🚫", colour="#6b6f76"),
}

declare_action_words(
    {
        "invoice.added": ActionWords(N_("entered invoice"), N_("Entered the invoice")),
        "invoice.edited": ActionWords(
            N_("changed the lines of invoice"), N_("Changed the lines of the invoice")
        ),
        "invoice.matched": ActionWords(N_("matched invoice"), N_("Matched the invoice")),
        "invoice.disputed": ActionWords(N_("disputed invoice"), N_("Disputed the invoice")),
        "invoice.voided": ActionWords(N_("made void the invoice"), N_("Made void the invoice")),
    }
)


def balance_lines(balance: Balance) -> list[str]:
    """Say what of an invoice is paid, under way and open, as far as there is any."""
    sums = [
        (_("Paid"), balance.paid),
        (_("Approved, not paid yet"), balance.approved),
        (_("Waiting for approval"), balance.pending),
    ]
    lines = [f"{name}: {amount}" for name, amount in sums if amount.amount]
    if lines:
        lines.append(f"{_('Open')}: **{balance.open}**")
    return lines


def _lines(shown: DocumentShown) -> list[str]:
    invoice, facts = shown.document, shown.facts
    assert isinstance(facts, InvoiceFacts)
    total = f"**{facts.balance.total}**"
    lines = [_("{supplier}: {total}").format(supplier=bold(facts.supplier), total=total)]
    if invoice.dated_on is not None:
        lines[0] += f" · {invoice.dated_on.isoformat()}"
    if invoice.reason:
        lines.append(f"_{plain(invoice.reason)}_")
    lines += [line_text(line, invoice.currency) for line in facts.lines]
    if not facts.lines:
        lines.append(_("No lines yet."))
    lines += balance_lines(facts.balance)
    for each in facts.payments[:_MAX_PAYMENTS]:
        amount = f"{each.amount.quantize(facts.balance.total.amount)} {each.currency}"
        label = PAYMENT.label(each.number)
        lines.append(f"• {bold(label)} {amount} · {status_word(each.status)}")
    return lines


def line_text(line: InvoicedLine, currency: str) -> str:
    """Write a line of an invoice: `2 box BOLT-8 at 12.90 EUR (PO-7)`.

    What is no number of its unit is written in the item's own: `280 pcs BOLT-8 at 10.00 EUR/box`.
    """
    quantity, unit = line.typed_quantity, line.unit or line.item_unit
    price = format_unit_price(line.unit_price, currency)
    if quantity is None:
        quantity, unit, price = line.quantity, line.item_unit, f"{price}/{plain(unit)}"
    text = _("• **{quantity}** {item} at {price}").format(
        quantity=f"{format_quantity(quantity)} {plain(unit)}", item=bold(line.sku), price=price
    )
    return f"{text} · {line.order}" if line.order else f"{text} · ⚠️ {_('on no order')}"


def _page_buttons(shown: DocumentShown) -> list[Component]:
    """Offer what this user could do about an invoice."""
    invoice, facts, buttons = shown.document, shown.facts, list[Component]()
    leads = INVOICE.lead
    if "invoice.edit" in shown.permissions:
        if leads("edit", invoice.status):
            buttons.append(EDIT(_("Lines"), invoice.id))
        if leads("match", invoice.status):
            buttons.append(MATCH(_("Match"), invoice.id, style=discord.ButtonStyle.primary))
        if leads("dispute", invoice.status):
            buttons.append(DISPUTE(_("Dispute"), invoice.id))
    is_payable = invoice.status in PAYABLE and facts.balance.open.amount
    if is_payable and "payment.request" in shown.permissions:
        buttons.append(PAY(_("Request payment"), invoice.id, style=discord.ButtonStyle.success))
    if facts.file:
        buttons.append(SHOW_FILE(_("File"), invoice.id))
    if "invoice.edit" in shown.permissions and leads("void", invoice.status):
        danger = discord.ButtonStyle.danger
        buttons.append(MAKE_VOID(_("Make void"), invoice.id, invoice.version, style=danger))
    return buttons


INVOICE_CONTROLS: Final = declare_document_words(
    DocumentWords(
        kind=INVOICE,
        title=N_("Invoice {label}"),
        list_title=N_("Invoices"),
        nothing=N_("_No invoices yet. Enter one with_ `/invoice add`_._"),
        statuses=_STATUSES,
        history={
            "added": N_("entered by {user}"),
            "edited": N_("lines changed by {user}"),
            "matched": N_("matched by {user}"),
            "disputed": N_("disputed by {user}"),
            "voided": N_("made void by {user}"),
            "payment.requested": N_("a payment asked for by {user}"),
            "payment.recorded": N_("a payment recorded by {user}"),
            "payment.reversed": N_("a payment reversed by {user}"),
        },
        lines=_lines,
        buttons=lambda _shown: [],
        page_buttons=_page_buttons,
    )
)


@renders(InvoiceAdded)
def added_page(added: InvoiceAdded) -> Reply:
    """Say what was entered, and lead on to its lines."""
    text = _("✅ Entered the invoice {label} of {supplier}: {total}").format(
        label=bold(added.label), supplier=bold(added.supplier), total=f"**{added.total}**"
    )
    lines = [text]
    if added.file:
        lines.append(_("Its file is kept: {name}").format(name=plain(added.file)))
    lines.append(_("Next: its lines, then match it with what was ordered and received."))
    lines.append(f"`#{added.record}`")
    buttons: list[Component] = [
        EDIT(_("Lines"), added.invoice_id, style=discord.ButtonStyle.primary),
        OPEN[_NOUN](_("Open"), added.invoice_id),
    ]
    if added.file:
        buttons.append(SHOW_FILE(_("File"), added.invoice_id))
    return Reply("\n".join(lines), view=row_of(*buttons))


@renders(InvoiceEdited)
def edited_page(edited: InvoiceEdited) -> Reply:
    """Show the lines, and whether they add up to the total."""
    head = _("✅ Changed the lines of the invoice {label}").format(label=bold(edited.label))
    lines = [head, *(line_text(line, edited.currency) for line in edited.lines)]
    sums = {"sum": f"**{edited.sum}**", "total": f"**{edited.total}**"}
    if edited.sum == edited.total:
        lines.append(_("The lines add up to {sum}, as the invoice says.").format(**sums))
    else:
        text = _("⚠️ The lines add up to {sum}, and the invoice says {total}.")
        lines.append(text.format(**sums))
    lines.append(f"`#{edited.record}`")
    buttons = (
        MATCH(_("Match"), edited.invoice_id, style=discord.ButtonStyle.primary),
        EDIT(_("Lines"), edited.invoice_id),
        OPEN[_NOUN](_("Open"), edited.invoice_id),
    )
    return Reply(fit_lines(lines, MAX_CONTENT), view=row_of(*buttons))


@renders(InvoiceMatched)
def matched_page(matched: InvoiceMatched) -> Reply:
    """Say that all agrees, and offer to have it paid."""
    count = matched.lines
    text = ngettext(
        "✅ Matched the invoice {label}: its line agrees with what was ordered and received.",
        "✅ Matched the invoice {label}: its {count} lines agree with what was ordered and "
        "received.",
        count,
    ).format(label=bold(matched.label), count=count)
    buttons = (
        PAY(_("Request payment"), matched.invoice_id, style=discord.ButtonStyle.success),
        OPEN[_NOUN](_("Open"), matched.invoice_id),
    )
    return Reply(f"{text}\n`#{matched.record}`", view=row_of(*buttons))


@renders(InvoiceFileFound)
def file_page(found: InvoiceFileFound) -> Reply:
    """Show the file of an invoice."""
    text = _("The file of the invoice {label}").format(label=bold(found.label))
    return Reply(text, file=(found.name, found.content))
