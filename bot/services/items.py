"""The catalogue's items: add, edit, archive, restore, show."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.database.controllers.base import Page
from bot.database.controllers.stock_pages import LevelRow
from bot.database.models import Item
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Changed, list_changes
from bot.domain.items import ItemExists, ItemInStock, UnitFixed
from bot.domain.names import (
    MAX_ITEM_NAME,
    MAX_QUERY,
    MAX_REFERENCE,
    MAX_SKU,
    MAX_UNIT,
    clean_name,
    clean_text,
    key_of,
)
from bot.domain.quantities import TypedQuantity, format_quantity, is_unit
from bot.domain.stock import Reference
from bot.domain.units import counts_whole, require_measure
from bot.errors import AlreadyArchived, AlreadyInUse, InvalidValue, NothingToDo
from bot.services.lookalikes import keep_looks, require_distinct

_KEYS = frozenset({"sku_key", "name_key"})
# With the buttons of each they fit a page beside those of the item.
_LEVEL_ROWS = 8
_CLEARABLE = frozenset({"reorder_point", "whole"})

declare_actions("item.added", "item.edited", "item.archived", "item.restored")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddItem:
    """Put a new item into the catalogue."""

    sku: str
    name: str
    unit: str = "pcs"
    reorder_point: TypedQuantity | None = None
    whole: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditItem:
    """Change what is given, leave the rest; `clear` names fields to be emptied."""

    item: Reference
    sku: str | None = None
    name: str | None = None
    unit: str | None = None
    reorder_point: TypedQuantity | None = None
    whole: bool | None = None
    clear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveItem:
    """Take an item out of use; its history stays."""

    item: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreItem:
    """Bring an archived item back."""

    item: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class GetItem:
    """Show an item and its stock; turned pages start from a location."""

    item: Reference
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """An item with a page of its stock by location, the largest level first.

    `total` is the stock at all physical locations together; `may_move` is whether this person
    may take and put.
    """

    item: Item
    levels: Page[LevelRow]
    total: Decimal
    former_skus: tuple[str, ...] = ()
    may_move: bool = False

    @property
    def is_low(self) -> bool:
        """Whether it is time to reorder."""
        return is_low(self.total, self.item.reorder_point)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItems:
    """Look at a page of the items in use, narrowed to words that begin as typed."""

    typed: str = ""
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsListed:
    """One page of items by SKU, what is in stock of each, and what it was narrowed to.

    Without stock.view nothing is said about stock.
    """

    page: Page[Item]
    typed: str
    held: Mapping[int, Decimal] | None = None


@operation("item.add", permission="item.manage")
async def add_item(uow: UnitOfWork, request: AddItem) -> Changed:
    """Put a new item into the catalogue."""
    values = _clean(request) | _measured(request, request.sku.strip(), request.unit, request.whole)
    await _require_free(uow, values)
    item = await uow.items.create(**values)
    await keep_looks(uow, "item", item.id, (item.sku_key, item.name_key))
    return _record(uow, "item.added", item, before={})


@operation("item.edit", permission="item.manage")
async def edit_item(uow: UnitOfWork, request: EditItem) -> Changed:
    """Change an item's SKU, name, unit or reorder point."""
    item = await uow.items.require_reference(request.item)
    wanted = _clean(request)
    unit, whole = wanted.get("unit", item.unit), wanted.get("whole", item.whole)
    wanted |= _measured(request, item.sku, unit, whole)
    values = {name: value for name, value in wanted.items() if value != getattr(item, name)}
    if not values:
        raise NothingToDo("item", item.sku)
    if "unit" in values and await uow.stock.has_moves(item.id):
        raise UnitFixed(sku=item.sku, unit=item.unit)
    await _require_free(uow, values, item.id)
    edited = await uow.items.update_by_id(item.id, **values)
    if not _KEYS.isdisjoint(values):
        await keep_looks(uow, "item", item.id, (edited.sku_key, edited.name_key))
    return _record(uow, "item.edited", edited, before=_facts(item))


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
    return _record(uow, "item.archived", archived, before=_facts(item))


@operation("item.restore", permission="item.manage")
async def restore_item(uow: UnitOfWork, request: RestoreItem) -> Changed:
    """Bring an archived item back into use."""
    item = await uow.items.require_reference(request.item, is_archived=True)
    if item.archived_at is None:
        raise AlreadyInUse("item", item.sku)
    restored = await uow.items.update_by_id(item.id, archived_at=None)
    return _record(uow, "item.restored", restored, before=_facts(item))


@query(permission="item.view")
async def get_item(books: Books, request: GetItem) -> ItemShown:
    """Show an item and its stock."""
    item = await books.items.require_reference(request.item)
    levels = await books.stock.page_of_item(
        item.id, after=request.after, before=request.before, limit=_LEVEL_ROWS
    )
    totals = await books.stock.totals([item.id])
    return ItemShown(
        item=item,
        levels=levels,
        total=totals.get(item.id, Decimal(0)),
        former_skus=tuple(await books.items.list_former_skus(item.id)),
        may_move=books.rights.holds("stock.move") and item.archived_at is None,
    )


@query(permission="item.view")
async def list_items(books: Books, request: ListItems) -> ItemsListed:
    """List the items in use by SKU."""
    typed = clean_text(request.typed, field="query", limit=MAX_REFERENCE)[:MAX_QUERY].strip()
    page = await books.items.paginate_found(typed, after=request.after, before=request.before)
    held = None
    if books.rights.holds("stock.view"):
        totals = await books.stock.totals([item.id for item in page.rows])
        held = {item.id: totals.get(item.id, Decimal(0)) for item in page.rows}
    return ItemsListed(page=page, typed=typed, held=held)


def is_low(total: Decimal, reorder_point: Decimal | None) -> bool:
    """Whether this stock is at the reorder point or below."""
    return reorder_point is not None and total <= reorder_point


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
        values["unit"] = clean_name(request.unit, field="unit", limit=MAX_UNIT)
        if not is_unit(values["unit"]):
            raise InvalidValue(field="unit", reason="not_a_unit", value=values["unit"])
    if request.whole is not None:
        values["whole"] = request.whole
    if isinstance(request, EditItem):
        values |= {name: None for name in request.clear if name in _CLEARABLE}
    return values


def _measured(
    request: AddItem | EditItem,
    sku: str,
    unit: str,
    whole: bool | None,  # noqa: FBT001  # a column's value
) -> dict[str, Any]:
    """Return the columns that are quantities, in the item's unit."""
    if request.reorder_point is None:
        return {}
    point = require_measure(
        request.reorder_point,
        item=sku,
        unit=unit,
        is_whole=counts_whole(unit, whole),
        field="reorder_point",
        allow_zero=True,
    )
    return {"reorder_point": point}


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
                raise ItemExists(field, values[field], is_archived, other.id if is_archived else 0)
        await require_distinct(uow, uow.items, _KEYS, values[field], key, item_id)


def _facts(item: Item) -> dict[str, str]:
    point = item.reorder_point
    return {
        "sku": item.sku,
        "name": item.name,
        "unit": item.unit,
        "reorder point": "" if point is None else format_quantity(point),
        "whole": {None: "", True: "yes", False: "no"}[item.whole],
        "archived": "" if item.archived_at is None else "yes",
    }


def _record(uow: UnitOfWork, action: str, item: Item, *, before: dict[str, str]) -> Changed:
    changes = list_changes(before, _facts(item))
    return uow.record_changes(action, "item", item.id, item.sku, changes)
