"""What people do to the books in a warehouse that devices watch, chosen at random."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Any

from bot.database.operations import Operation
from bot.domain.quantities import read_factor
from bot.errors import TallymanError
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.bulk.lines import BulkLine, MoveInBulk
from bot.services.bulk.moving import move_in_bulk
from bot.services.item_units import SetUnit, set_unit
from bot.services.items import (
    AddItem,
    ArchiveItem,
    EditItem,
    RestoreItem,
    add_item,
    archive_item,
    edit_item,
    restore_item,
)
from bot.services.locations import (
    AddLocation,
    ArchiveLocation,
    EditLocation,
    RestoreLocation,
    add_location,
    archive_location,
    edit_location,
    restore_location,
)
from bot.services.lots import HoldLot, ReleaseLot, hold_lot, release_lot
from bot.services.merging import MergeItems, merge_items
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import MoveStock, PutStock, TakeStock, move_stock, put_stock, take_stock
from tests.database.books import Warehouse

Act = tuple[Operation[Any, Any], Any]
SKUS = tuple(f"X-{n}" for n in range(8))
TRACKED = SKUS[-2:]
LOCATIONS = ("A1", "B2", "C3", "D4")


async def furnish(warehouse: Warehouse) -> None:
    """Put items, two of them in lots, into locations, of which one is inside another."""
    for name in LOCATIONS:
        parent = "A1" if name == "D4" else None
        await warehouse.run(add_location, AddLocation(name=name, parent=parent), warehouse.admin)
    for sku in SKUS:
        tracking = "lot" if sku in TRACKED else None
        added = AddItem(sku=sku, name=f"The {sku}", unit="kg", tracking=tracking)
        await warehouse.run(add_item, added, warehouse.admin)
        lot = "L-1" if tracking else None
        put = PutStock(item=sku, quantity=Decimal(50), location="A1", lot=lot)
        await warehouse.run(put_stock, put, warehouse.admin)


@dataclass(slots=True)
class Clerk:
    """A person who does one thing after another, some of which is refused."""

    warehouse: Warehouse
    random: Random
    number: int = 0
    done: int = 0
    _acts: list[Callable[[], Act]] = field(init=False)

    def __post_init__(self) -> None:
        moving = [self._put, self._take, self._move] * 8
        rows = [self._barcode, self._unit, self._name, self._sku, self._bulk]
        rare = [self._merge, self._undo, self._add, self._archive, self._restore]
        places = [self._place, self._close, self._open, self._lot]
        back = [self._undo, self._restore, self._restore, self._open]
        self._acts = [*moving, *rows, *rows, *rare, *back, *places]

    async def act(self) -> None:
        """Do something, or be refused."""
        operation, request = self.random.choice(self._acts)()
        actor = replace(self.warehouse.admin, user_id=2000 + self.number)
        try:
            await self.warehouse.run(operation, request, actor)
        except TallymanError:
            return
        self.done += 1

    def _item(self) -> str:
        return self.random.choice(SKUS)

    def _location(self) -> str:
        return self.random.choice(LOCATIONS)

    def _quantity(self) -> Decimal:
        return Decimal(self.random.randint(1, 20)) / 4

    def _put(self) -> Act:
        item = self._item()
        lot = self.random.choice(("L-1", "L-2", "L-3")) if item in TRACKED else None
        where = self._location()
        return put_stock, PutStock(item=item, quantity=self._quantity(), location=where, lot=lot)

    def _take(self) -> Act:
        where = self._location()
        return take_stock, TakeStock(item=self._item(), quantity=self._quantity(), location=where)

    def _move(self) -> Act:
        source, target = self.random.sample(LOCATIONS, 2)
        request = MoveStock(
            item=self._item(), quantity=self._quantity(), source=source, target=target
        )
        return move_stock, request

    def _bulk(self) -> Act:
        lines = tuple(
            BulkLine(number=n, item=sku, quantity=Decimal(2))
            for n, sku in enumerate(SKUS[: self.random.randint(2, 6)], 1)
        )
        return move_in_bulk, MoveInBulk(action="put", lines=lines, location=self._location())

    def _barcode(self) -> Act:
        return set_barcode, SetBarcode(item=self._item(), code=f"40/{self.random.randint(1, 6)}")

    def _unit(self) -> Act:
        factor = read_factor(str(self.random.choice((0, 6, 12))))
        return set_unit, SetUnit(item=self._item(), unit="box", factor=factor)

    def _name(self) -> Act:
        return edit_item, EditItem(item=self._item(), name=f"N {self.random.random()}")

    def _sku(self) -> Act:
        return edit_item, EditItem(item=self._item(), sku=f"{self._item()}-{self.number}")

    def _merge(self) -> Act:
        item, into = self.random.sample(SKUS, 2)
        return merge_items, MergeItems(item=item, into=into)

    def _undo(self) -> Act:
        return reverse_record, ReverseRecord()

    def _add(self) -> Act:
        return add_item, AddItem(sku=f"N-{self.random.randint(1, 10**6)}", name="New")

    def _archive(self) -> Act:
        return archive_item, ArchiveItem(item=self._item())

    def _restore(self) -> Act:
        return restore_item, RestoreItem(item=self._item())

    def _place(self) -> Act:
        where, inside = self.random.sample(LOCATIONS, 2)
        clear = ("parent",) if self.random.random() < 0.5 else ()
        parent = None if clear else inside
        return edit_location, EditLocation(location=where, parent=parent, clear=clear)

    def _close(self) -> Act:
        return archive_location, ArchiveLocation(location=self._location())

    def _open(self) -> Act:
        return restore_location, RestoreLocation(location=self._location())

    def _lot(self) -> Act:
        held = {"item": self.random.choice(TRACKED), "lot": "L-1", "reason": "seen"}
        if self.random.random() < 0.5:
            return hold_lot, HoldLot(**held)
        return release_lot, ReleaseLot(**held)
