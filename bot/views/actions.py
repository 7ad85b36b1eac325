"""What every action of the books is called: one line each, for the audit and for the answer."""

from typing import NamedTuple


class Said(NamedTuple):
    """An action in people's words: `told` follows a name, `answered` heads the answer."""

    told: str
    answered: str


SAID = {
    "stock.taken": Said("took", "Took"),
    "stock.put": Said("put", "Put"),
    "stock.moved": Said("moved", "Moved"),
    "stock.adjusted": Said("adjusted", "Adjusted"),
    "stock.reversed": Said("undid", "Undid"),
    "item.added": Said("added item", "Added the item"),
    "item.edited": Said("changed item", "Changed the item"),
    "item.archived": Said("archived item", "Archived the item"),
    "item.restored": Said("restored item", "Restored the item"),
    "location.added": Said("added place", "Added the place"),
    "location.renamed": Said("renamed place", "Renamed the place"),
    "location.archived": Said("archived place", "Archived the place"),
    "supplier.proposed": Said("proposed supplier", "Proposed the supplier"),
    "supplier.edited": Said("changed supplier", "Changed the supplier"),
    "supplier.approved": Said("approved supplier", "Approved the supplier"),
    "supplier.rejected": Said("rejected supplier", "Rejected the supplier"),
    "supplier.resubmitted": Said("resubmitted supplier", "Asked once more for the supplier"),
    "supplier.suspended": Said("suspended supplier", "Suspended the supplier"),
    "supplier.reinstated": Said("reinstated supplier", "Asked once more for the supplier"),
    "role.created": Said("created role", "Created the role"),
    "role.permitted": Said("changed what the role may do:", "Changed what the role may do:"),
    "role.deleted": Said("deleted role", "Deleted the role"),
    "role.forgotten": Said("forgot the deleted Discord role", "Forgot the deleted Discord role"),
    "role.bound": Said("bound role", "Bound the role"),
    "role.unbound": Said("unbound role", "Unbound the role"),
    "member.registered": Said("registered", "Registered"),
    "member.edited": Said("changed the profile of", "Changed the profile of"),
    "member.roles": Said("set the roles of", "Set the roles of"),
    "member.deactivated": Said("switched off the access of", "Switched off the access of"),
    "member.reactivated": Said("switched on the access of", "Switched on the access of"),
    "member.erased": Said("erased the profile of", "Erased the profile of"),
    "guild.set_up": Said("set up the books:", "The books are set up:"),
    "day.closed": Said("closed the day", "Closed the day"),
    "settings.changed": Said("changed setting", "Changed the setting"),
}


def told(action: str) -> str:
    """Say an action after somebody's name; one that this version does not know by its own name."""
    said = SAID.get(action)
    return said.told if said else action


def answered(action: str) -> str:
    """Say an action at the head of an answer."""
    return SAID[action].answered
