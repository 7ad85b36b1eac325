"""Suppliers as people see them: one with its history, and lists with what waits for a decision."""

from typing import Final

import discord
import orjson

from bot.database.models import AuditEvent, Supplier
from bot.domain.approvals import Status
from bot.domain.names import MAX_NOTE
from bot.services.suppliers import SupplierShown, SuppliersListed
from bot.views.approvals import MARKS, Standing, decision_buttons, standing_line
from bot.views.components import form, row_of
from bot.views.pages import page_buttons, page_reply
from bot.views.replies import Reply, embed
from bot.views.text import bold, clip, fit_lines, plain, when

# The place of the status in a page's button when there is none.
ANY_STATUS: Final = "any"
_MAX_TEXT: Final = 3800
_MAX_NAME_IN_TITLE: Final = 30


def show_supplier(shown: SupplierShown) -> Reply:
    """Show a supplier, how it stands, and its history of decisions."""
    approval = shown.approval
    facts = shown.facts.items()
    lines = [f"{name}: {plain(value)}" for name, value in facts if value and name != "name"]
    lines.append(f"**{standing_line(Standing.of(approval))}**")
    lines.append(f"Asked for by <@{approval.opened_by}> {when(approval.opened_at)}")
    lines += ["", "**History**", *map(_history_line, shown.history)]
    return Reply(embed=embed(f"Supplier: {shown.supplier.name}", fit_lines(lines, _MAX_TEXT)))


def show_suppliers(listed: SuppliersListed) -> Reply:
    """Show a page of suppliers; those that wait come with the buttons of their cards."""
    page, status = listed.page, listed.status
    previous = f"b{page.rows[0].id}" if page.rows and page.has_previous else None
    following = f"a{page.rows[-1].id}" if page.rows and page.has_next else None
    state = (status or ANY_STATUS,)
    reply = page_reply(
        f"Suppliers · {status}" if status else "Suppliers",
        [*_counts(listed.counts), *(_line(listed, row) for row in page.rows)] if page.rows else [],
        noun="supplier",
        state=state,
        previous=previous,
        following=following,
        nothing=_nothing(status),
    )
    if status != Status.PENDING or not page.rows:
        return reply
    controls = []
    for number, row in enumerate(page.rows):
        approval = listed.approvals[row.id]
        controls += decision_buttons("supplier", approval, name=row.name, row=number)
    if previous or following:
        for each in page_buttons("supplier", state, previous, following):
            each.row = len(page.rows)
            controls.append(each)
    return Reply(embed=reply.embed, view=row_of(*controls))


def reject_form(name: str, supplier_id: int, version: int) -> discord.ui.Modal:
    """Ask why a proposal is rejected."""
    reason: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id="reason",
        style=discord.TextStyle.paragraph,
        placeholder="What has to change?",
        min_length=1,
        max_length=MAX_NOTE,
    )
    title = f"Reject {clip(name, _MAX_NAME_IN_TITLE)}?"
    return form(title, "supplier", "reject", supplier_id, version, fields={"Reason": reason})


def proposed_reply(reply: Reply, *, is_channel_missing: bool, is_nobody_able: bool) -> Reply:
    """Add to the answer of a proposal what stands in the way of a decision."""
    lines = [reply.content]
    if is_channel_missing:
        lines.append(
            "⚠️ There is no approvals channel yet, so nobody is asked. `/setup` makes one; "
            "until then managers find it under `/supplier list status:pending`."
        )
    if is_nobody_able:
        lines.append(
            "⚠️ Nobody but you could approve this. Give somebody else a Discord role that brings "
            "`supplier.approve`: `/role bind` ties one to `manager`."
        )
    return Reply("\n".join(lines))


def _line(listed: SuppliersListed, supplier: Supplier) -> str:
    approval = listed.approvals[supplier.id]
    since = approval.decided_at or approval.opened_at
    mark = MARKS[Status(approval.status)]
    return f"{mark} {bold(supplier.name)} · {approval.status} {when(since)}"


def _counts(counts: dict[str, int]) -> list[str]:
    shown = [f"{counts[status]} {status}" for status in Status if counts.get(status)]
    return ["_" + " · ".join(shown) + "_"]


def _nothing(status: str | None) -> str:
    if status is not None:
        return f"_No supplier is {status}._"
    return "_No suppliers yet. Ask for one with_ `/supplier propose`_._"


def _history_line(event: AuditEvent) -> str:
    said = event.action.partition(".")[2]
    reason = orjson.loads(event.detail).get("after", {}).get("reason", "")
    because = f": {plain(reason)}" if reason else ""
    return f"`#{event.record}` {when(event.at)} {said} by <@{event.actor_id}>{because}"
