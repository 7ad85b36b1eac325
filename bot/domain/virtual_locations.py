"""The virtual locations: where stock comes from and goes to outside the warehouse.

Their ids are the same in every guild's books and the smallest of all, so that the database can
tell a location with a floor of zero from one without by its id alone.
"""

from enum import IntEnum


class VirtualLocation(IntEnum):
    """The outside world, as ends of a move; levels here may go below zero."""

    SUPPLIER = 1
    CUSTOMER = 2
    LOSS = 3
    GAIN = 4


LAST_VIRTUAL_ID = max(VirtualLocation)

# Ids up to here are reserved for what every guild's books start with.
LAST_RESERVED_ID = 99


def is_virtual(location_id: int) -> bool:
    """Whether the id names the outside world rather than a shelf."""
    return location_id <= LAST_VIRTUAL_ID


def end_of_move(location_id: int) -> int:
    """Return a location that the ledger names as an end for another move.

    The outside world is an end only as a VirtualLocation: a plain id may come from a button, and
    no one can choose the outside world there.
    """
    return VirtualLocation(location_id) if is_virtual(location_id) else location_id
