"""The demo's warehouse, and a month of work there, booked by the product's own operations.

Everything is drawn with a fixed seed, so that what a user reports can be reproduced.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from bot.database.operations import Operation
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.services.approvals.declared import DecideProposal
from bot.services.items import AddItem, add_item
from bot.services.locations import AddLocation, add_location
from bot.services.setup import SetUpGuild, set_up_guild
from bot.services.stock import (
    AdjustStock,
    MoveStock,
    PutStock,
    TakeStock,
    adjust_stock,
    move_stock,
    put_stock,
    take_stock,
)
from bot.services.suppliers import (
    ProposeSupplier,
    approve_supplier,
    propose_supplier,
)

DAYS: Final = 30
_SEED: Final = 1871
_COUNTING_DAY: Final = 4

LOCATIONS: Final = ("Dock", "Shelf A1", "Shelf A2", "Shelf B1", "Cold Room", "Yard")

# SKU, name, unit, location, quantity of a usual delivery.
ITEMS: Final = (
    ("BOLT-6", "Hex bolt M6 x 30", "pcs", "Shelf A1", "500"),
    ("BOLT-8", "Hex bolt M8 x 40", "pcs", "Shelf A1", "400"),
    ("BOLT-10", "Hex bolt M10 x 60", "pcs", "Shelf A1", "250"),
    ("NUT-6", "Hex nut M6", "pcs", "Shelf A1", "500"),
    ("NUT-8", "Hex nut M8", "pcs", "Shelf A1", "400"),
    ("NUT-10", "Hex nut M10", "pcs", "Shelf A1", "250"),
    ("WASH-8", "Washer 8 mm", "pcs", "Shelf A1", "600"),
    ("SCREW-35", "Wood screw 3.5 x 35", "box", "Shelf A1", "40"),
    ("SCREW-50", "Wood screw 5 x 50", "box", "Shelf A1", "30"),
    ("ANCHOR-10", "Wall anchor 10 mm", "box", "Shelf A1", "25"),
    ("GLOVE-M", "Work gloves M", "pair", "Shelf A2", "60"),
    ("GLOVE-L", "Work gloves L", "pair", "Shelf A2", "60"),
    ("MASK-P2", "Dust mask P2", "box", "Shelf A2", "20"),
    ("GOGGLE-1", "Safety goggles", "pcs", "Shelf A2", "24"),
    ("HELMET-Y", "Helmet, yellow", "pcs", "Shelf A2", "12"),
    ("VEST-L", "High-visibility vest L", "pcs", "Shelf A2", "30"),
    ("TAPE-50", "Packing tape 50 mm", "roll", "Shelf A2", "72"),
    ("FILM-500", "Stretch film 500 mm", "roll", "Shelf A2", "24"),
    ("LABEL-100", "Shipping labels 100 x 150", "roll", "Shelf A2", "36"),
    ("BOX-S", "Carton, small", "pcs", "Shelf B1", "300"),
    ("BOX-M", "Carton, medium", "pcs", "Shelf B1", "200"),
    ("BOX-L", "Carton, large", "pcs", "Shelf B1", "120"),
    ("PALLET-EU", "Euro pallet", "pcs", "Yard", "40"),
    ("CABLE-15", "Cable 3 x 1.5", "m", "Shelf B1", "500"),
    ("CABLE-25", "Cable 3 x 2.5", "m", "Shelf B1", "300"),
    ("HOSE-13", "Garden hose 13 mm", "m", "Shelf B1", "200"),
    ("ROPE-10", "Rope 10 mm", "m", "Shelf B1", "250"),
    ("CHAIN-6", "Chain 6 mm", "m", "Shelf B1", "80.5"),
    ("PAINT-W", "Wall paint, white", "l", "Shelf B1", "120"),
    ("PAINT-G", "Metal paint, grey", "l", "Shelf B1", "40"),
    ("OIL-2T", "Two-stroke oil", "l", "Shelf B1", "60"),
    ("GREASE-1", "Lithium grease", "kg", "Shelf B1", "12.5"),
    ("SAND-25", "Sand, washed", "kg", "Yard", "1500"),
    ("GRAVEL-16", "Gravel 8/16", "kg", "Yard", "2000"),
    ("CEMENT-25", "Cement", "bag", "Yard", "80"),
    ("SALT-10", "Road salt", "bag", "Yard", "50"),
    ("YEAST-1", "Fresh yeast", "kg", "Cold Room", "7.5"),
    ("BUTTER-25", "Butter block", "kg", "Cold Room", "50"),
    ("MILK-10", "Whole milk", "l", "Cold Room", "200"),
    ("COD-FIL", "Cod fillet, frozen", "kg", "Cold Room", "65"),
)

_NOTES: Final = ("", "", "", "order 4711", "for the van", "crew 2", "rush order", "returned tool")
_WHOLE_UNITS: Final = frozenset({"pcs", "pair", "box", "roll", "bag"})


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """The members of the demo's guild, and the channels of its posts."""

    owner: Actor
    manager: Actor
    employee: Actor
    discord_role_ids: dict[str, int]
    audit_channel_id: int
    approvals_channel_id: int


class DemoClock:
    """A clock that the seeding sets: the month before now."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return what time it is in the demo."""
        return self.now


async def keep_books_for_a_month(db: DatabaseService, clock: DemoClock, people: DemoPeople) -> None:
    """Set the guild up and book a month of deliveries, takings, moves and counts.

    `db` runs on `clock`, which ends where it began.
    """
    end = clock.now
    clock.now = end - timedelta(days=DAYS)
    for number, (actor, operation, request) in enumerate(_opening(people)):
        await db.run(operation, request, actor, f"demo-opening-{number}")
    draw = random.Random(_SEED)  # noqa: S311  # a story, not a secret
    held = {sku: Decimal(usual) for sku, _, _, _, usual in ITEMS}
    for day in range(DAYS):
        morning = end - timedelta(days=DAYS - day) + timedelta(hours=1)
        for number, (actor, operation, request) in enumerate(_day(draw, day, people, held)):
            clock.now = min(morning + timedelta(minutes=40 * number), end)
            await db.run(operation, request, actor, f"demo-{day}-{number}")
    clock.now = end - timedelta(hours=2)
    await _propose_suppliers(db, people)
    clock.now = end


async def _propose_suppliers(db: DatabaseService, people: DemoPeople) -> None:
    """Propose two suppliers: one is approved, one waits for the user who takes the tour."""
    known = ProposeSupplier(
        name="Harbour Tools",
        email="orders@harbour-tools.example",
        phone="+49 40 555 0142",
        note="delivers on Tuesdays",
    )
    waiting = ProposeSupplier(
        name="Nordic Fasteners",
        email="sales@nordic-fasteners.example",
        phone="+47 22 55 01 77",
        tax_id="NO 912 345 678",
        note="bolts for a tenth less",
    )
    proposed = await db.run(propose_supplier, known, people.employee, "demo-supplier-1")
    yes = DecideProposal(subject_id=proposed.subject_id, version=1)
    await db.run(approve_supplier, yes, people.manager, "demo-supplier-2")
    await db.run(propose_supplier, waiting, people.employee, "demo-supplier-3")


Step = tuple[Actor, Operation[Any, Any], Any]


def _opening(people: DemoPeople) -> Iterator[Step]:
    yield (
        people.owner,
        set_up_guild,
        SetUpGuild(
            audit_channel_id=people.audit_channel_id,
            approvals_channel_id=people.approvals_channel_id,
            discord_role_ids=people.discord_role_ids,
        ),
    )
    for name in LOCATIONS:
        yield people.manager, add_location, AddLocation(name=name)
    for sku, name, unit, _, usual in ITEMS:
        point = (Decimal(usual) / 5).quantize(Decimal(1))
        yield (
            people.manager,
            add_item,
            AddItem(sku=sku, name=name, unit=unit, reorder_point=point),
        )
    for sku, _, _, location, usual in ITEMS:
        yield (
            people.manager,
            put_stock,
            PutStock(item=sku, quantity=Decimal(usual), location=location, note="opening stock"),
        )


def _day(
    draw: random.Random, day: int, people: DemoPeople, held: dict[str, Decimal]
) -> Iterator[Step]:
    """Draw a day's work: a delivery every third day, takings, a count on Fridays.

    `held` is the stock at the locations, so that no take exceeds it and a count finds
    nearly what it should.
    """
    if day % 3 == 0:
        sku, _, _, location, usual = draw.choice(ITEMS)
        quantity = Decimal(usual)
        held[sku] += quantity
        yield (
            people.employee,
            put_stock,
            PutStock(item=sku, quantity=quantity, location="Dock", note="delivery"),
        )
        yield (
            people.employee,
            move_stock,
            MoveStock(item=sku, quantity=quantity, source="Dock", target=location),
        )
    for _ in range(draw.randint(2, 5)):
        sku, _, unit, location, usual = draw.choice(ITEMS)
        quantity = _part_of(draw, Decimal(usual), unit)
        note = draw.choice(_NOTES)
        if quantity > held[sku]:
            continue  # the shelf was empty that day
        held[sku] -= quantity
        yield (
            people.employee,
            take_stock,
            TakeStock(item=sku, quantity=quantity, location=location, note=note),
        )
    if day % 7 == _COUNTING_DAY:
        sku, _, unit, location, _ = draw.choice(ITEMS)
        held[sku] -= min(held[sku], Decimal(1) if unit in _WHOLE_UNITS else Decimal("0.5"))
        counted = held[sku]
        yield (
            people.manager,
            adjust_stock,
            AdjustStock(item=sku, location=location, counted=counted, reason="Friday count"),
        )


def _part_of(draw: random.Random, usual: Decimal, unit: str) -> Decimal:
    """Return a plausible part of a usual delivery: whole pieces, or half measures."""
    part = usual * Decimal(draw.randint(2, 12)) / Decimal(100)
    step = Decimal(1) if unit in _WHOLE_UNITS else Decimal("0.5")
    return max(step, (part / step).quantize(Decimal(1)) * step)
