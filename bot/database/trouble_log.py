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
    "clock behind": "This machine's clock is wrong; nothing is changed until it is set",
    "clock ahead": "This machine's clock is wrong; nothing is changed until it is set",
}
# When each was logged last.
_logged: dict[str, float] = {}


def log_trouble(trouble: Trouble, detail: str = "") -> None:
    """Log what has to be repaired, unless it was logged within the last minute."""
    line = _LINES.get(trouble)
    if line is not None:
        log_once(trouble, f"{line} ({detail})" if detail else line)


def log_once(about: str, line: str) -> None:
    """Log a line, unless one about the same was logged within the last minute."""
    now = time.monotonic()
    if now - _logged.get(about, -AGAIN_SECONDS) < AGAIN_SECONDS:
        return
    _logged[about] = now
    logger.error("{}", line)


def forget_logged() -> None:
    """Log the next trouble at once, whatever was logged before."""
    _logged.clear()
