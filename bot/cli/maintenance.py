"""Records of what the command line does to whole books, written with the owner's connection."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.settings import Settings


async def record(
    settings: Settings,
    action: str,
    facts: Sequence[tuple[str, str]] = (),
    heads_before: Mapping[int, str] | None = None,
) -> int:
    """Record an action in every guild's books; returns how many there are."""
    from bot.database.service import DatabaseService
    from bot.services.maintenance import record_in_all_books
    from bot.startup import database_settings

    owner_url = settings.database_owner_url.get_secret_value()
    db = DatabaseService(replace(database_settings(settings), url=owner_url))
    try:
        return await record_in_all_books(db, action, facts, heads_before)
    finally:
        await db.close()


async def record_downgrade(settings: Settings, revision: str) -> None:
    """Record that the schema goes down, before it does: the record outlives it unless all goes."""
    from bot.database.admin import revisions

    owner_url = settings.database_owner_url.get_secret_value()
    current = await revisions.current_revision(owner_url)
    # An older schema cannot take a record of this version.
    if current == revisions.newest_revision() and revision != "base":
        await record(settings, "books.downgraded", [("schema", f"{current} to {revision}")])


async def read_heads(url: str) -> dict[int, str]:
    """Return the head of every guild's chain, none if there are no books yet."""
    from bot.database.admin.counts import read_heads as read
    from bot.database.admin.revisions import on_connection
    from bot.database.condition import file_of

    file = file_of(url)
    if file is not None and not (file.exists() and file.stat().st_size):
        return {}
    return await on_connection(url, read)
