"""Changes of anything but stock, as answers."""

import re

from bot.domain.changes import Change, Changed
from bot.views.actions import answered
from bot.views.replies import Reply, renders
from bot.views.text import bold, plain

# Fields that hold Discord ids, and how Discord shows such an id.
_MENTIONS = {
    "audit channel": "<#{}>",
    "approvals channel": "<#{}>",
    "discord role": "<@&{}>",
    "admin role": "<@&{}>",
    "manager role": "<@&{}>",
    "employee role": "<@&{}>",
    "auditor role": "<@&{}>",
}
# Fields that list several such ids.
_MENTION_LISTS = {"discord roles": r"<@&\g<0>>", "people": r"<@\g<0>>"}
_ID = re.compile(r"\b\d{3,}\b")


@renders(Changed)
def changed_page(changed: Changed) -> Reply:
    """Show what changed, before -> after, and the record's number."""
    subject = subject_text(changed.noun, changed.subject)
    lines = [f"✅ {answered(changed.action)} {subject}".rstrip()]
    lines += [change_text(change) for change in changed.changes]
    lines.append(f"`#{changed.record}`")
    return Reply("\n".join(lines))


def subject_text(noun: str, subject: str) -> str:
    """Write what a record is about: a person is an id there, the guild goes without saying."""
    if noun == "guild":
        return ""
    return f"<@{subject}>" if noun == "member" else bold(subject)


def change_text(change: Change) -> str:
    """Write one field before -> after."""
    before, after = value_text(change.field, change.before), value_text(change.field, change.after)
    field = "SKU" if change.field == "sku" else change.field
    return f"{field}: {before} → {after}" if change.before else f"{field}: {after}"


def value_text(field: str, value: str) -> str:
    """Write a field's value; an id as what Discord makes of it."""
    if not value:
        return "none"
    if field in _MENTIONS and value.isdigit():
        return _MENTIONS[field].format(value)
    if field in _MENTION_LISTS:
        return _ID.sub(_MENTION_LISTS[field], plain(value))
    return plain(value)
