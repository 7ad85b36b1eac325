"""What the database itself says was done to it, transaction by transaction."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.database.service import DatabaseService
from tests.database.servers import PostgresqlServer

_CHANGE = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(\w+)", re.IGNORECASE)
_LOCK = re.compile(r"^SELECT .*\bFROM book\b.*\bFOR (NO KEY )?UPDATE", re.IGNORECASE | re.DOTALL)
# Session and statement of a line like `6776|books_1|LOG:  execute __asyncpg_stmt_1__: BEGIN`.
_ENTRY = re.compile(r"^(\d+)\|(\w*)\|LOG:  (?:statement|execute [^:]*): ", re.MULTILINE)


@dataclass(frozen=True)
class Transaction:
    """The statements between a BEGIN and a COMMIT."""

    statements: tuple[str, ...]

    @property
    def tables(self) -> set[str]:
        """The tables that it changed."""
        found = {name.lower() for statement in self.statements for name in _changes(statement)}
        return found - {"set"}

    @property
    def starts_with_the_lock(self) -> bool:
        """Tell whether its first statement locked a guild's book."""
        return bool(_LOCK.match(self.statements[0]))

    @property
    def records(self) -> int:
        """How many audit events it wrote."""
        return sum(_changes(statement).count("audit_event") for statement in self.statements)


def _changes(statement: str) -> list[str]:
    # `FOR NO KEY UPDATE` locks and `DO UPDATE SET` belongs to its INSERT.
    return _CHANGE.findall(re.sub(r"\b(FOR NO KEY|FOR|DO) UPDATE\b", "", statement))


class Journal:
    """The committed transactions of one database."""

    def __init__(self) -> None:
        self.transactions: list[Transaction] = []
        self.last_record = 0
        self._open: dict[str, list[str]] = defaultdict(list)

    def note(self, session: str, statement: str) -> None:
        """Note a statement of a session."""
        word = statement.strip().split(maxsplit=1)[0].upper().rstrip(";")
        if word == "BEGIN":
            self._open[session] = []
        elif word == "ROLLBACK":
            self._open.pop(session, None)
        elif word == "COMMIT":
            statements = tuple(self._open.pop(session, []))
            if any(map(_changes, statements)):
                self.transactions.append(Transaction(statements))
        elif session in self._open:
            self._open[session].append(statement.strip())
        elif _changes(statement):
            # Outside of any transaction: it commits by itself.
            self.transactions.append(Transaction((statement.strip(),)))

    def note_log(self, log: str, database: str) -> None:
        """Note what a server's log says of one database."""
        parts = _ENTRY.split(log)
        for session, name, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            if name == database:
                # After a statement the log tells its parameters, on lines of their own.
                self.note(session, re.split(r"^\d+\|\w*\|", rest, flags=re.MULTILINE)[0])


@asynccontextmanager
async def keep_on_sqlite(journal: Journal, db: DatabaseService) -> AsyncIterator[None]:
    """Note what the one writing connection does."""

    async def trace(handler: Callable[[str], None] | None) -> None:
        async with db._engines.write.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.set_trace_callback(handler)

    await trace(lambda statement: journal.note("writer", statement))
    yield
    await trace(None)


@asynccontextmanager
async def keep_on_postgresql(
    journal: Journal, server: PostgresqlServer, database_url: str
) -> AsyncIterator[None]:
    """Note what connections that are opened from now on do, as the server's own log tells."""
    database = database_url.partition("?")[0].rpartition("/")[2]
    server.execute(f"ALTER DATABASE \"{database}\" SET log_statement = 'all'")
    began = len(server.read_log())
    yield
    journal.note_log(server.read_log()[began:], database)
