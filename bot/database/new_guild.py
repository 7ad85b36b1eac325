"""Opening a guild's books: the rows that must be there before anything can be locked."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import Book, Guild, Location, OutboxLane, Role, Schedule
from bot.database.models.base import table_of
from bot.domain.chain import first_link
from bot.domain.lanes import AUDIT_LANE
from bot.domain.names import key_of
from bot.domain.permissions import DEFAULT_ROLES, OPEN_BOOKS_ROLE, role_defaults_version
from bot.domain.schedule import first_due_times
from bot.domain.virtual_locations import LAST_RESERVED_ID, VirtualLocation

_DEFAULT_ROLE_ID = next(role.id for role in DEFAULT_ROLES if role.name == OPEN_BOOKS_ROLE)
# No typed name can hold a control character, so no one can name the outside world by its key.
_UNTYPABLE = "\x01"

_book = table_of(Book)
_RETURNING = _book.c.guild_id
_OPEN = {
    "postgresql": postgresql.insert(_book).on_conflict_do_nothing().returning(_RETURNING),
    "sqlite": sqlite.insert(_book).on_conflict_do_nothing().returning(_RETURNING),
}
_GUILD = insert(table_of(Guild))
_LOCATIONS = insert(table_of(Location))
_LANE = insert(table_of(OutboxLane))
_ROLES = insert(table_of(Role))
_SCHEDULE = insert(table_of(Schedule))


async def open_book(connection: AsyncConnection, guild_id: int, now: datetime) -> None:
    """Insert a guild's book with its settings, virtual locations and default roles, once."""
    book = {
        "guild_id": guild_id,
        "last_record": 0,
        "last_id": LAST_RESERVED_ID,
        "chain_head": first_link(guild_id),
        "rights_version": 1,
    }
    opened = await connection.execute(_OPEN[connection.dialect.name], book)
    if opened.first() is None:
        return
    settings = Guild(
        guild_id=guild_id,
        default_role_id=_DEFAULT_ROLE_ID,
        role_defaults_version=role_defaults_version(),
    ).model_dump()
    await connection.execute(_GUILD, settings)
    scheduled = [
        {"guild_id": guild_id, "kind": kind, "due_at": due_at, "failures": 0}
        for kind, due_at in first_due_times(now).items()
    ]
    await connection.execute(_SCHEDULE, scheduled)
    await connection.execute(_LANE, {"guild_id": guild_id, "lane": AUDIT_LANE, "failures": 0})
    await connection.execute(_LOCATIONS, _virtual_locations(guild_id))
    await connection.execute(_ROLES, _default_roles(guild_id))


def _virtual_locations(guild_id: int) -> list[dict[str, Any]]:
    return [
        {
            "guild_id": guild_id,
            "id": location.value,
            "name": location.name.lower(),
            "name_key": _UNTYPABLE + location.name.lower(),
            "path": location.name.lower(),
            "path_key": _UNTYPABLE + location.name.lower(),
            "changed_record": 0,
        }
        for location in VirtualLocation
    ]


def _default_roles(guild_id: int) -> list[dict[str, Any]]:
    return [
        {
            "guild_id": guild_id,
            "id": role.id,
            "name": role.name,
            "name_key": key_of(role.name),
            "description": role.description,
            "permissions": role.permissions,
            "changed_record": 0,
        }
        for role in DEFAULT_ROLES
    ]
