"""Where the lines of records are in the audit channel, for those who may read it."""

from collections.abc import Iterable

from bot.database.unit import Books
from bot.domain.message_links import RecordLinks


async def locate_records(books: Books, records: Iterable[int | None]) -> RecordLinks:
    """Return where the lines of some records are; nothing without `audit.view`."""
    if not books.rights.holds("audit.view"):
        return {}
    return await books.audit_messages.locate({each for each in records if each is not None})
