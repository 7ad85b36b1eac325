"""What a supplier's rules refuse."""

from dataclasses import dataclass, field

from bot.errors import AlreadyExists


@dataclass(eq=False)
class SupplierExists(AlreadyExists):
    """Another supplier, of whatever status, has this name."""

    noun: str = field(default="supplier", init=False)
    status: str = ""
