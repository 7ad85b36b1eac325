"""What an operator has to repair, in the log: a line a minute, however many people meet it."""

import time
from collections.abc import Mapping
from typing import Final

from loguru import logger

from bot.errors import Trouble

AGAIN_SECONDS: Final = 60.0
_LINES: Final[Mapping[Trouble, str]] = {
    "login refused": "The database refuses this program's user; check DATABASE_URL and its rights",
    "no such database": "The server has no database of the name in DATABASE_URL",
    "wrong schema": "The database's tables are not those that this version needs; "
    "`tallyman db check` says what is missing",
    "no rights": "The database does not let this program's user do what it needs; "
    "run `tallyman db grant`",
    "disk full": "The database's disk is full; nothing is changed until there is room",
    "read-only": "The database's file cannot be written; give this user the right to write it",
    "disk failing": "The database's disk fails; look at the machine's own log",
    "damaged": "The database is damaged; stop the bot and restore a backup",
}
# When each was logged last.
_logged: dict[Trouble, float] = {}


def log_trouble(trouble: Trouble, detail: str = "") -> None:
    """Log what has to be repaired, unless it was logged within the last minute."""
    line, now = _LINES.get(trouble), time.monotonic()
    if line is None or now - _logged.get(trouble, -AGAIN_SECONDS) < AGAIN_SECONDS:
        return
    _logged[trouble] = now
    logger.error("{}", f"{line} ({detail})" if detail else line)


def forget_logged() -> None:
    """Log the next trouble at once, whatever was logged before."""
    _logged.clear()
