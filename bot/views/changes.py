"""Changes of anything but stock, as answers."""

from bot.domain.changes import Change, Changed
from bot.views.replies import Reply, renders
from bot.views.text import bold, plain

_SAID = {
    "item.added": "Added the item",
    "item.edited": "Changed the item",
    "item.archived": "Archived the item",
    "item.restored": "Restored the item",
    "location.added": "Added the place",
    "location.renamed": "Renamed the place",
    "location.archived": "Archived the place",
    "supplier.proposed": "Proposed the supplier",
    "supplier.edited": "Changed the supplier",
    "supplier.approved": "Approved the supplier",
    "supplier.rejected": "Rejected the supplier",
    "supplier.resubmitted": "Asked once more for the supplier",
    "supplier.suspended": "Suspended the supplier",
    "supplier.reinstated": "Asked once more for the supplier",
    "role.bound": "Bound the role",
    "role.unbound": "Unbound the role",
    "guild.set_up": "The books are set up:",
    "settings.changed": "Changed the setting",
}
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


@renders(Changed)
def show_changed(changed: Changed) -> Reply:
    """Show what changed, before -> after, and the record's number."""
    subject = "" if changed.noun == "guild" else f" {bold(changed.subject)}"
    lines = [f"✅ {_SAID[changed.action]}{subject}"]
    lines += [change_text(change) for change in changed.changes]
    lines.append(f"`#{changed.record}`")
    return Reply("\n".join(lines))


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
    return plain(value)
