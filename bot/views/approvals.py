"""Cards: what waits for a decision and what came of it, the same for every kind of thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import discord
import orjson

from bot.database.models import Approval, AuditEvent
from bot.domain.changes import Change
from bot.domain.names import MAX_NOTE
from bot.domain.printed import Printed
from bot.locales import N_, _, ngettext
from bot.services.approvals.cards import CardFound
from bot.services.approvals.kinds import ApprovalKind, Resemblance, Subject
from bot.views.actions import verb_of
from bot.views.approval_words import (
    controls_of,
    find_words,
    mark_of,
    pending_of,
    status_words,
    words_of,
)
from bot.views.changes import contact_text, field_name, value_text
from bot.views.components import Component, row_of
from bot.views.replies import Reply, embed
from bot.views.text import bold, clip, person, plain, when

_MAX_NAME_ON_BUTTON: Final = 40
_MAX_NAME_IN_TITLE: Final = 30
_MAX_TWINS: Final = 3
_TWINS: Final = {
    "tax id": N_("⚠️ {name} has the same tax id."),
    "email": N_("⚠️ {name} has the same e-mail."),
    "name": N_("⚠️ {name} has nearly the same name."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalState:
    """The state of a round, or the state in which it ended: who decided, when and why."""

    status: str
    by: tuple[int, ...] = ()
    at: datetime | None = None
    reason: str = ""
    # Of how many approvals the version has how many.
    given: int = 0
    needed: int = 1

    @classmethod
    def of(cls, approval: Approval, *, needed: int = 1) -> "ApprovalState":
        """Return the state of the newest round."""
        decided_by = () if approval.decided_by is None else (approval.decided_by,)
        agreed_by = tuple(sorted(approval.agreed_by))
        return cls(
            status=approval.status,
            by=agreed_by or decided_by,
            at=approval.decided_at,
            reason=approval.reason,
            given=len(agreed_by),
            needed=needed,
        )

    @classmethod
    def after(cls, event: AuditEvent) -> "ApprovalState | None":
        """Return what a record decided, None if it decided nothing."""
        after = orjson.loads(event.detail).get("after", {})
        status = after.get("status")
        if status is None or (
            find_words(event.subject_type) and status == pending_of(event.subject_type)
        ):
            return None
        reason = after.get("reason", "")
        return cls(status=status, by=(event.actor_id,), at=event.at, reason=reason)


def card(found: CardFound) -> Reply:
    """Draw the public card of the newest round."""
    state = ApprovalState.of(found.approval, needed=found.agreements)
    return _draw(found, state, found.changes, found.approval.opened_record)


def card_sheet(found: CardFound) -> Printed | None:
    """Return what is attached to the card of a thing that is to be decided about."""
    if found.approval.status != pending_of(found.subject.noun):
        return None
    return words_of(found.subject.noun).sheet(found.subject.whole)


def ended_card(found: CardFound, state: ApprovalState, *, opened_record: int) -> Reply:
    """Draw the public card of an earlier round."""
    return _draw(found, state, (), opened_record)


def _draw(
    found: CardFound, state: ApprovalState, changes: tuple[Change, ...], opened_record: int
) -> Reply:
    subject, approval = found.subject, found.approval
    words, is_pending = words_of(subject.noun), state.status == pending_of(subject.noun)
    lines = [*twin_lines(subject.noun, found.twins), *fact_lines(subject, changes)]
    lines += words.whole(subject.whole)
    if is_pending:
        # Who opened the round may only have edited, resubmitted or reinstated it.
        lines.append(
            _(words.opened).format(user=person(approval.opened_by), when=when(approval.opened_at))
        )
    lines.append(state_line(subject.noun, state))
    title = _(words.title).format(name=subject.label)
    shown = embed(title, "\n".join(lines), footer=card_footer(opened_record))
    shown.colour = discord.Colour.from_str(status_words(subject.noun, state.status).colour)
    if not is_pending:
        return Reply(embed=shown)
    return Reply(embed=shown, view=row_of(*decision_buttons(subject.noun, approval)))


def card_footer(opened_record: int) -> str:
    """Return what identifies the card of a round: the record that opened the round."""
    return f"#{opened_record}"


def fact_lines(subject: Subject, changes: tuple[Change, ...] = ()) -> list[str]:
    """Write the facts of a thing; of those that changed, before -> after.

    Masked values may look alike before and after, so of contact data it says that it changed.
    """
    changed = {change.field: change for change in changes}
    lines = []
    for name, value in subject.facts:
        change = changed.pop(name, None)
        lines.append(_fact_line(subject, name, value, change))
    return [*(_fact_line(subject, name, "", left) for name, left in changed.items()), *lines]


def twin_lines(noun: str, twins: Sequence[Resemblance]) -> list[str]:
    """Warn of others that a thing may be: the first of them, and how many more there are."""
    lines = [_(_TWINS[twin.by]).format(name=bold(twin.label)) for twin in twins[:_MAX_TWINS]]
    if more := len(twins) - len(lines):
        text = ngettext(
            "⚠️ {count} more resembles it: look through `/{noun} list`.",
            "⚠️ {count} more resemble it: look through `/{noun} list`.",
            more,
        )
        lines.append(text.format(count=more, noun=noun))
    return lines


def _fact_line(subject: Subject, field: str, value: str, change: Change | None) -> str:
    name = field_name(field)
    if change is not None and field in subject.private:
        return _("{field}: {value} (changed)").format(field=name, value=value_text(field, value))
    if change is None or change.before == change.after:
        return f"{name}: {contact_text(value)}"
    return f"{name}: {value_text(field, change.before)} → {value_text(field, change.after)}"


def decision_buttons(
    noun: str, approval: Approval, *, name: str = "", row: int | None = None
) -> list[Component]:
    """Make the buttons of a card; in a list, the first one names the thing."""
    controls, words = controls_of(noun), words_of(noun)
    version, shown = (approval.subject_id, approval.version), clip(name, _MAX_NAME_ON_BUTTON)
    buttons = [
        controls.buttons[each.verb](
            _(each.named).format(name=shown) if name and each.named else _(each.label),
            *version,
            style=each.style,
        )
        for each in words.decisions
    ]
    buttons.append(controls.details(_(words.details), approval.subject_id))
    for each in buttons:
        each.row = row
    return buttons


def reason_form(subject: Subject, version: int, verb: str) -> discord.ui.Modal:
    """Ask for the reason of a decision about a version of a thing."""
    (words,) = [each for each in words_of(subject.noun).decisions if each.verb == verb]
    reason: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id="reason",
        style=discord.TextStyle.paragraph,
        placeholder=_(words.placeholder),
        min_length=1,
        max_length=MAX_NOTE,
    )
    title = _(words.form).format(name=clip(subject.label, _MAX_NAME_IN_TITLE))
    fields = {_("Reason"): reason}
    return controls_of(subject.noun).forms[verb](title, subject.id, version, fields=fields)


def deciding(message: discord.Message) -> dict[str, Any]:
    """Return the arguments that show a card while a decision about it is under way."""
    greyed = discord.ui.View(timeout=None)
    for row in message.components:
        for each in row.children if isinstance(row, discord.ActionRow) else ():
            if isinstance(each, discord.Button):
                greyed.add_item(discord.ui.Button(label=each.label, disabled=True))
    greyed.stop()  # it is never pressed, so discord.py need not remember it
    return {
        "content": _("⏳ deciding…"),
        "embeds": message.embeds,
        "view": greyed,
        "allowed_mentions": discord.AllowedMentions.none(),
    }


def state_line(noun: str, state: ApprovalState) -> str:
    """Say the state of a round: who decided, when and why."""
    words = status_words(noun, state.status)
    users = ", ".join(person(user_id) for user_id in state.by)
    if not users and state.status != pending_of(noun):
        # No one decided: it was withdrawn, or needs no decision.
        return f"{words.mark} {_(words.name)}"
    if state.status == pending_of(noun) and state.given:
        text = _("{mark} {given} of {needed} approvals: {users}")
        return text.format(mark=words.mark, given=state.given, needed=state.needed, users=users)
    if not users or state.at is None:
        return _("{mark} Waiting for a decision").format(mark=words.mark)
    said = f"{words.mark} " + _(words.said).format(users=users, when=when(state.at))
    return f"{said}: {plain(state.reason)}" if state.reason else said


def decision_notice(event: AuditEvent, guild_name: str) -> str:
    """Notify the user who opened a round of what a record decided, or else of what it says."""
    noun = event.subject_type
    state = ApprovalState.after(event)
    words = find_words(noun)
    notice = words.notices.get(state.status) if words and state else None
    where = [f"**{plain(guild_name)}**"] if guild_name else []
    if state is None or notice is None:
        # A record of another kind must not keep everything else from this user.
        said = f"{person(event.actor_id)} {verb_of(event.action)} {bold(event.subject)}."
        return " ".join([said, *where, f"`#{event.record}`"])
    said = _(notice).format(name=bold(event.subject), user=person(event.actor_id))
    lines = [" ".join([mark_of(noun, state.status), said, *where, f"`#{event.record}`"])]
    if state.reason:
        lines.append(_("Reason: {reason}").format(reason=plain(state.reason)))
    return "\n".join(lines)


def proposed_reply(
    reply: Reply,
    kind: ApprovalKind,
    *,
    twins: Sequence[Resemblance] = (),
    is_channel_missing: bool,
    are_approvers_missing: bool,
) -> Reply:
    """Add to the answer of a proposal what it resembles, and what prevents a decision."""
    lines = [reply.content, *twin_lines(kind.noun, twins)]
    if is_channel_missing:
        text = _(
            "⚠️ There is no approvals channel yet, so no one is asked. `/setup` makes one; until "
            "then those who may decide find it with `{command}`."
        )
        lines.append(text.format(command=words_of(kind.noun).list_command))
    if are_approvers_missing:
        who = _("⚠️ No one but you could approve this.")
        if kind.agreements > 1:
            who = ngettext(
                "⚠️ It takes the approval of {count} other user, and there are fewer.",
                "⚠️ It takes the approval of {count} other users, and there are fewer.",
                kind.agreements,
            ).format(count=kind.agreements)
        text = _(
            "Give someone a Discord role that grants `{permission}`: `/role bind` links one to "
            "`manager`."
        )
        lines.append(f"{who} {text.format(permission=kind.permissions.approve)}")
    return Reply("\n".join(lines))
