"""The root of the tree of errors."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.errors.rules import NotAllowed


class Refused(Protocol):
    """What the person who was refused may do: a hint names nothing else to them."""

    def lacks(
        self, *, any_of: tuple[str, ...] = (), all_of: tuple[str, ...] = ()
    ) -> "NotAllowed | None":
        """Return what is missing for something else, with who has it; None if nothing is."""


class TallymanError(Exception):
    """The root: anything the product itself says no to.

    `refused` is the person as the books know them, once they were looked at.
    """

    refused: Refused | None = None
