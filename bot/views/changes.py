"""Changes of anything but stock, as answers, and the fields that they changed."""

import re
from typing import Final

from bot.domain.actions import is_reversible
from bot.domain.changes import Change, Changed
from bot.domain.contacts import UNREADABLE
from bot.domain.guild_settings import SETTING_NAMES
from bot.domain.items import split_field
from bot.domain.permissions import DEFAULT_ROLES
from bot.domain.receiving import read_received
from bot.locales import N_, _
from bot.views.actions import headline_of
from bot.views.approval_words import status_word
from bot.views.catalogue import kind_text
from bot.views.components import row_of
from bot.views.replies import Reply, renders
from bot.views.stock import UNDO
from bot.views.text import bold, plain

# Fields that hold Discord ids, and how Discord shows such an id.
_MENTIONS = {
    "audit channel": "<#{}>",
    "approvals channel": "<#{}>",
    "alerts channel": "<#{}>",
    "requests channel": "<#{}>",
    "channel": "<#{}>",
    "discord role": "<@&{}>",
    # Who claimed a role for themselves.
    **{role.name: "<@{}>" for role in DEFAULT_ROLES},
}
# Fields that list several such ids.
_MENTION_LISTS = {
    "discord roles": r"<@&\g<0>>",
    "people": r"<@\g<0>>",
    **{f"{role.name} role": r"<@&\g<0>>" for role in DEFAULT_ROLES},
}
# Lots that a record made are named by the ids of item and lot.
_LOT: Final = re.compile(r"lot \d+/\d+", re.ASCII)
_LOT_STATES: Final = {"open": N_("open"), "held": N_("held")}
# The fields of records, by the names that records keep for ever.
FIELD_NAMES: Final = {
    "sku": N_("SKU"),
    "name": N_("name"),
    "unit": N_("unit"),
    "reorder point": N_("reorder point"),
    "reorder target": N_("reorder target"),
    "tracking": N_("tracking"),
    "whole": N_("whole"),
    "image": N_("picture"),
    "merged": N_("merged"),
    "days kept since": N_("days kept since"),
    "kind": N_("kind"),
    "archived": N_("archived"),
    "inside": N_("inside"),
    "lot": N_("lot"),
    "lots": N_("lots"),
    "state": N_("state"),
    "status": N_("status"),
    "reason": N_("reason"),
    "email": N_("e-mail"),
    "phone": N_("phone"),
    "tax id": N_("tax id"),
    "note": N_("note"),
    "description": N_("description"),
    "permissions": N_("permissions"),
    "role": N_("role"),
    "roles": N_("roles"),
    "people": N_("members"),
    "discord role": N_("Discord role"),
    "discord roles": N_("Discord roles"),
    "audit channel": N_("audit channel"),
    "approvals channel": N_("approvals channel"),
    "alerts channel": N_("alerts channel"),
    "requests channel": N_("requests channel"),
    "channel": N_("channel"),
    "board": N_("board"),
    "admin": N_("admin"),
    "viewer role": N_("viewer role"),
    "admin role": N_("admin role"),
    "manager role": N_("manager role"),
    "employee role": N_("employee role"),
    "auditor role": N_("auditor role"),
    "buyer role": N_("buyer role"),
    "accountant role": N_("accountant role"),
    "every": N_("every"),
    "at": N_("at"),
    "records": N_("records"),
    "moves": N_("moves"),
    "chain": N_("chain"),
    "signature": N_("signature"),
    "backup": N_("backup"),
    "head before": N_("head before"),
    "values": N_("values"),
    "given up": N_("given up"),
    "schema": N_("schema"),
    "shift": N_("shift"),
    "link": N_("link"),
    "token": N_("token"),
    "devices": N_("revoked devices"),
    "until": N_("until"),
    "location": N_("location"),
    "items": N_("items"),
    "lines": N_("lines"),
    "blind": N_("blind"),
    "counted": N_("counted"),
    "differences": N_("differences"),
    "counted lines": N_("counted lines"),
    "skipped lines": N_("skipped lines"),
    "for": N_("for"),
    "needed by": N_("needed by"),
    "price": N_("price"),
    "from quantity": N_("from quantity"),
    "valid from": N_("valid from"),
    "supplier": N_("supplier"),
    "currency": N_("currency"),
    "rate": N_("rate"),
    "total": N_("total"),
    "in books": N_("in the books' currency"),
    "promised for": N_("promised for"),
    "not coming": N_("not coming any more"),
    "date": N_("date"),
    "file": N_("file"),
    "invoice": N_("invoice"),
    "amount": N_("amount"),
    "open": N_("open"),
    "reference": N_("reference"),
    "paid on": N_("paid on"),
}
# Fields of which an item may have several.
_OF_EACH: Final = {"barcode": N_("barcode {name}"), "unit": N_("1 {name}")}
# Fields that hold a hash, and so much of it tells it from another one.
_HASHES: Final = frozenset({"image", "link", "token"})
_SHOWN_HASH: Final = 8
_ID = re.compile(r"\b\d{3,}\b")


@renders(Changed)
def changed_page(changed: Changed) -> Reply:
    """Show what changed, before -> after, and the record's number."""
    subject = subject_text(changed.noun, changed.subject)
    lines = [f"✅ {headline_of(changed.action)} {subject}".rstrip()]
    lines += [change_text(change, changed.noun) for change in changed.changes]
    lines.append(f"`#{changed.record}`")
    view = row_of(UNDO(_("Undo"), changed.record)) if is_reversible(changed.action) else None
    return Reply("\n".join(lines), view=view)


def subject_text(noun: str, subject: str) -> str:
    """Write the subject of a record: a member as a mention, and nothing for the guild itself."""
    if noun == "guild":
        return ""
    return f"<@{subject}>" if noun == "member" else bold(subject)


def change_text(change: Change, noun: str = "") -> str:
    """Write one field of a kind of thing before -> after."""
    before, after = (
        value_text(change.field, value, noun) for value in (change.before, change.after)
    )
    field = field_name(change.field)
    return f"{field}: {before} → {after}" if change.before else f"{field}: {after}"


def field_name(field: str) -> str:
    """Write the name of a field; one of a later version as records have it."""
    kind, which = split_field(field)
    if kind:
        return _(_OF_EACH[kind]).format(name=plain(which))
    if _LOT.fullmatch(field):
        return _("lot")
    line = read_received(field)
    if line is not None:
        return _("received of line {number}").format(number=line)
    name = FIELD_NAMES.get(field)
    if name is not None:
        return _(name)
    return field if field in SETTING_NAMES else plain(field)


def contact_text(value: str) -> str:
    """Write contact data; some of it may be encrypted under a key that is missing."""
    return f"_{_('unreadable')}_" if value == UNREADABLE else plain(value)


def value_text(field: str, value: str, noun: str = "") -> str:
    """Write a field's value; an id as Discord shows it."""
    if not value:
        return _("no") if field == "archived" else _("none")
    if field in _MENTIONS and value.isdigit():
        return _MENTIONS[field].format(value)
    if field in _MENTION_LISTS:
        return _ID.sub(_MENTION_LISTS[field], plain(value))
    if field == "status":
        return status_word(value, noun)
    return _plain_value(field, value)


def _plain_value(field: str, value: str) -> str:
    if field == "archived":
        return _("yes")
    if field == "state" and value in _LOT_STATES:
        return _(_LOT_STATES[value])
    if field == "kind":
        return kind_text(value)
    return contact_text(value[:_SHOWN_HASH] if field in _HASHES else value)
