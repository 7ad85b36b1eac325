"""The locations that hold stock: add, rename, archive, show."""

from dataclasses import dataclass

from bot.database.controllers.base import Page
from bot.database.controllers.stock import LevelRow
from bot.database.models import Location
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Changed, list_changes
from bot.domain.locations import (
    LocationExists,
    LocationHasLocations,
    LocationNotEmpty,
    join_path,
    require_single_name,
)
from bot.domain.names import MAX_LOCATION_NAME, clean_name, key_of
from bot.domain.stock import Reference
from bot.errors import AlreadyArchived, Archived, NothingToDo
from bot.services.lookalikes import keep_looks, require_distinct

declare_actions("location.added", "location.renamed", "location.archived")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLocation:
    """Name a new location, perhaps inside another."""

    name: str
    parent: Reference | None = None


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
class GetLocation:
    """Show the stock at a location."""

    location: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationShown:
    """A location with its stock and the locations inside it."""

    location: Location
    parent: str
    children: tuple[str, ...]
    levels: tuple[LevelRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLocations:
    """Look at a page of the locations in use."""

    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationsListed:
    """A page of the locations in use."""

    page: Page[Location]


@operation("location.add", permission="location.manage")
async def add_location(uow: UnitOfWork, request: AddLocation) -> Changed:
    """Name a new location."""
    parent = None
    if request.parent is not None:
        parent = await uow.locations.require_reference(request.parent)
        if parent.archived_at is not None:
            raise Archived("location", parent.path)
    name = await _free_name(uow, request.name, parent)
    location = await uow.locations.create(
        name=name, name_key=key_of(name), parent_id=parent.id if parent else None
    )
    await keep_looks(uow, "location", location.id, (location.name_key,))
    facts = {"name": name, "inside": parent.path if parent else ""}
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


@query(permission="stock.view")
async def get_location(books: Books, request: GetLocation) -> LocationShown:
    """Show the stock at a location."""
    location = await books.locations.require_reference(request.location)
    parent = await books.locations.get_by_id(location.parent_id) if location.parent_id else None
    children = await books.locations.find_all(parent_id=location.id, archived_at=None, limit=25)
    return LocationShown(
        location=location,
        parent=parent.path if parent else "",
        children=tuple(child.name for child in children),
        levels=tuple(await books.stock.levels_at_location(location.id)),
    )


@query(permission="stock.view")
async def list_locations(books: Books, request: ListLocations) -> LocationsListed:
    """List the locations in use by name."""
    page = await books.locations.paginate_found("", after=request.after, before=request.before)
    return LocationsListed(page=page)


async def _free_name(
    uow: UnitOfWork, typed: str, parent: Location | None, location_id: int = 0
) -> str:
    """Return a name that no other location inside the same one has."""
    name = require_single_name(clean_name(typed, limit=MAX_LOCATION_NAME))
    path = join_path(parent.path, name) if parent else name
    other = await uow.locations.find_one(path_key=key_of(path))
    if other is not None and other.id != location_id:
        raise LocationExists("name", name, other.archived_at is not None)
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
