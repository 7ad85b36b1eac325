"""Condition: whether the database takes changes, as readiness asks it.

Nothing is written to the database for that: on SQLite the writer's lock would be taken from people.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.errors import refusing
from bot.database.last_trouble import LastTrouble
from bot.database.maintenance import Maintenance
from bot.database.schema_check import SchemaCheck
from bot.database.trouble_log import log_once, log_trouble
from bot.domain.rights import CLOCK_DRIFT
from bot.errors import ClockBehind, ClockWrong, Trouble, Unavailable

# As much as a small unit adds to the write-ahead log.
_PROBE_BYTES: Final = 1 << 16
# True on a standby, and on a primary that an operator let only read.
_IS_READ_ONLY: Final = text("SELECT current_setting('transaction_read_only') = 'on'")
_SECONDS: Final = "%Y-%m-%d %H:%M:%SZ"
_LOOK: Final = text("SELECT count(*) FROM sqlite_master")


class Condition:
    """What is known of the database's health: what a question finds, and what was found before."""

    def __init__(
        self,
        maintenance: Maintenance,
        file: Path | None,
        clock: Callable[[], datetime] | None,
        last: LastTrouble,
    ) -> None:
        self.is_damaged = False
        self.clock_behind: ClockBehind | None = None
        # Discord's time, as far as it is known; only where `clock` is this machine's own.
        self.discord_now: Callable[[], datetime | None] = lambda: None
        self._maintenance = maintenance
        self._file = file
        self._clock = clock
        self._schema = SchemaCheck()
        # The refusal of what takes too long: what ailed the database last, or that it is busy.
        self.refuse_late: Callable[[], Unavailable] = last.refuse

    async def check(self) -> None:
        """Raise Unavailable unless the database could take a change now."""
        if self.is_damaged:
            raise Unavailable(trouble="damaged")
        self.require_right_clock()
        if self.clock_behind is not None and self._clock is not None:
            # Unit after unit says whether it still is; a clock that was set needs no unit. One that
            # agrees with Discord's is right: then a guild's books are ahead, and others go on.
            is_behind = self._clock() < self.clock_behind.newest - CLOCK_DRIFT
            if is_behind and self.discord_now() is None:
                raise Unavailable(trouble="clock behind")
            self.clock_behind = None
        try:
            await self._maintenance.read(self._ask)
        except Unavailable as error:
            if error.trouble not in {"changing over", "unreachable", "wrong schema"}:
                raise
            # The session may be lost since its last use, or older than what the node is now.
            await self._maintenance.read(self._ask)
        if self._file is not None:
            await asyncio.to_thread(_try_to_write, self._file)

    async def _ask(self, connection: AsyncConnection) -> None:
        if connection.dialect.name == "sqlite":
            await connection.execute(_LOOK)
        elif await connection.scalar(_IS_READ_ONLY):
            # Raised within the transaction, so that the connection to this node is left.
            raise Unavailable(trouble="changing over")
        await self._schema.require_schema(connection)

    def find_wrong_clock(self) -> ClockWrong | None:
        """Return by what the clock is wrong, None if it agrees with Discord's to within a drift.

        Or if Discord's is not known, or an operator goes on with a wrong one on purpose.
        """
        right = self.discord_now()
        if right is None or self._clock is None:
            return None
        now = self._clock()
        if abs(now - right) <= CLOCK_DRIFT:
            return None
        trouble: Trouble = "clock ahead" if now > right else "clock behind"
        return ClockWrong(trouble=trouble, now=now, right=right)

    def require_right_clock(self) -> None:
        """Raise ClockWrong where the clock is wrong: whatever is done now would be misdated."""
        wrong = self.find_wrong_clock()
        if wrong is not None:
            log_trouble(
                wrong.trouble, f"it says {wrong.now:{_SECONDS}}, Discord {wrong.right:{_SECONDS}}"
            )
            raise wrong

    def require_clock(self, guild_id: int, now: datetime, newest: datetime | None) -> None:
        """Raise ClockBehind if a record of now would be older than the newest, by over a drift.

        Unless an operator goes on with a clock that is behind on purpose.
        """
        if newest is not None and newest - now > CLOCK_DRIFT and self._clock is not None:
            self.clock_behind = ClockBehind(now=now, newest=newest)
            log_once(
                f"books of {guild_id}",
                f"Guild {guild_id} has a record of {newest:{_SECONDS}}, but it is "
                f"{now:{_SECONDS}}: nothing of it is changed",
            )
            raise self.clock_behind


def file_of(url: str) -> Path | None:
    """Return the file of an SQLite database, None for a server or for memory."""
    parsed = make_url(url)
    name = parsed.database if parsed.get_backend_name() == "sqlite" else None
    return None if name in {None, "", ":memory:"} else Path(str(name))


def _try_to_write(file: Path) -> None:
    """Write beside the file, where SQLite keeps its log; what is written has no name."""
    if not file.exists():
        raise Unavailable(trouble="unreachable")
    if not os.access(file, os.W_OK) or not os.access(file.parent, os.W_OK):
        raise Unavailable(trouble="read-only")
    with refusing(), tempfile.TemporaryFile(dir=file.parent) as probe:
        probe.write(bytes(_PROBE_BYTES))
        probe.flush()
