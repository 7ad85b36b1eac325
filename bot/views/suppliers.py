"""Suppliers in words: one with its history, and lists with those that wait for a decision."""

from collections.abc import Sequence
from typing import Final

import orjson

from bot.database.models import Approval, AuditEvent, Supplier
from bot.domain.approvals import APPROVED, PENDING, REJECTED
from bot.domain.suppliers import STATUSES, SUSPENDED
from bot.locales import N_, _
from bot.services.approvals.kinds import Resemblance
from bot.services.supplier_facts import NOUN
from bot.services.suppliers import SupplierHistoryListed, SupplierShown, SuppliersListed
from bot.views.actions import ActionWords, declare_action_words
from bot.views.approval_words import KindWords, StatusWords, declare_card, mark_of, status_word
from bot.views.approvals import ApprovalState, decision_buttons, state_line, twin_lines
from bot.views.changes import contact_text, field_name
from bot.views.components import Button, number, row_of
from bot.views.opening import OPEN
from bot.views.pages import FIRST, Row, Turn, list_page, page_buttons, turns_of
from bot.views.replies import Reply, embed, renders
from bot.views.text import bold, fit_lines, person, plain, when

# What a page's button has instead of a status.
ANY_STATUS: Final = "any"
_MAX_TEXT: Final = 3800

SUPPLIER_PAGE = Button(NOUN, "page", Turn.parse, str)
SUPPLIER_HISTORY = Button(NOUN, "history", Turn.parse, number)

_NONE_WITH: Final = {
    PENDING: N_("No supplier is pending."),
    APPROVED: N_("No supplier is approved."),
    REJECTED: N_("No supplier is rejected."),
    SUSPENDED: N_("No supplier is suspended."),
}
_HISTORY: Final = {
    "proposed": N_("proposed by {user}"),
    "edited": N_("edited by {user}"),
    "approved": N_("approved by {user}"),
    "rejected": N_("rejected by {user}"),
    "resubmitted": N_("resubmitted by {user}"),
    "suspended": N_("suspended by {user}"),
    "reinstated": N_("reinstated by {user}"),
    "withdrawn": N_("withdrawn by {user}"),
    "applied": N_("imported by {user}"),
}

declare_action_words(
    {
        "supplier.proposed": ActionWords(N_("proposed supplier"), N_("Proposed the supplier")),
        "supplier.edited": ActionWords(N_("changed supplier"), N_("Changed the supplier")),
        "supplier.approved": ActionWords(N_("approved supplier"), N_("Approved the supplier")),
        "supplier.rejected": ActionWords(N_("rejected supplier"), N_("Rejected the supplier")),
        "supplier.resubmitted": ActionWords(
            N_("resubmitted supplier"), N_("Resubmitted the supplier")
        ),
        "supplier.suspended": ActionWords(N_("suspended supplier"), N_("Suspended the supplier")),
        "supplier.reinstated": ActionWords(
            N_("reinstated supplier"), N_("Reinstated the supplier")
        ),
        "supplier.withdrawn": ActionWords(N_("withdrew supplier"), N_("Withdrew the supplier")),
    }
)
SUPPLIER_CARD = declare_card(
    NOUN,
    KindWords(
        title=N_("Supplier: {name}"),
        notices={
            APPROVED: N_("The supplier {name} was approved by {user}."),
            REJECTED: N_("The supplier {name} was rejected by {user}."),
        },
        list_command="/supplier list status:pending",
        statuses={
            SUSPENDED: StatusWords(
                name=N_("suspended"),
                mark="⏸️",
                colour="#6b6f76",
                said=N_("Suspended by {users} {when}"),
            )
        },
    ),
)


@renders(SupplierShown)
def supplier_page(shown: SupplierShown) -> Reply:
    """Show a supplier, its status, and the history of its decisions."""
    approval = shown.approval
    facts = shown.facts.items()
    lines = [
        f"{field_name(name)}: {contact_text(value)}"
        for name, value in facts
        if value and name != "name"
    ]
    lines += twin_lines(NOUN, shown.twins)
    lines.append(f"**{state_line(NOUN, ApprovalState.of(approval))}**")
    opened = _("Sent for approval by {user} {when}")
    lines.append(opened.format(user=person(approval.opened_by), when=when(approval.opened_at)))
    lines += ["", f"**{_('History')}**", *map(_history_line, shown.history)]
    title = _("Supplier: {name}").format(name=shown.supplier.name)
    buttons = decision_buttons(NOUN, approval)[:2] if shown.may_decide else []
    if shown.has_more_history or len("\n".join(lines)) > _MAX_TEXT:
        buttons.append(SUPPLIER_HISTORY(_("Whole history"), FIRST, shown.supplier.id))
    return Reply(
        embed=embed(title, fit_lines(lines, _MAX_TEXT)), view=row_of(*buttons) if buttons else None
    )


@renders(SupplierHistoryListed)
def supplier_history_page(listed: SupplierHistoryListed) -> Reply:
    """Show a page of what happened to a supplier."""
    page, supplier = listed.page, listed.supplier
    turns = turns_of(page, [event.record for event in page.rows])
    return list_page(
        _("Supplier: {name}").format(name=supplier.name),
        [Row(_history_line(event)) for event in page.rows],
        buttons=page_buttons(SUPPLIER_HISTORY, (supplier.id,), *turns),
    )


@renders(SuppliersListed)
def suppliers_page(listed: SuppliersListed) -> Reply:
    """Show a page of suppliers; those that wait come with the buttons of their cards."""
    page, status = listed.page, listed.status
    turns = turns_of(page, [row.id for row in page.rows])
    title = _("Suppliers")
    return list_page(
        f"{title} · {status_word(status)}" if status else title,
        [
            _row(
                row,
                listed.approvals[row.id],
                listed.twins.get(row.id, ()),
                is_pending=status == PENDING,
            )
            for row in page.rows
        ],
        above=[_counts(listed.counts)] if page.rows else [],
        buttons=page_buttons(SUPPLIER_PAGE, (status or ANY_STATUS,), *turns),
        nothing=_nothing(status),
    )


def _row(
    supplier: Supplier, approval: Approval, twins: Sequence[Resemblance], *, is_pending: bool
) -> Row:
    line = supplier_line(supplier, approval)
    if is_pending:
        line = "\n".join([line, *twin_lines(NOUN, twins)])
        return Row(line, controls=decision_buttons(NOUN, approval, name=supplier.name))
    return Row(line, OPEN[NOUN](_("Open"), supplier.id))


def supplier_line(supplier: Supplier, approval: Approval) -> str:
    """Write a supplier in a line of a list: its name and status."""
    since = approval.decided_at or approval.opened_at
    mark, status = mark_of(NOUN, approval.status), status_word(approval.status)
    return f"{mark} {bold(supplier.name)} · {status} {when(since)}"


def _counts(counts: dict[str, int]) -> str:
    shown = [
        f"{counts[status]} {status_word(status)}"
        for status in STATUSES.statuses
        if counts.get(status)
    ]
    return f"_{' · '.join(shown)}_"


def _nothing(status: str | None) -> str:
    if status is None:
        return _("_No suppliers yet. Propose one with_ `/supplier propose`_._")
    return f"_{_(_NONE_WITH[status])}_"


def _history_line(event: AuditEvent) -> str:
    detail = orjson.loads(event.detail)
    past = event.action.partition(".")[2]
    # A record of a newer version may have an action that this one has no words for.
    said = _(_HISTORY[past]) if past in _HISTORY else f"{past} · {{user}}"
    reason = detail.get("after", {}).get("reason", "")
    line = f"`#{event.record}` {when(event.at)} {said.format(user=person(event.actor_id))}"
    return f"{line}: {plain(reason)}" if reason else line
