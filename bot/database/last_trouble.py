"""The last trouble: why a database that does not answer now most likely does not."""

from typing import Final

from bot.database.errors import trouble_of
from bot.errors import Trouble, Unavailable

# An execution option of the engines of a database, which share one.
LAST_TROUBLE: Final = "last_trouble"


class LastTrouble:
    """What ailed the database when a transaction failed, until one has begun again.

    A server that is silent fails a connection after a second; people wait no longer for an answer.
    """

    def __init__(self) -> None:
        self._trouble: Trouble = "busy"

    def note(self, error: BaseException) -> None:
        """Note why a transaction failed; that others have all the connections says nothing new."""
        trouble = error.trouble if isinstance(error, Unavailable) else trouble_of(error)
        if trouble is not None and trouble != "busy":
            self._trouble = trouble

    def clear(self) -> None:
        """Note that the database has answered."""
        self._trouble = "busy"

    def refuse(self) -> Unavailable:
        """Return the refusal of what takes too long."""
        return Unavailable(trouble=self._trouble)
