"""What a database error means: try again, another node, a database that is ill, or a defect.

Drivers disagree about classes (asyncpg's errors arrive as plain DBAPIError, a killed server
gives no SQLSTATE at all), so only facts are looked at: SQLSTATE, SQLite's codes, constraint names.
SQLite has no code of its own for a table or column that is missing: there its words are.
"""

import errno
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.database.trouble_log import log_trouble
from bot.domain.stock import NotReversible
from bot.errors import TallymanError, Trouble, Unavailable

# The longest prefix decides. Serialization, deadlock, lock timeout; 57014 is a statement's
# timeout, 25P03 an idle transaction's, 53300 too many connections, 57P* an operator's shutdown, 08*
# a lost connection, 28* a login that was refused. 42501 is a privilege that is missing; 3F000,
# 42P01 and 42703 a schema, table or column, 42P10 the key that ON CONFLICT names.
_OF_STATES: Final[Mapping[str, Trouble]] = {
    "40001": "busy",
    "40P01": "busy",
    "55P03": "busy",
    "57014": "busy",
    "25P03": "busy",
    "53": "busy",
    "57P": "unreachable",
    "08": "unreachable",
    "25006": "changing over",
    "28": "login refused",
    "3D000": "no such database",
    "53100": "disk full",
    "42501": "no rights",
    "3F000": "wrong schema",
    "42P01": "wrong schema",
    "42703": "wrong schema",
    "42P10": "wrong schema",
    "58": "disk failing",
    "XX001": "damaged",
    "XX002": "damaged",
}
_OF_SQLITE_CODES: Final[Mapping[int, Trouble]] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_INTERRUPT: "busy",
    sqlite3.SQLITE_NOMEM: "busy",
    sqlite3.SQLITE_PROTOCOL: "busy",
    sqlite3.SQLITE_CANTOPEN: "unreachable",
    sqlite3.SQLITE_PERM: "read-only",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_FULL: "disk full",
    # The index of the write-ahead log could not grow.
    sqlite3.SQLITE_IOERR_SHMSIZE: "disk full",
    sqlite3.SQLITE_IOERR: "disk failing",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}
_OF_SQLITE_WORDS: Final = re.compile(
    r"no such (table|column): |table \S+ has no column named |ON CONFLICT clause does not match"
)
_OF_ERRNOS: Final[Mapping[int, Trouble]] = {
    errno.ENOSPC: "disk full",
    errno.EDQUOT: "disk full",
    errno.EFBIG: "disk full",
    errno.EROFS: "read-only",
    errno.EIO: "disk failing",
}
# Citus names the constraint of a shard, but for checks, and does so in the message alone if it is
# another node's. What it copies into a shard fails without a code.
_SHARD: Final = re.compile(r"_\d{6,}$")
_IN_MESSAGE: Final = re.compile(r"\b((?:pk|fk|uq|ck)_\w+?)(?:_\d{6,})?\b")
_OF_ROWS: Final = ("23", "XX000")
# What Citus says, without a code of its own, of a node that went away at the commit.
_LOST_COMMIT: Final = "could not commit transaction for shard"
# The same unit may succeed when it is tried again within two seconds.
_PASSING: Final = frozenset[Trouble]({"busy", "unreachable", "changing over", "login refused"})
# A connection keeps what it found when it was opened: a node that only reads, a file without the
# right to write, a search_path. Kept in the pool, it would refuse long after the database is well.
_STICKING: Final = frozenset[Trouble](
    {"changing over", "read-only", "damaged", "disk failing", "wrong schema"}
)


def trouble_of(error: BaseException) -> Trouble | None:
    """Return what ails the database, None for a defect or a refusal."""
    if isinstance(error, PoolTimeout):
        return "busy"
    orig = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError):
        state = sqlstate(error)
        if state is not None:
            return _of_state(state, error)
    # asyncpg was told that its session ended, but has not seen yet that the connection is closed.
    if type(error).__name__ == "InternalClientError":
        return "unreachable"
    if isinstance(orig, OSError):
        return _OF_ERRNOS.get(orig.errno or 0, "unreachable")
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return "unreachable"
    return _of_sqlite(orig)


def is_transient(error: BaseException) -> bool:
    """Whether the same unit may succeed when tried again."""
    return trouble_of(error) in _PASSING


def is_sticking(error: BaseException) -> bool:
    """Whether connections opened so far would go on failing once the database is well again."""
    trouble = error.trouble if isinstance(error, Unavailable) else trouble_of(error)
    return trouble in _STICKING


def is_unanswered(error: BaseException) -> bool:
    """Whether a server was asked and gave no answer, so that it may do so, and do it, later."""
    if isinstance(error, DBAPIError):
        return sqlstate(error) is None
    return isinstance(error, OSError)


def unavailable(error: BaseException, *, is_certain: bool = True) -> Unavailable | None:
    """Return what an error of the database means to the caller, None for a defect or a refusal.

    What an operator has to repair is logged as well, in one line a minute.
    """
    if isinstance(error, Unavailable):
        return replace(error, is_certain=is_certain)
    trouble = trouble_of(error)
    if trouble is None:
        return None
    names_thing = trouble in {"wrong schema", "no rights"}
    log_trouble(trouble, _first_line(error) if names_thing else "")
    return Unavailable(is_certain=is_certain, trouble=trouble)


@contextmanager
def refusing() -> Iterator[None]:
    """Raise Unavailable for what the database cannot do in this block; defects stay as they are."""
    try:
        yield
    except TallymanError:
        raise
    except Exception as error:
        if refusal := unavailable(error):
            raise refusal from error
        raise


def violated_constraint(error: BaseException) -> str | None:
    """Return the name of the constraint that refused a row, on either engine."""
    if not isinstance(error, DBAPIError):
        return None
    for candidate in (error.orig, getattr(error.orig, "__cause__", None)):
        name = getattr(candidate, "constraint_name", None)
        if name:
            return _SHARD.sub("", str(name))
    text = str(error.orig)
    if text.startswith("CHECK constraint failed: "):
        return text.removeprefix("CHECK constraint failed: ")
    if text.startswith("UNIQUE constraint failed: "):
        return _name_of_columns(text.removeprefix("UNIQUE constraint failed: "))
    if (sqlstate(error) or "").startswith(_OF_ROWS):
        found = _IN_MESSAGE.search(text.partition("\n")[0])
        return found[1] if found else None
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


def _is_stale_plan(error: DBAPIError) -> bool:
    """Whether a plan is from before a migration: asyncpg drops it, the next transaction plans.

    Its SQLSTATE says as well that Citus refuses a statement, which it would do each time.
    """
    return any(
        type(candidate).__name__ == "InvalidCachedStatementError"
        for candidate in (error.orig, getattr(error.orig, "__cause__", None))
    )


def _of_state(state: str, error: DBAPIError) -> Trouble | None:
    if _is_stale_plan(error):
        return "busy"
    if state == "XX000" and _LOST_COMMIT in str(error.orig):
        return "unreachable"
    for length in (5, 3, 2):
        if trouble := _OF_STATES.get(state[:length]):
            return trouble
    return None


def _of_sqlite(error: object) -> Trouble | None:
    code = getattr(error, "sqlite_errorcode", None) or 0
    if code == sqlite3.SQLITE_ERROR and _OF_SQLITE_WORDS.search(str(error)):
        return "wrong schema"
    # The low byte is the family of an extended code.
    return _OF_SQLITE_CODES.get(code) or _OF_SQLITE_CODES.get(code & 0xFF)


def _first_line(error: BaseException) -> str:
    """Return what the database itself says, which names the table."""
    orig = error.orig if isinstance(error, DBAPIError) else error
    cause = getattr(orig, "__cause__", None)
    return str(cause or orig).partition("\n")[0]


def _name_of_columns(columns: str) -> str:
    """Turn SQLite's `item.guild_id, item.sku_key` into the constraint's name."""
    names = [column.split(".", 1) for column in columns.split(", ")]
    return "_".join(["uq", names[0][0], *(name for _, name in names)])
