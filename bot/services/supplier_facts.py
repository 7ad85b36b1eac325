"""A supplier's fields: what is accepted, how they are shown, and to whom in full."""

from typing import Any, Final

from bot.database.models import Supplier
from bot.database.unit import Books
from bot.domain.changes import Change
from bot.domain.contacts import (
    mask_email,
    mask_phone,
    mask_tax_id,
)
from bot.domain.suppliers import STATUSES
from bot.services.approvals.kinds import ApprovalKind, ApprovalPermissions, Subject
from bot.services.supplier_twins import twins_of

NOUN: Final = "supplier"

# As records and cards call the fields that are encrypted, and masked for most users.
_CONTACT_DATA: Final = frozenset({"email", "phone", "tax id"})


async def subject_of(books: Books, supplier_id: int) -> Subject:
    """Return a supplier as what is decided about; raises NotFound."""
    return to_subject(await books.suppliers.require_reference(supplier_id))


def facts_of(supplier: Supplier, *, is_masked: bool = True) -> dict[str, str]:
    """Return a supplier's fields as people read them, contact data masked unless said otherwise."""
    email, phone, tax_id = supplier.email or "", supplier.phone or "", supplier.tax_id or ""
    if is_masked:
        email, phone, tax_id = mask_email(email), mask_phone(phone), mask_tax_id(tax_id)
    return {
        "name": supplier.name,
        "email": email,
        "phone": phone,
        "tax id": tax_id,
        "note": supplier.note,
    }


def to_subject(supplier: Supplier) -> Subject:
    """Return a supplier as its card shows it."""
    facts = facts_of(supplier)
    del facts["name"]
    shown = tuple((name, value) for name, value in facts.items() if value)
    return Subject(
        noun=NOUN, id=supplier.id, label=supplier.name, facts=shown, private=_CONTACT_DATA
    )


def changes_of(before: Supplier, after: Supplier, values: dict[str, Any]) -> list[Change]:
    """List what changed; two addresses may look alike when masked, and still are a change."""
    old, new = facts_of(before), facts_of(after)
    changed = {name.replace("_", " ") for name in values}
    return [Change(name, old[name], value) for name, value in new.items() if name in changed]


SUPPLIERS: Final = ApprovalKind(
    noun=NOUN,
    permissions=ApprovalPermissions(
        view="supplier.view",
        propose="supplier.propose",
        approve="supplier.approve",
        others=("supplier.suspend",),
    ),
    table=STATUSES,
    describe=subject_of,
    find_twins=twins_of,
    ways_back={
        **dict.fromkeys(("proposed", "resubmitted"), "supplier show"),
        "edited": "supplier edit",
        **dict.fromkeys(("rejected", "withdrawn"), "supplier resubmit"),
        **dict.fromkeys(("approved", "reinstated"), "supplier suspend"),
        "suspended": "supplier reinstate",
    },
)
