"""Permissions and their areas in words, one short sentence each."""

from collections.abc import Iterator

from bot.domain.permissions import PERMISSION_AREAS, PERMISSIONS
from bot.locales import N_, _

PERMISSION_WORDS = {
    "stock.view": N_("See stock, locations and the history of moves"),
    "stock.move": N_("Take, put and move stock; undo own records"),
    "stock.adjust": N_("Set the stock at a location to what was counted"),
    "stock.reverse": N_("Undo any stock record, at any time"),
    "stock.bulk": N_("Move many items at once"),
    "stock.export": N_("Download stock and history as a file"),
    "lot.control": N_("Hold, release and recall lots; use held and expired ones"),
    "board.manage": N_("Show boards in channels, and schedule reports"),
    "device.use": N_("Link phones and scanners, and work with them"),
    "item.view": N_("See items"),
    "item.manage": N_("Add, change, archive and restore items"),
    "location.manage": N_("Add, rename and archive locations"),
    "supplier.view": N_("See suppliers, with masked contact data"),
    "supplier.propose": N_("Propose and change suppliers"),
    "supplier.approve": N_("Approve and reject suppliers that others propose"),
    "supplier.suspend": N_("Suspend and reinstate suppliers"),
    "count.perform": N_("Count stock"),
    "count.approve": N_("Post, repeat and discard counts of others"),
    "request.view": N_("See requests"),
    "request.create": N_("Request goods"),
    "request.pick": N_("Pick and cancel requests"),
    "order.view": N_("See orders; their prices only with price.view"),
    "order.create": N_("Make, change, send and close orders"),
    "order.approve": N_("Approve and reject orders of others"),
    "order.receive": N_("Receive deliveries"),
    "price.view": N_("See prices, invoices and payments"),
    "price.edit": N_("Set prices of suppliers"),
    "invoice.edit": N_("Enter, match and dispute invoices"),
    "payment.request": N_("Ask for payments"),
    "payment.approve": N_("Approve and reject payments that others ask for"),
    "payment.execute": N_("Record and reverse payments"),
    "report.view": N_("See reports"),
    "people.view": N_("See people and roles"),
    "people.manage": N_("Assign roles, deactivate and reactivate members"),
    "role.manage": N_("Create, change, delete and bind roles"),
    "settings.manage": N_("Set up the server and change settings"),
    "audit.view": N_("Search, verify and export the audit trail"),
}
AREA_WORDS = {
    "stock": N_("Stock"),
    "catalogue": N_("Catalogue"),
    "suppliers": N_("Suppliers"),
    "counts": N_("Counts"),
    "requests": N_("Requests"),
    "orders": N_("Orders and prices"),
    "payments": N_("Invoices and payments"),
    "reports": N_("Reports"),
    "people": N_("People and roles"),
    "server": N_("Settings and audit"),
}


def list_permissions_without_words() -> Iterator[str]:
    """Yield the declared permissions and areas that have no words here."""
    for name in sorted(set(PERMISSIONS) - PERMISSION_WORDS.keys()):
        yield f"the permission {name} has no words"
    for area in sorted(PERMISSION_AREAS.keys() - AREA_WORDS.keys()):
        yield f"the area {area} has no words"


def permission_text(name: str) -> str:
    """Say what a permission allows; one of a later version by its own name."""
    words = PERMISSION_WORDS.get(name)
    return name if words is None else _(words)


def area_text(area: str) -> str:
    """Name an area of permissions."""
    return _(AREA_WORDS[area])
