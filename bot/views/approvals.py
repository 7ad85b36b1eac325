"""Cards: what waits for a decision and what came of it, the same for every kind of thing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import discord
import orjson

from bot.database.models import Approval, AuditEvent
from bot.domain.approvals import Status
from bot.services.approvals.deciding import Subject
from bot.views.components import Item, button, row_of
from bot.views.replies import Reply, embed
from bot.views.text import bold, clip, plain, when

DECIDING: Final = "⏳ deciding…"
MARKS: Final = {
    Status.PENDING: "⏳",
    Status.APPROVED: "✅",
    Status.REJECTED: "❌",
    Status.SUSPENDED: "⏸️",
}
_COLOURS: Final = {
    Status.PENDING: "#b7791f",
    Status.APPROVED: "#3b7d5c",
    Status.REJECTED: "#a03a3a",
    Status.SUSPENDED: "#6b6f76",
}
_MAX_NAME_ON_BUTTON: Final = 40


@dataclass(frozen=True, slots=True)
class Standing:
    """How a round stands, or stood when it ended: who said so, when and why."""

    status: Status
    by: int | None = None
    at: datetime | None = None
    reason: str = ""

    @classmethod
    def of(cls, approval: Approval) -> "Standing":
        """Return how the newest round stands."""
        status = Status(approval.status)
        return cls(status, approval.decided_by, approval.decided_at, approval.reason)

    @classmethod
    def after(cls, event: AuditEvent) -> "Standing | None":
        """Return what a record decided, None if it decided nothing."""
        after = orjson.loads(event.detail).get("after", {})
        status = after.get("status")
        if status in {None, Status.PENDING}:
            return None
        return cls(Status(status), event.actor_id, event.at, after.get("reason", ""))


def card(subject: Subject, approval: Approval, standing: Standing, *, opened_record: int) -> Reply:
    """Draw the public card of a round."""
    lines = [f"{name}: {plain(value)}" for name, value in subject.facts]
    if standing.status is Status.PENDING:
        lines.append(f"Proposed by <@{approval.opened_by}> {when(approval.opened_at)}")
    lines.append(standing_line(standing))
    shown = embed(f"{subject.noun.capitalize()}: {subject.label}", "\n".join(lines))
    shown.colour = discord.Colour.from_str(_COLOURS[standing.status])
    shown.set_footer(text=card_footer(opened_record))
    if standing.status is not Status.PENDING:
        return Reply(embed=shown)
    return Reply(embed=shown, view=row_of(*decision_buttons(subject.noun, approval)))


def card_footer(opened_record: int) -> str:
    """Return what tells a round's card from any other: the record that opened the round."""
    return f"#{opened_record}"


def decision_buttons(
    noun: str, approval: Approval, *, name: str = "", row: int | None = None
) -> list[Item]:
    """Make the buttons of a card; in a list, the first one names the thing."""
    what = (noun, approval.subject_id)
    label = f"Approve {clip(name, _MAX_NAME_ON_BUTTON)}" if name else "Approve"
    buttons = [
        _versioned(label, "approve", what, approval.version, discord.ButtonStyle.success),
        _versioned("Reject", "reject", what, approval.version, discord.ButtonStyle.danger),
        button("Details", noun, "details", approval.subject_id),
    ]
    for each in buttons:
        each.row = row
    return buttons


def deciding(message: discord.Message) -> dict[str, Any]:
    """Return the arguments that show a card while a decision about it is under way."""
    greyed = discord.ui.View(timeout=None)
    for label in ("Approve", "Reject", "Details"):
        greyed.add_item(discord.ui.Button(label=label, disabled=True))
    greyed.stop()  # it is never pressed, so discord.py need not remember it
    return {
        "content": DECIDING,
        "embeds": message.embeds,
        "view": greyed,
        "allowed_mentions": discord.AllowedMentions.none(),
    }


def standing_line(standing: Standing) -> str:
    """Say how a round stands: who decided, when and why."""
    mark = MARKS[standing.status]
    if standing.by is None or standing.at is None:
        return f"{mark} Waiting for a decision"
    said = f"{mark} {standing.status.capitalize()} by <@{standing.by}> {when(standing.at)}"
    return f"{said}: {plain(standing.reason)}" if standing.reason else said


def decision_notice(event: AuditEvent, guild_name: str) -> str:
    """Tell whoever opened a round what came of it."""
    standing = Standing.after(event)
    assert standing is not None, "only decisions are told"
    where = f" in {bold(guild_name)}" if guild_name else ""
    reason = f"\nReason: {plain(standing.reason)}" if standing.reason else ""
    return (
        f"{MARKS[standing.status]} The {event.subject_type} {bold(event.subject)} was "
        f"{standing.status} by <@{standing.by}>{where}. `#{event.record}`{reason}"
    )


def _versioned(
    label: str, verb: str, what: tuple[str, int], version: int, style: discord.ButtonStyle
) -> Item:
    noun, subject_id = what
    return button(label, noun, verb, subject_id, version, style=style)
