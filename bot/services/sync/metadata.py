"""Items, locations and barcodes that a device changes: by field, the last write wins.

A field that was changed later than the device changed it stays; the others are set by the same
operations as in Discord. A device that saw the row as it is now changes all that it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.database.unit import UnitOfWork
from bot.domain.changes import Change
from bot.domain.items import MAX_BARCODE, BarcodeTaken, MergedAway, barcode_field
from bot.domain.names import (
    MAX_ITEM_NAME,
    MAX_LOCATION_NAME,
    MAX_SKU,
    MAX_UNIT,
    clean_name,
)
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import STORAGE, Reference
from bot.domain.sync import SyncOperation
from bot.errors import InvalidValue, NotFound
from bot.services.barcodes import SetBarcode, register_barcode, set_barcode
from bot.services.items import (
    AddItem,
    ArchiveItem,
    EditItem,
    RestoreItem,
    archive_item,
    edit_item,
    restore_item,
)
from bot.services.locations import (
    AddLocation,
    ArchiveLocation,
    EditLocation,
    RestoreLocation,
    archive_location,
    edit_location,
    restore_location,
)
from bot.services.sync.fields import Fields
from bot.services.sync.last_writes import FieldsLeft, drop_overtaken

_ITEM_TEXTS: Final = {"sku": MAX_SKU, "name": MAX_ITEM_NAME, "unit": MAX_UNIT, "tracking": MAX_UNIT}
_QUANTITIES: Final = ("reorder_point", "reorder_target")
_ITEM_FIELDS: Final = (*_ITEM_TEXTS, *_QUANTITIES, "whole")
_LOCATION_FIELDS: Final = ("name", "parent", "kind")
_BARCODE_FIELDS: Final = ("item", "unit", "quantity")
_ARCHIVED: Final = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeItem:
    """Fields of an item to be set; None empties one. `archived` comes alone."""

    row: int
    values: Mapping[str, Any]
    base_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLocation:
    """Fields of a location to be set, likewise."""

    row: int
    values: Mapping[str, Any]
    base_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBarcode:
    """What a code is to mean; without an item it is removed. `is_new` must not be known."""

    code: str
    item: Reference | None = None
    unit: str | None = None
    quantity: TypedQuantity | None = None
    is_new: bool = False
    is_removed: bool = False
    base_version: int | None = None


def read_new_item(sent: SyncOperation) -> AddItem:
    """Return what a new item is; raises InvalidValue."""
    fields = Fields.of(sent.data, (*_ITEM_FIELDS, "barcode"))
    return AddItem(
        sku=fields.require_text("sku", limit=MAX_SKU),
        name=fields.require_text("name", limit=MAX_ITEM_NAME),
        unit=fields.text("unit", limit=MAX_UNIT) or "pcs",
        reorder_point=_plain(fields, "reorder_point"),
        reorder_target=_plain(fields, "reorder_target"),
        tracking=fields.text("tracking", limit=MAX_UNIT),
        barcode=fields.text("barcode", limit=MAX_BARCODE),
        whole=fields.flag("whole"),
    )


def read_item_change(sent: SyncOperation) -> ChangeItem:
    """Return what is to change of an item; raises InvalidValue."""
    fields = Fields.of(sent.data, ("id", *_ITEM_FIELDS, _ARCHIVED))
    values: dict[str, Any] = {}
    for name, limit in _ITEM_TEXTS.items():
        if fields.has(name):
            values[name] = fields.require_text(name, limit=limit)
    values |= {name: _plain(fields, name) for name in _QUANTITIES if fields.has(name)}
    if fields.has("whole"):
        values["whole"] = fields.flag("whole")
    values |= _read_archived(fields, sent, values)
    return ChangeItem(row=fields.row_id(), values=values, base_version=sent.base_version)


def read_new_location(sent: SyncOperation) -> AddLocation:
    """Return what a new location is; raises InvalidValue."""
    fields = Fields.of(sent.data, _LOCATION_FIELDS)
    return AddLocation(
        name=fields.require_text("name", limit=MAX_LOCATION_NAME),
        parent=fields.reference("parent"),
        kind=fields.text("kind", limit=MAX_UNIT) or STORAGE,
    )


def read_location_change(sent: SyncOperation) -> ChangeLocation:
    """Return what is to change of a location; raises InvalidValue."""
    fields = Fields.of(sent.data, ("id", *_LOCATION_FIELDS, _ARCHIVED))
    values: dict[str, Any] = {}
    if fields.has("name"):
        values["name"] = fields.require_text("name", limit=MAX_LOCATION_NAME)
    if fields.has("kind"):
        values["kind"] = fields.require_text("kind", limit=MAX_UNIT)
    if fields.has("parent"):
        values["parent"] = fields.reference("parent")
    values |= _read_archived(fields, sent, values)
    return ChangeLocation(row=fields.row_id(), values=values, base_version=sent.base_version)


def read_barcode(sent: SyncOperation) -> ChangeBarcode:
    """Return what a code is to mean, or that it is to be removed; raises InvalidValue."""
    is_removed = sent.operation == "DELETE"
    fields = Fields.of(sent.data, ("id", "code", *(() if is_removed else _BARCODE_FIELDS)))
    # The feed calls a code by its key.
    name = "code" if fields.has("code") else "id"
    return ChangeBarcode(
        code=clean_name(
            fields.require_text(name, limit=MAX_BARCODE), field="code", limit=MAX_BARCODE
        ),
        item=None if is_removed else _read_item(fields, is_new=sent.operation == "INSERT"),
        unit=None if is_removed else fields.text("unit", limit=MAX_UNIT) or None,
        quantity=None if is_removed else _plain(fields, "quantity"),
        is_new=sent.operation == "INSERT",
        is_removed=is_removed,
        base_version=sent.base_version,
    )


async def change_item(uow: UnitOfWork, request: ChangeItem) -> FieldsLeft | None:
    """Set what no later change has set; raises ChangedSince if that is nothing.

    Raises MergedAway for an item that is another one by now, of which nothing was said.
    """
    item = await uow.items.require(request.row)
    into = await uow.items.follow(item)
    if into.id != item.id:
        raise MergedAway(item.sku, into.sku)
    values, overtaken = await drop_overtaken(
        uow, "item", item.id, request.values, is_current=request.base_version == item.changed_record
    )
    if _ARCHIVED in values:
        if values[_ARCHIVED]:
            await archive_item(uow, ArchiveItem(item=item.id))
        else:
            await restore_item(uow, RestoreItem(item=item.id))
        return overtaken
    given = {name: value for name, value in values.items() if value is not None}
    clear = tuple(name for name, value in values.items() if value is None)
    await edit_item(uow, EditItem(item=item.id, clear=clear, **given))
    return overtaken


async def change_location(uow: UnitOfWork, request: ChangeLocation) -> FieldsLeft | None:
    """Set what no later change has set; raises ChangedSince if that is nothing."""
    location = await uow.locations.require(request.row)
    values, overtaken = await drop_overtaken(
        uow,
        "location",
        location.id,
        request.values,
        is_current=request.base_version == location.changed_record,
    )
    if _ARCHIVED in values:
        if values[_ARCHIVED]:
            await archive_location(uow, ArchiveLocation(location=location.id))
        else:
            await restore_location(uow, RestoreLocation(location=location.id))
        return overtaken
    given = {name: value for name, value in values.items() if value is not None}
    clear = tuple(name for name, value in values.items() if value is None)
    await edit_location(uow, EditLocation(location=location.id, clear=clear, **given))
    return overtaken


async def change_barcode(uow: UnitOfWork, request: ChangeBarcode) -> None:
    """Register a code, change what it means or remove it; raises ChangedSince, BarcodeTaken."""
    known = await uow.barcodes.find_spelled(request.code)
    if known is None and not request.is_new:
        raise NotFound("barcode", wanted=request.code)
    if known is not None and request.is_new:
        owner = await uow.items.require(known.item_id)
        raise BarcodeTaken(field="barcode", value=known.code, item=owner.sku)
    wanted = request.item
    if known is not None:
        field = barcode_field(known.code)
        is_current = request.base_version == known.changed_record
        await drop_overtaken(uow, "item", known.item_id, {field: ""}, is_current=is_current)
        wanted = known.item_id if wanted is None else wanted
    assert wanted is not None
    if request.is_removed:
        await set_barcode(uow, SetBarcode(item=wanted, code=request.code))
        return
    item = await uow.items.require_reference(wanted)
    changes = await register_barcode(uow, item, request.code, request.unit, request.quantity)
    _record_barcode(uow, item.id, item.sku, changes)


def _record_barcode(uow: UnitOfWork, item_id: int, sku: str, changes: list[Change]) -> None:
    uow.record_changes("item.barcode_added", "item", item_id, sku, changes)


def _read_item(fields: Fields, *, is_new: bool) -> Reference | None:
    return fields.require_reference("item") if is_new else fields.reference("item")


def _read_archived(
    fields: Fields, sent: SyncOperation, others: Mapping[str, Any]
) -> dict[str, bool]:
    """Return whether the row is to be in use no more; nothing else may be said with it."""
    value = True if sent.operation == "DELETE" else fields.flag(_ARCHIVED)
    if value is None:
        if not others:
            raise InvalidValue(field="data", reason="empty")
        return {}
    if others:
        raise InvalidValue(field=_ARCHIVED, reason="two_at_once", value=", ".join(others))
    return {_ARCHIVED: value}


def _plain(fields: Fields, name: str) -> TypedQuantity | None:
    """Return a number of the item's own unit."""
    value = fields.number(name)
    return None if value is None else TypedQuantity(value)
