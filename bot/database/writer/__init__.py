"""The last write of a unit: ledger, levels, audit, outbox, receipt and book, all at once.

On PostgreSQL it is one statement. SQLite cannot change rows within WITH, so there the same rows
go in as a few statements of the same transaction. Levels are compared and set: a level that
changed behind the book's back is found out and nothing is written.
"""

from typing import Final

from bot.database.unit import BookHead, UnitOfWork
from bot.database.writer import postgresql, sqlite
from bot.database.writer.further import date_lines, index_subjects, queue_messages
from bot.database.writer.rows import ReceiptDraft, rows_of_unit
from bot.threads import in_unit_thread

__all__ = ["ReceiptDraft", "write_unit"]

# Rows of so many take tens of milliseconds, in which no other guild would be answered. On SQLite
# all that write wait for this one, which a thread makes slower.
_MANY_LINES: Final = 1000


async def write_unit(uow: UnitOfWork, head: BookHead, receipt: ReceiptDraft) -> None:
    """Write everything that a unit leaves behind; `head` is what the book will say after it."""
    connection = uow.scope.connection
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite or len(uow.posting.lines) < _MANY_LINES:
        rows = rows_of_unit(uow, head, receipt)
    else:
        rows = await in_unit_thread(rows_of_unit, uow, head, receipt)
    write = sqlite.write if is_sqlite else postgresql.write
    await write(connection, rows)
    if uow.messages:
        await queue_messages(connection, uow.messages, rows.event)
    if rows.subjects:
        await index_subjects(connection, rows.subjects, rows.event)
    if rows.dated:
        await date_lines(connection, rows.dated, rows.event)
