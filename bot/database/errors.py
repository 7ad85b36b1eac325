"""What a database error means: try again, a rule of the schema, or a defect.

Drivers disagree about classes (asyncpg's errors arrive as plain DBAPIError, a killed server
gives no SQLSTATE at all), so only facts are looked at: SQLSTATE, constraint names, messages.
"""

import asyncio

from loguru import logger
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.domain.stock import NotReversible
from bot.errors import TallymanError, Unavailable

# Serialization, deadlock, lock timeout, read-only standby; 57P* is an operator's shutdown,
# 57014 a statement's timeout, 25P03 an idle transaction's, 53300 too many connections, 08* a
# lost connection, 28* a login that was refused, 0A000 a plan from before a migration: asyncpg
# forgets it and the next transaction plans again.
_TRANSIENT_STATES = (
    "40001", "40P01", "55P03", "25006", "57P", "57014", "25P03", "53300", "08", "28", "0A000",
)  # fmt: skip
_TRANSIENT_SQLITE = ("database is locked", "database table is locked", "unable to open database")


def is_transient(error: BaseException) -> bool:
    """Whether the same unit may succeed when tried again."""
    if isinstance(error, PoolTimeout | OSError | asyncio.TimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = sqlstate(error)
    if state is not None:
        return state.startswith(_TRANSIENT_STATES)
    text = str(error.orig)
    return isinstance(error.orig, OSError) or any(mark in text for mark in _TRANSIENT_SQLITE)


def is_refused_login(error: BaseException) -> bool:
    """Whether the server did not let a user in."""
    return isinstance(error, DBAPIError) and (sqlstate(error) or "").startswith("28")


def unavailable(error: BaseException, *, is_certain: bool = True) -> Unavailable:
    """Return what a transient error means to the caller; a refused login is logged as well."""
    if is_refused_login(error):
        logger.error("The database refuses this program's user; check DATABASE_URL and its rights")
    return Unavailable(is_certain=is_certain)


def violated_constraint(error: BaseException) -> str | None:
    """Return the name of the constraint that refused a row, on either engine."""
    if not isinstance(error, DBAPIError):
        return None
    for candidate in (error.orig, getattr(error.orig, "__cause__", None)):
        name = getattr(candidate, "constraint_name", None)
        if name:
            return str(name)
    text = str(error.orig)
    if text.startswith("CHECK constraint failed: "):
        return text.removeprefix("CHECK constraint failed: ")
    if text.startswith("UNIQUE constraint failed: "):
        return _name_of_columns(text.removeprefix("UNIQUE constraint failed: "))
    return None


def to_domain_error(error: BaseException) -> TallymanError | None:
    """Return the domain error of a constraint that is not one controller's, or None."""
    if violated_constraint(error) == "uq_audit_event_guild_id_reverses":
        return NotReversible(record=0, reason="already_reversed")
    return None


def sqlstate(error: DBAPIError) -> str | None:
    """Return PostgreSQL's code for what went wrong, None if the server gave none."""
    for candidate in (error.orig, getattr(error.orig, "__cause__", None)):
        state = getattr(candidate, "sqlstate", None) or getattr(candidate, "pgcode", None)
        if state:
            return str(state)
    return None


def _name_of_columns(columns: str) -> str:
    """Turn SQLite's `item.guild_id, item.sku_key` into the constraint's name."""
    names = [column.split(".", 1) for column in columns.split(", ")]
    return "_".join(["uq", names[0][0], *(name for _, name in names)])
