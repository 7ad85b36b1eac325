"""What operators do to whole books at the command line, as a record in each of them.

Without one, a restore would give out numbers again that the audit channel has shown already, and no
one could tell from the books.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from bot.database.delivery.guild_list import list_guild_ids
from bot.database.operations import operation
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.actions import NO_WAY_BACK, declare_actions
from bot.domain.actors import system_actor
from bot.domain.changes import Change, Changed

RESTORED: Final = "books.restored"
REKEYED: Final = "books.rekeyed"
DOWNGRADED: Final = "books.downgraded"
SOURCE: Final = "command line"

declare_actions(RESTORED, REKEYED, DOWNGRADED, way_back=NO_WAY_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMaintenance:
    """Record what was done to the books, by an action and facts about it."""

    action: str
    facts: tuple[tuple[str, str], ...] = ()


@operation("books.maintain", permission="audit.view")
async def record_maintenance(uow: UnitOfWork, request: RecordMaintenance) -> Changed:
    """Record what an operator did to a guild's books as a whole."""
    assert uow.actor.kind == "system", "operators act at the command line"
    # The settings' row notes the record: readers of changes begin there.
    guild = await uow.guilds.update_by_id()
    changes = [Change(name, "", value) for name, value in request.facts]
    return uow.record_changes(request.action, "guild", guild.guild_id, "books", changes)


async def record_in_all_books(
    db: DatabaseService,
    action: str,
    facts: Sequence[tuple[str, str]] = (),
    heads_before: Mapping[int, str] | None = None,
) -> int:
    """Record an action in every guild's books; returns how many there are.

    `heads_before` are the heads that guilds had before a restore. One that had books before and has
    none in the backup gets new ones, whose first record says so.
    """
    before = heads_before or {}
    guild_ids = {guild_id async for guild_id in list_guild_ids(db)} | before.keys()
    key = f"{action}-{uuid4()}"
    for guild_id in sorted(guild_ids):
        of_guild = [*facts, *([("head before", before[guild_id])] if guild_id in before else [])]
        request = RecordMaintenance(action=action, facts=tuple(of_guild))
        await db.run(record_maintenance, request, system_actor(guild_id, SOURCE), key)
    return len(guild_ids)
