"""Devices that work without a network most of the time, and the network that they have at times.

It loses requests and answers, delivers requests again long after, and in any order. What the books
made of each operation is written down whether or not its device was told.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from bot.domain.sync import Pulled, Pushed, SyncOperation
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.services.sync.copies import DeviceCopy
from tests.services.sync.model import Happening, Model
from tests.services.sync.scanner import Scanner

ITEMS: Final = ("X-1", "X-2", "X-3", "X-4")
SHELVES: Final = ("A1", "B2", "C3")
LOST_REQUESTS, LOST_ANSWERS, REPEATED = 0.2, 0.25, 0.15
RENAMED: Final = 0.15
_AT_ONCE: Final = 12


@dataclass(frozen=True, slots=True)
class Named:
    """A name that an item was given at a device."""

    at: datetime
    name: str


@dataclass(slots=True)
class Device:
    """A scanner with its copy of the books and its queue of what is not answered yet."""

    scanner: Scanner
    copy: DeviceCopy
    # How often it has a network when it looks for one.
    reach: float
    queue: list[SyncOperation] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)

    def take_in(self, pushed: Pushed) -> list[SyncOperation]:
        """Take what was answered off the queue, and return what was refused."""
        refused = []
        for result in pushed.results:
            sent = next((each for each in self.queue if each.id == result.id), None)
            if sent is None or result.status == "held":
                continue
            self.queue.remove(sent)
            self.answered[sent.id] = result.status
            if result.status == "rejected" and result.reason == "insufficient_stock":
                refused.append(sent)
        return refused


# Carries what a device sends to the books, and their answer back.
Line = Callable[[Device, Sequence[SyncOperation]], Awaitable[tuple[Pushed, Pulled]]]


async def directly(device: Device, batch: Sequence[SyncOperation]) -> tuple[Pushed, Pulled]:
    """Do what a request does, without one."""
    return await device.scanner.send(*batch), await device.copy.ask()


@dataclass(slots=True)
class Network:
    """All devices of a guild, and what reaches its books."""

    warehouse: Warehouse
    clock: Clock
    random: Random
    line: Line = directly
    devices: list[Device] = field(default_factory=list)
    item_ids: dict[str, int] = field(default_factory=dict)
    # What happened to stock of an item, or the name that it was given.
    meant: dict[str, tuple[str, Happening | Named]] = field(default_factory=dict)
    # By item, what was accepted of it.
    models: dict[str, Model] = field(default_factory=lambda: {sku: Model() for sku in ITEMS})
    # By item, its name as it was changed last.
    names: dict[str, Named] = field(default_factory=dict)
    applied: dict[str, int] = field(default_factory=dict)
    late: list[tuple[Device, Sequence[SyncOperation]]] = field(default_factory=list)

    async def furnish(self) -> None:
        """Add the locations and items that devices work with."""
        for name in SHELVES:
            await self.warehouse.add_shelf(name)
        for sku in ITEMS:
            self.item_ids[sku] = (await self.warehouse.add_item(sku)).id

    def add_devices(self, count: int) -> None:
        """Add devices of as many people, with clocks that are wrong by up to two days."""
        for number in range(1, count + 1):
            actor = replace(self.warehouse.manager, user_id=3000 + number)
            skew = timedelta(minutes=self.random.randint(-2880, 2880))
            scanner = Scanner(self.warehouse.db, actor, device_id=number, skew=skew)
            copy = DeviceCopy(self.warehouse, limit=self.random.choice((2, 7, 50, 5000)))
            reach = self.random.choice((0.1, 0.5, 0.9))
            self.devices.append(Device(scanner, copy, reach))

    async def play(self, operations: int) -> None:
        """Let people do so many things, and devices find a network now and then."""
        while len(self.meant) < operations:
            self.clock.advance(seconds=self.random.randint(1, 600))
            for device in self.random.sample(self.devices, 4):
                self.clock.advance(seconds=self.random.random())
                self._do(device)
            some = self.random.sample(self.devices, 4)
            found = [each for each in some if self.random.random() < each.reach]
            late = self._take_late()
            await asyncio.gather(
                *map(self.contact, found), *(self._deliver(*each) for each in late)
            )

    async def settle(self) -> None:
        """Let everything arrive that is still on its way, and every queue run empty."""
        for each in self.late:
            await self._deliver(*each)
        self.late.clear()
        for device in self.devices:
            while device.queue:
                self.clock.advance(seconds=1)
                self._answer(device, *await self._deliver(device, device.queue[:_AT_ONCE]))
        for device in self.devices:
            has_more = True
            while has_more:
                self.clock.advance(seconds=1)
                pushed, page = await self._deliver(device, ())
                self._answer(device, pushed, page)
                has_more = page.has_more

    async def contact(self, device: Device) -> None:
        """Send what waits and pull a page, as far as the network goes."""
        batch = device.queue[:_AT_ONCE]
        self.random.shuffle(batch)
        if self.random.random() < LOST_REQUESTS:
            return
        if self.random.random() < REPEATED:
            self.late.append((device, batch))
        pushed, page = await self._deliver(device, batch)
        if self.random.random() >= LOST_ANSWERS:
            self._answer(device, pushed, page)

    def _take_late(self) -> list[tuple[Device, Sequence[SyncOperation]]]:
        taken = [each for each in self.late if self.random.random() < 0.1]
        self.late = [each for each in self.late if each not in taken]
        return taken

    async def _deliver(
        self, device: Device, batch: Sequence[SyncOperation]
    ) -> tuple[Pushed, Pulled]:
        """Bring a request to the books, and write down what they did of it."""
        pushed, page = await self.line(device, batch)
        for result in pushed.results:
            if result.status == "applied":
                assert result.id not in self.applied, "an operation was done twice"
                assert result.record is not None
                self.applied[result.id] = result.record
                sku, meant = self.meant[result.id]
                if isinstance(meant, Happening):
                    self.models[sku].accepted[result.record] = meant
                else:
                    assert sku not in self.names or self.names[sku].at < meant.at
                    self.names[sku] = meant
        return pushed, page

    def _answer(self, device: Device, pushed: Pushed, page: Pulled) -> None:
        device.copy.take_in(page)
        for refused in device.take_in(pushed):
            if self.random.random() < 0.5:
                sku, meant = self.meant[refused.id]
                assert isinstance(meant, Happening)
                self._add(
                    device, sku, replace(meant, at=self.clock(), quantity=Decimal(1)), refused
                )

    def _do(self, device: Device) -> None:
        if self.random.random() < RENAMED:
            sku, named = self.random.choice(ITEMS), Named(self.clock(), f"N {len(self.meant)}")
            data = {"id": self.item_ids[sku], "name": named.name}
            sent = device.scanner.did("items", data, named.at, "UPDATE")
            self.meant[sent.id] = (sku, named)
            device.queue.append(sent)
            return
        at, (first, second) = self.clock(), self.random.sample(SHELVES, 2)
        quantity = Decimal(self.random.randint(1, 40))
        happening = self.random.choice(
            (
                Happening(at, first, quantity=quantity),
                Happening(at, first, quantity=quantity),
                Happening(at, None, first, quantity),
                Happening(at, second, first, quantity),
                Happening(at, first, counted=quantity),
            )
        )
        self._add(device, self.random.choice(ITEMS), happening)

    def _add(
        self, device: Device, sku: str, done: Happening, instead: SyncOperation | None = None
    ) -> None:
        further: dict[str, Any] = {} if instead is None else {"supersedes": instead.id}
        if done.counted is not None:
            counted = {"item": sku, "location": done.target, "counted": str(done.counted)}
            sent = device.scanner.did("stock_counts", counted, done.at, **further)
        else:
            moved = {"item": sku, "quantity": int(done.quantity)}
            ends = {"from": done.source, "to": done.target}
            sent = device.scanner.did("stock_moves", moved | ends, done.at, **further)
        self.meant[sent.id] = (sku, done)
        device.queue.append(sent)
