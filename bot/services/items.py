"""The catalogue's items: add, edit, archive, restore."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.database.controllers.documented_statements import Documented
from bot.database.models import Item
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change, Changed, list_changes
from bot.domain.documents import COUNT, label_of
from bot.domain.items import (
    TRACKING,
    BarcodeTaken,
    ItemExists,
    ItemInStock,
    MergedAway,
    TrackingFixed,
    UnitFixed,
    UnitIsOwn,
    require_target,
    write_facts,
)
from bot.domain.names import (
    MAX_ITEM_NAME,
    MAX_SKU,
    clean_name,
    key_of,
)
from bot.domain.pictures import Picture
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import Reference, StockedItem
from bot.domain.units import clean_unit, is_same_unit
from bot.errors import AlreadyArchived, AlreadyInUse, InvalidValue, NothingToDo
from bot.services.barcodes import drop_barcodes, register_barcode
from bot.services.item_pictures import keep_picture
from bot.services.lookalikes import keep_looks, require_distinct, require_other_code
from bot.services.measuring import measure

_KEYS = frozenset({"sku_key", "name_key"})
# What `none` empties; barcodes are rows of their own.
_CLEARABLE = frozenset({"reorder_point", "reorder_target", "whole"})
_QUANTITIES = ("reorder_point", "reorder_target")

declare_actions("item.added", "item.restored", way_back="item archive")
declare_actions("item.edited", way_back="item edit")
declare_actions("item.archived", way_back="item restore")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddItem:
    """Put a new item into the catalogue."""

    sku: str
    name: str
    unit: str = "pcs"
    reorder_point: TypedQuantity | None = None
    reorder_target: TypedQuantity | None = None
    tracking: str | None = None
    barcode: str | None = None
    whole: bool | None = None
    image: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditItem:
    """Change what is given, leave the rest; `clear` names fields to be emptied."""

    item: Reference
    sku: str | None = None
    name: str | None = None
    unit: str | None = None
    reorder_point: TypedQuantity | None = None
    reorder_target: TypedQuantity | None = None
    tracking: str | None = None
    barcode: str | None = None
    whole: bool | None = None
    image: Picture | None = None
    clear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveItem:
    """Take an item out of use; its history stays."""

    item: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreItem:
    """Bring an archived item back."""

    item: Reference


@operation("item.add", permission="item.manage")
async def add_item(uow: UnitOfWork, request: AddItem) -> Changed:
    """Put a new item into the catalogue."""
    values = _clean(request)
    item = StockedItem(0, values["sku"], "", values["unit"], whole=request.whole)
    values |= await _measured(uow, request, item)
    require_target(values["sku"], values.get("reorder_point"), values.get("reorder_target"))
    await _require_free(uow, values)
    added = await uow.items.create(**values)
    await keep_looks(uow, "item", added.id, (added.sku_key, added.name_key), code=added.sku_key)
    further = await _keep_further(uow, added, request)
    return record_item(uow, "item.added", added, before={}, further=further)


@operation("item.edit", permission="item.manage")
async def edit_item(uow: UnitOfWork, request: EditItem) -> Changed:
    """Change an item's columns, add a barcode, replace its picture."""
    item = await uow.items.require_reference(request.item)
    wanted = _clean(request)
    unit, whole = wanted.get("unit", item.unit), wanted.get("whole", item.whole)
    wanted |= await _measured(uow, request, StockedItem(item.id, item.sku, "", unit, whole=whole))
    values = {name: value for name, value in wanted.items() if value != getattr(item, name)}
    if not values.keys().isdisjoint(_QUANTITIES):
        point, target = (values.get(name, getattr(item, name)) for name in _QUANTITIES)
        require_target(item.sku, point, target)
    await _require_changeable(uow, item, values)
    await _require_free(uow, values, item.id)
    edited = await uow.items.update_by_id(item.id, **values) if values else item
    if not _KEYS.isdisjoint(values):
        looks = (edited.sku_key, edited.name_key)
        await keep_looks(uow, "item", item.id, looks, code=edited.sku_key)
    further = await _keep_further(uow, edited, request)
    if "barcode" in request.clear:
        further = [*await drop_barcodes(uow, item.id), *further]
    if not values and not further:
        raise NothingToDo("item", item.sku)
    return record_item(uow, "item.edited", edited, before=facts_of(item), further=further)


@operation("item.archive", permission="item.manage")
async def archive_item(uow: UnitOfWork, request: ArchiveItem) -> Changed:
    """Take an item without stock out of use."""
    item = await uow.items.require_reference(request.item)
    if item.archived_at is not None:
        raise AlreadyArchived("item", item.sku)
    levels = await uow.stock.levels_of_item(item.id)
    if levels:
        there = levels[0]
        raise ItemInStock(item.sku, there.location, there.quantity, item.unit)
    archived = await uow.items.update_by_id(item.id, archived_at=uow.now)
    return record_item(uow, "item.archived", archived, before=facts_of(item))


@operation("item.restore", permission="item.manage")
async def restore_item(uow: UnitOfWork, request: RestoreItem) -> Changed:
    """Bring an archived item back into use; one that was merged away is only unmerged."""
    merged = await uow.items.find_merged(request.item)
    if merged is not None:
        raise MergedAway(merged.sku, (await uow.items.follow(merged)).sku)
    item = await uow.items.require_reference(request.item, is_archived=True)
    if item.archived_at is None:
        raise AlreadyInUse("item", item.sku)
    restored = await uow.items.update_by_id(item.id, archived_at=None)
    return record_item(uow, "item.restored", restored, before=facts_of(item))


def facts_of(item: Item) -> dict[str, str]:
    """Return an item's columns as records have them."""
    return write_facts(item, is_archived=item.archived_at is not None)


def record_item(
    uow: UnitOfWork,
    action: str,
    item: Item,
    *,
    before: dict[str, str],
    further: Sequence[Change] = (),
) -> Changed:
    """Record what changed of an item, in its columns and beside them."""
    changes = [*list_changes(before, facts_of(item)), *further]
    return uow.record_changes(action, "item", item.id, item.sku, changes)


def _clean(request: AddItem | EditItem) -> dict[str, Any]:
    """Return the columns that the request sets, as they will be kept."""
    values: dict[str, Any] = {}
    if request.sku is not None:
        values["sku"] = clean_name(request.sku, field="sku", limit=MAX_SKU)
        values["sku_key"] = key_of(values["sku"])
    if request.name is not None:
        values["name"] = clean_name(request.name, limit=MAX_ITEM_NAME)
        values["name_key"] = key_of(values["name"])
    if request.unit is not None:
        values["unit"] = clean_unit(request.unit)
    if request.whole is not None:
        values["whole"] = request.whole
    if request.tracking is not None:
        if request.tracking not in TRACKING:
            raise InvalidValue(field="tracking", reason="unknown_tracking", value=request.tracking)
        values["tracking"] = request.tracking
    if isinstance(request, EditItem):
        values |= {name: None for name in request.clear if name in _CLEARABLE}
    return values


async def _measured(
    uow: UnitOfWork, request: AddItem | EditItem, item: StockedItem
) -> dict[str, Any]:
    """Return the columns that are quantities, in the item's unit."""
    measured = {}
    for name in _QUANTITIES:
        typed: TypedQuantity | None = getattr(request, name)
        if typed is not None:
            found = await measure(uow, item, typed, field=name, allow_zero=True)
            measured[name] = found.quantity
    return measured


async def _keep_further(uow: UnitOfWork, item: Item, request: AddItem | EditItem) -> list[Change]:
    """Keep what is no column of the item: a barcode, a picture."""
    changes: list[Change] = []
    if request.barcode is not None:
        changes += await register_barcode(uow, item, request.barcode)
    if request.image is not None:
        changes += await keep_picture(uow, item.id, request.image)
    return changes


async def _require_changeable(uow: UnitOfWork, item: Item, values: dict[str, Any]) -> None:
    """Raise UnitFixed, TrackingFixed or UnitIsOwn for what cannot change (any longer)."""
    if values.keys().isdisjoint({"unit", "tracking"}):
        return
    # What went into it is its own now: stock of that comes back in its unit.
    members = sorted(await uow.item_merges.find_members([item.id]))
    has_moved = bool(await uow.file_rows.list_moved(members))
    documents = [] if has_moved else await uow.file_rows.list_documented(members)
    if "unit" in values and (has_moved or documents):
        raise UnitFixed(item.sku, item.unit, _label_of(documents))
    counts = [each for each in documents if each.noun == COUNT.noun]
    if "tracking" in values and (has_moved or counts):
        raise TrackingFixed(item.sku, item.tracking, _label_of(counts))
    if "unit" in values:
        for each in await uow.item_units.list_of(item.id):
            if is_same_unit(each.unit, values["unit"]):
                raise UnitIsOwn(item.sku, each.unit, is_further=True)


def _label_of(documents: Sequence[Documented]) -> str:
    return label_of(*documents[0][1:]) if documents else ""


async def _require_free(uow: UnitOfWork, values: dict[str, Any], item_id: int = 0) -> None:
    """Raise ItemExists if another item has the SKU, archived ones included; names may repeat."""
    for field in ("sku", "name"):
        if f"{field}_key" not in values:
            continue
        key = values[f"{field}_key"]
        if field == "sku":
            other = await uow.items.find_one(sku_key=key)
            if other is not None and other.id != item_id:
                is_archived = other.archived_at is not None
                into = await uow.items.follow(other)
                if into.id != other.id:
                    raise MergedAway(other.sku, into.sku)
                raise ItemExists(field, values[field], is_archived, other.id if is_archived else 0)
            code = await uow.barcodes.find_spelled(values[field])
            if code is not None and code.item_id != item_id:
                owner = await uow.items.require(code.item_id)
                raise BarcodeTaken(field="barcode", value=code.code, item=owner.sku)
            await require_other_code(uow, values[field], key, item_id)
        await require_distinct(uow, uow.items, _KEYS, values[field], key, item_id)
