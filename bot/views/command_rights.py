"""What right each command takes: `/help` lists by it, and refusals name no other way."""

from collections.abc import Mapping
from typing import Final

# What each command takes; a test holds this against what counts. Nothing: it is for everyone.
COMMANDS: Final[Mapping[str, Mapping[str, str]]] = {
    "floor": {
        "take": "stock.move",
        "put": "stock.move",
        "move": "stock.move",
        "find": "stock.view",
        "undo": "stock.move or stock.reverse",
        "history": "stock.view",
        "shift start": "stock.move",
        "shift end": "stock.move",
        "adjust": "stock.adjust",
    },
    "catalogue": {
        "item list": "item.view",
        "item show": "item.view",
        "item add": "item.manage",
        "item edit": "item.manage",
        "item unit": "item.manage",
        "item barcode": "item.manage",
        "item merge": "item.manage",
        "track": "item.manage",
        "item archive": "item.manage",
        "item restore": "item.manage",
        "lot list": "stock.view",
        "lot show": "stock.view",
        "lot hold": "lot.control",
        "lot release": "lot.control",
        "lot recall": "lot.control",
        "location list": "stock.view",
        "location show": "stock.view",
        "location add": "location.manage",
        "location edit": "location.manage",
        "location rename": "location.manage",
        "location archive": "location.manage",
        "location restore": "location.manage",
    },
    "counts": {
        "count list": "count.perform",
        "count show": "count.perform",
        "count start": "count.perform",
    },
    "data": {
        "bulk": "stock.bulk",
        "export": "stock.export",
        "import": "item.manage or stock.bulk or location.manage or supplier.propose or price.edit",
    },
    "requests": {
        "request list": "request.view",
        "request show": "request.view",
        "request new": "request.create",
        "request lines": "request.create",
        "request pick": "request.pick",
        "request cancel": "request.create or request.pick",
    },
    "suppliers": {
        "supplier list": "supplier.view",
        "supplier show": "supplier.view",
        "supplier propose": "supplier.propose",
        "supplier edit": "supplier.propose",
        "supplier resubmit": "supplier.propose",
        "supplier suspend": "supplier.suspend",
        "supplier reinstate": "supplier.suspend",
    },
    "purchasing": {
        "price list": "price.view",
        "price history": "price.view",
        "price set": "price.edit",
        "order list": "order.view",
        "order show": "order.view",
        "order new": "order.create",
        "order suggest": "order.create",
        "order lines": "order.create",
        "order submit": "order.create",
        "order send": "order.create",
        "order cancel": "order.create",
        "order close": "order.create",
        "invoice list": "price.view",
        "invoice add": "invoice.edit",
        "invoice lines": "invoice.edit",
        "invoice match": "invoice.edit",
        "invoice dispute": "invoice.edit",
        "payment list": "price.view",
        "payment request": "payment.request",
        "payment record": "payment.execute",
        "payment reverse": "payment.execute",
        "receive": "order.receive",
    },
    "reports": {
        "report show": "report.view",
        "report schedule": "board.manage",
        "report unschedule": "board.manage",
        "chart": "report.view",
        "board create": "board.manage",
        "board remove": "board.manage",
    },
    "devices": {
        "device link": "device.use",
        "device list": "",
        "device revoke": "",
    },
    "people": {
        "my register": "",
        "my profile": "",
        "my permissions": "",
        "my email": "",
        "my export": "",
        "my erase": "",
        "access why": "",
        "people list": "people.view",
        "people show": "people.view",
        "people roles": "people.manage",
        "people deactivate": "people.manage",
        "people reactivate": "people.manage",
    },
    "setup": {
        "setup": "settings.manage and role.manage",
        "settings show": "settings.manage",
        "settings set": "settings.manage",
        "role list": "people.view or role.manage",
        "role create": "role.manage",
        "role permissions": "role.manage",
        "role bind": "role.manage",
        "role unbind": "role.manage",
        "role delete": "role.manage",
    },
    "audit": {
        "audit search": "audit.view",
        "audit show": "audit.view",
        "audit verify": "audit.view",
        "audit export": "audit.view",
    },
}


def satisfies(held: frozenset[str], needs: str) -> bool:
    """Whether these permissions are what a command takes."""
    if " and " in needs:
        return held.issuperset(needs.split(" and "))
    return not needs or not held.isdisjoint(needs.split(" or "))


# What is done by a button alone.
_BUTTONS: Final = {"invoice void": "invoice.edit"}


def rights_of(command: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the permissions of which a command takes any, and those of which it takes all."""
    needs = next(of[command] for of in (*COMMANDS.values(), _BUTTONS) if command in of)
    if " and " in needs:
        return (), tuple(needs.split(" and "))
    return (tuple(needs.split(" or ")) if needs else ()), ()
