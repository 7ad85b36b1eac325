"""Payments in words: their cards, pages and lists, and the forms that record and reverse them."""

from typing import Any, Final

import discord

from bot.domain.documents import PAYMENT
from bot.domain.names import MAX_NOTE
from bot.domain.payments import APPROVED, MAX_REFERENCE, PAID, PENDING, REJECTED, REVERSED
from bot.locales import N_, _
from bot.services.documents.kinds import DocumentShown
from bot.services.payments.documents import PaymentFacts
from bot.views.actions import ActionWords, declare_action_words
from bot.views.approval_words import KindWords, StatusWords, declare_card
from bot.views.components import Button, Component, Form, number
from bot.views.documents import DocumentWords, declare_document_words
from bot.views.invoices import balance_lines
from bot.views.opening import OPEN
from bot.views.text import bold

_NOUN: Final = PAYMENT.noun
_MAX_DAY: Final = 20

RECORD: Final = Button(_NOUN, "record", number, number)
RECORD_FORM: Final = Form(_NOUN, "record", number, number)
REVERSE: Final = Button(_NOUN, "reverse", number, number)
REVERSE_FORM: Final = Form(_NOUN, "reverse", number, number)

_APPROVED_BY: Final = N_("Approved by {users} {when}")
_STATUSES: Final = {
    PENDING: StatusWords(name=N_("pending"), mark="⏳", colour="#b7791f"),
    APPROVED: StatusWords(name=N_("approved"), mark="☑️", colour="#3b6ea5", said=_APPROVED_BY),
    REJECTED: StatusWords(
        name=N_("rejected"), mark="❌", colour="#a03a3a", said=N_("Rejected by {users} {when}")
    ),
    PAID: StatusWords(
        name=N_("paid"),
        mark="✅",
        colour="#3b7d5c",
        said=N_("Paid; approved by {users} {when}"),
    ),
    REVERSED: StatusWords(
        name=N_("reversed"),
        mark="↩️",
        colour="#6b6f76",
        said=N_("Reversed; approved by {users} {when}"),
    ),
}
PAYMENT_CARD: Final = declare_card(
    _NOUN,
    KindWords(
        title=N_("Payment {name}"),
        notices={
            APPROVED: N_("The payment {name} was approved by {user}."),
            REJECTED: N_("The payment {name} was rejected by {user}."),
        },
        list_command="/payment list status:pending",
        statuses=_STATUSES,
        opened=N_("Asked for by {user} {when}"),
    ),
)

declare_action_words(
    {
        "payment.requested": ActionWords(N_("asked for payment"), N_("Asked for the payment")),
        "payment.approved": ActionWords(N_("approved payment"), N_("Approved the payment")),
        "payment.rejected": ActionWords(N_("rejected payment"), N_("Rejected the payment")),
        "payment.recorded": ActionWords(N_("recorded payment"), N_("Recorded the payment")),
        "payment.reversed": ActionWords(N_("reversed payment"), N_("Reversed the payment")),
    }
)


def _lines(shown: DocumentShown) -> list[str]:
    payment, facts = shown.document, shown.facts
    assert isinstance(facts, PaymentFacts)
    head = _("**{amount}** to {supplier} for the invoice {invoice} of {total}").format(
        amount=facts.amount,
        supplier=bold(facts.supplier),
        invoice=bold(facts.invoice),
        total=facts.balance.total,
    )
    lines = [head]
    if payment.reference:
        text = _("Paid on {day}, reference {reference}").format(
            day=payment.paid_on.isoformat() if payment.paid_on else "",
            reference=bold(payment.reference),
        )
        lines.append(text)
    return [*lines, *balance_lines(facts.balance)]


def _page_buttons(shown: DocumentShown) -> list[Component]:
    """Offer what this user could do about a payment."""
    payment, buttons = shown.document, list[Component]()
    key = (payment.id, payment.version)
    if payment.status == PENDING and "payment.approve" in shown.permissions:
        controls = PAYMENT_CARD.buttons
        buttons += [
            controls["approve"](_("Approve"), *key, style=discord.ButtonStyle.success),
            controls["reject"](_("Reject"), *key, style=discord.ButtonStyle.danger),
        ]
    if "payment.execute" in shown.permissions:
        if payment.status == APPROVED:
            buttons.append(RECORD(_("Record"), *key, style=discord.ButtonStyle.primary))
        if payment.status == PAID:
            buttons.append(REVERSE(_("Reverse"), *key, style=discord.ButtonStyle.danger))
    buttons.append(OPEN["invoice"](_("Invoice"), payment.invoice_id))
    return buttons


PAYMENT_CONTROLS: Final = declare_document_words(
    DocumentWords(
        kind=PAYMENT,
        title=N_("Payment {label}"),
        list_title=N_("Payments"),
        nothing=N_("_No payments yet. Ask for one with_ `/payment request`_._"),
        statuses=_STATUSES,
        history={
            "requested": N_("asked for by {user}"),
            "approved": N_("approved by {user}"),
            "rejected": N_("rejected by {user}"),
            "recorded": N_("recorded by {user}"),
            "reversed": N_("reversed by {user}"),
        },
        lines=_lines,
        buttons=lambda _shown: [],
        page_buttons=_page_buttons,
    )
)


def record_form(payment_id: int, version: int, label: str) -> discord.ui.Modal:
    """Ask for the bank's reference, and the day if it was not today."""
    fields = {
        _("Reference"): _field("reference", MAX_REFERENCE, _("Such as the bank's number")),
        _("Paid on (today if empty)"): _field("date", _MAX_DAY, "2027-03-01", is_required=False),
    }
    title = _("Record {label}").format(label=label)
    return RECORD_FORM(title, payment_id, version, fields=fields)


def reverse_form(payment_id: int, version: int, label: str) -> discord.ui.Modal:
    """Ask why a payment is reversed."""
    fields = {_("Reason"): _field("reason", MAX_NOTE, _("Why is it reversed?"))}
    title = _("Reverse {label}?").format(label=label)
    return REVERSE_FORM(title, payment_id, version, fields=fields)


def _field(
    name: str, limit: int, placeholder: str, *, is_required: bool = True
) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(
        custom_id=name, placeholder=placeholder, required=is_required, max_length=limit
    )
