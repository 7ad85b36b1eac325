"""The locations that hold stock: add, edit, rename, archive, restore."""

from dataclasses import dataclass
from typing import Any

from bot.database.models import Item, Location
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Changed, list_changes
from bot.domain.locations import (
    InsideItself,
    LocationExists,
    LocationHasLocations,
    LocationNotEmpty,
    join_path,
    require_kind,
    require_single_name,
)
from bot.domain.names import MAX_LOCATION_NAME, clean_name, key_of
from bot.domain.stock import QUARANTINE, STORAGE, Reference
from bot.errors import AlreadyArchived, AlreadyInUse, Archived, NothingToDo
from bot.services.lookalikes import keep_looks, require_distinct
from bot.services.low_stock import note_low_stock, watch_usable

declare_actions("location.added", "location.restored", way_back="location archive")
declare_actions("location.edited", way_back="location edit")
declare_actions("location.renamed", way_back="location rename")
declare_actions("location.archived", way_back="location restore")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLocation:
    """Name a new location, perhaps inside another."""

    name: str
    parent: Reference | None = None
    kind: str = STORAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameLocation:
    """Give a location another name."""

    location: Reference
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLocation:
    """Take an empty location out of use; its history stays."""

    location: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class EditLocation:
    """Change a location's name, kind, or what it is inside of; `clear` takes it out."""

    location: Reference
    name: str | None = None
    parent: Reference | None = None
    kind: str | None = None
    clear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreLocation:
    """Bring an archived location back into use."""

    location: Reference


@operation("location.add", permission="location.manage")
async def add_location(uow: UnitOfWork, request: AddLocation) -> Changed:
    """Name a new location."""
    parent = None
    if request.parent is not None:
        parent = await _require_parent(uow, request.parent)
    name = await _free_name(uow, request.name, parent)
    kind = require_kind(request.kind)
    location = await uow.locations.create(
        name=name, name_key=key_of(name), parent_id=parent.id if parent else None, kind=kind
    )
    await keep_looks(uow, "location", location.id, (location.name_key,))
    facts = {"name": name, "inside": parent.path if parent else ""}
    if kind != STORAGE:
        facts["kind"] = kind
    return _record(uow, "location.added", location, {}, facts)


@operation("location.rename", permission="location.manage")
async def rename_location(uow: UnitOfWork, request: RenameLocation) -> Changed:
    """Give a location another name."""
    location = await uow.locations.require_reference(request.location)
    parent = await uow.locations.get_by_id(location.parent_id) if location.parent_id else None
    name = await _free_name(uow, request.name, parent, location.id)
    if name == location.name:
        raise NothingToDo("location", location.name)
    renamed = await uow.locations.update_by_id(location.id, name=name, name_key=key_of(name))
    await keep_looks(uow, "location", location.id, (renamed.name_key,))
    return _record(uow, "location.renamed", renamed, {"name": location.name}, {"name": name})


@operation("location.archive", permission="location.manage")
async def archive_location(uow: UnitOfWork, request: ArchiveLocation) -> Changed:
    """Take a location out of use; it must be empty and have no location in use inside it."""
    location = await uow.locations.require_reference(request.location)
    if location.archived_at is not None:
        raise AlreadyArchived("location", location.name)
    levels = await uow.stock.levels_at_location(location.id)
    if levels:
        there = levels[0]
        raise LocationNotEmpty(location.name, there.sku, there.quantity, there.unit)
    child = await uow.locations.find_one(parent_id=location.id, archived_at=None)
    if child is not None:
        raise LocationHasLocations(location.name, child.name)
    archived = await uow.locations.update_by_id(location.id, archived_at=uow.now)
    return _record(uow, "location.archived", archived, {}, {"archived": "yes"})


@operation("location.edit", permission="location.manage")
async def edit_location(uow: UnitOfWork, request: EditLocation) -> Changed:
    """Give a location another name, kind or parent; all that is inside it goes along."""
    location = await uow.locations.require_reference(request.location)
    above = await uow.locations.get_by_id(location.parent_id) if location.parent_id else None
    parent = above
    if "parent" in request.clear:
        parent = None
    elif request.parent is not None:
        parent = await _require_parent(uow, request.parent)
        await _require_no_cycle(uow, location, parent)
    name = await _free_name(uow, request.name or location.name, parent, location.id)
    values: dict[str, Any] = {}
    if name != location.name:
        values |= {"name": name, "name_key": key_of(name)}
    parent_id = parent.id if parent else None
    if parent_id != location.parent_id:
        values["parent_id"] = parent_id
    if request.kind is not None and request.kind != location.kind:
        values["kind"] = require_kind(request.kind)
    if not values:
        raise NothingToDo("location", location.name)
    is_set_aside = values.get("kind") == QUARANTINE
    there = await _list_items(uow, location) if "kind" in values else []
    await watch_usable(uow, there)
    edited = await uow.locations.update_by_id(location.id, **values)
    await keep_looks(uow, "location", location.id, (edited.name_key,))
    await note_low_stock(uow)
    if location.kind == QUARANTINE:
        uow.posting.freed.update(item.id for item in there)
    if is_set_aside:
        uow.posting.set_aside.update(item.id for item in there if item.reserved)
    before = {"name": location.name, "inside": above.path if above else "", "kind": location.kind}
    after = {"name": edited.name, "inside": parent.path if parent else "", "kind": edited.kind}
    return _record(uow, "location.edited", edited, before, after)


@operation("location.restore", permission="location.manage")
async def restore_location(uow: UnitOfWork, request: RestoreLocation) -> Changed:
    """Bring an archived location back into use; what it is inside of must be in use."""
    location = await uow.locations.require_reference(request.location, is_archived=True)
    if location.archived_at is None:
        raise AlreadyInUse("location", location.name)
    parent = await uow.locations.get_by_id(location.parent_id) if location.parent_id else None
    if parent is not None and parent.archived_at is not None:
        raise Archived("location", parent.path, parent.id)
    restored = await uow.locations.update_by_id(location.id, archived_at=None)
    return _record(uow, "location.restored", restored, {"archived": "yes"}, {"archived": ""})


async def _require_parent(uow: UnitOfWork, reference: Reference) -> Location:
    parent = await uow.locations.require_reference(reference)
    if parent.archived_at is not None:
        raise Archived("location", parent.path, parent.id)
    return parent


async def _require_no_cycle(uow: UnitOfWork, location: Location, parent: Location) -> None:
    """Raise InsideItself if the parent is the location or inside of it."""
    above: Location | None = parent
    while above is not None:
        if above.id == location.id:
            raise InsideItself(location.path, parent.path)
        above = await uow.locations.get_by_id(above.parent_id) if above.parent_id else None


async def _free_name(
    uow: UnitOfWork, typed: str, parent: Location | None, location_id: int = 0
) -> str:
    """Return a name that no other location inside the same one has."""
    name = require_single_name(clean_name(typed, limit=MAX_LOCATION_NAME))
    path = join_path(parent.path, name) if parent else name
    other = await uow.locations.find_one(path_key=key_of(path))
    if other is not None and other.id != location_id:
        is_archived = other.archived_at is not None
        raise LocationExists("name", name, is_archived, other.id if is_archived else 0)
    await require_distinct(uow, uow.locations, ("name_key",), name, key_of(name), location_id)
    return name


def _record(
    uow: UnitOfWork,
    action: str,
    location: Location,
    before: dict[str, str],
    after: dict[str, str],
) -> Changed:
    changes = list_changes(before, after)
    return uow.record_changes(action, "location", location.id, location.name, changes)


async def _list_items(uow: UnitOfWork, location: Location) -> list[Item]:
    """List all items that are at a location, however many."""
    held = (await uow.file_rows.list_held_at([location.id])).get(location.id, {})
    return list((await uow.items.get_many(sorted(held))).values()) if held else []
