"""When devices were last heard of, and what Discord said then of the members they work for."""

from datetime import datetime

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import DeviceContact
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.domain.actors import Membership

_contact = table_of(DeviceContact)
_KEY = [_contact.c.guild_id, _contact.c.device_id]
_HEARD = ("last_used_at",)
_ASKED = (*_HEARD, "asked_at", "discord_role_ids", "joined_at", "is_owner")


def _noting(insert: postgresql.Insert | sqlite.Insert, columns: tuple[str, ...]) -> Insert:
    # Of two processes the later one counts, whichever writes first.
    return insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={column: insert.excluded[column] for column in columns},
        where=insert.excluded.last_used_at >= _contact.c.last_used_at,
    )


_STATEMENTS = {
    (name, was_asked): _noting(insert(_contact), _ASKED if was_asked else _HEARD)
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
    for was_asked in (False, True)
}


async def note_contact(
    db: DatabaseService,
    guild_id: int,
    device_id: int,
    *,
    membership: Membership | None = None,
    was_asked: bool = True,
) -> None:
    """Note that a device was heard of, and what Discord said if it was asked; None: they left."""
    now = db.clock()
    row = {
        "guild_id": guild_id,
        "device_id": device_id,
        "last_used_at": now,
        **_columns(membership, now if was_asked else None),
    }

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(_STATEMENTS[connection.dialect.name, was_asked], row)

    await db.maintenance.write(work)


def _columns(membership: Membership | None, asked_at: datetime | None) -> dict[str, object]:
    return {
        "asked_at": asked_at,
        "discord_role_ids": membership.discord_role_ids if membership else frozenset(),
        "joined_at": membership.joined_at if membership else None,
        "is_owner": membership is not None and membership.is_owner,
    }
