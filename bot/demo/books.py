"""The demo's books: a month of work, booked by the product's own operations.

Everything is drawn with a fixed seed, so that what a user reports can be reproduced.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.database.operations import Operation
from bot.database.service import DatabaseService
from bot.demo.depth import leave_a_count_half_done, leave_a_request_open, open_in_depth
from bot.demo.goods import GOODS, LOCATIONS
from bot.demo.month import draw_month
from bot.demo.people import DemoPeople
from bot.demo.purchases import SUPPLIER, Purchases
from bot.demo.workdays import draw_times, workdays_before
from bot.domain.actors import Actor
from bot.domain.quantities import TypedQuantity
from bot.services.approvals.declared import DecideProposal
from bot.services.guilds import SetSetting, set_setting
from bot.services.items import AddItem, add_item
from bot.services.locations import AddLocation, add_location
from bot.services.member_roles import SetRoles, set_roles
from bot.services.profiles import RegisterMember, register_member
from bot.services.reversing import reverse_record
from bot.services.setup import SetUpGuild, set_up_guild
from bot.services.stock import PutStock, put_stock
from bot.services.suppliers import ProposeSupplier, approve_supplier, propose_supplier
from bot.services.tracked_items import TrackItem, track_item

WORKDAYS: Final = 21
_SEED: Final = 1876
# The items whose days are kept.
TRACKED: Final = ("GLOVE-M", "MASK-P2")

Step = tuple[Actor, Operation[Any, Any], Any]


class DemoClock:
    """A clock that the seeding sets: the month before now."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return what time it is in the demo."""
        return self.now


async def keep_books_for_a_month(
    db: DatabaseService, clock: DemoClock, people: DemoPeople, zone: str
) -> None:
    """Set the guild up and book a month of deliveries, takings, moves and counts.

    `db` runs on `clock`, which ends where it began. People work on working days, in daylight.
    """
    end, local = clock.now, ZoneInfo(zone)
    draw = random.Random(_SEED)  # noqa: S311  # a story, not a secret
    first, *days = workdays_before(end, WORKDAYS + 1, local)
    opening = [*_opening(people, zone), *open_in_depth(people, end.astimezone(local).date())]
    months = draw_month(draw, people.employee, people.colleague, people.manager, len(days))
    number = 0
    for day, steps in zip((first, *days), (opening, *months), strict=True):
        times = draw_times(draw, day, len(steps), local)
        for at, (actor, operation, request) in zip(times, steps, strict=True):
            # A mistake is noticed at once, while its author may still take it back.
            soon = clock.now + timedelta(minutes=4)
            clock.now = min(at, soon) if operation is reverse_record else at.astimezone(UTC)
            await db.run(operation, request, actor, f"demo-{number}")
            number += 1
    await leave_a_count_half_done(db, people)
    await leave_a_request_open(db, people, end.astimezone(local).date())
    await _propose_suppliers(db, clock, people, end.astimezone(local).date())
    for sku in TRACKED:
        track = TrackItem(item=sku)
        await db.run(track_item, track, people.manager, f"demo-track-{sku}")
    clock.now = end


def _opening(people: DemoPeople, zone: str) -> Iterator[Step]:
    yield (
        people.owner,
        set_up_guild,
        SetUpGuild(
            audit_channel_id=people.audit_channel_id,
            approvals_channel_id=people.approvals_channel_id,
            alerts_channel_id=people.alerts_channel_id,
            requests_channel_id=people.alerts_channel_id,
            discord_role_ids=people.discord_role_ids,
        ),
    )
    if zone != "UTC":
        yield people.owner, set_setting, SetSetting(name="timezone", value=zone)
    for name, actor in people.registered:
        yield actor, register_member, RegisterMember(name=name)
    for name, actor, role in (
        ("Olga", people.owner, "admin"),
        ("Mia", people.manager, "manager"),
        ("Ada", people.auditor, "auditor"),
        ("Bea", people.buyer, "buyer"),
        ("Ari", people.accountant, "accountant"),
    ):
        request = SetRoles(user_id=actor.user_id, roles=(role,), name=name)
        yield people.owner, set_roles, request
    for name in LOCATIONS:
        yield people.manager, add_location, AddLocation(name=name)
    for goods in GOODS:
        point = TypedQuantity(goods.reorder_point)
        added = AddItem(sku=goods.sku, name=goods.name, unit=goods.unit, reorder_point=point)
        yield people.manager, add_item, added
    for goods in GOODS:
        counted = PutStock(
            item=goods.sku,
            quantity=goods.opening,
            location=goods.location,
            note="opening stock",
        )
        yield people.manager, put_stock, counted


async def _propose_suppliers(
    db: DatabaseService, clock: DemoClock, people: DemoPeople, today: date
) -> None:
    """Propose three suppliers in the hour after the last work, and buy from one; two wait.

    The last one waits for the visitor who takes the tour: Mia proposed it, so she cannot decide.
    """
    known = ProposeSupplier(
        name=SUPPLIER,
        email="orders@harbour-tools.example",
        phone="+49 40 555 0142",
        note="delivers on Tuesdays",
    )
    second = ProposeSupplier(
        name="Baltic Cordage",
        email="hello@baltic-cordage.example",
        phone="+372 600 0142",
        note="rope and chain by the metre",
    )
    waiting = ProposeSupplier(
        name="Nordic Fasteners",
        email="sales@nordic-fasteners.example",
        phone="+47 22 55 01 77",
        tax_id="NO 912 345 678",
        note="bolts for a tenth less",
    )
    clock.now += timedelta(minutes=2)
    proposed = await db.run(propose_supplier, known, people.employee, "demo-supplier-1")
    clock.now += timedelta(minutes=9)
    yes = DecideProposal(subject_id=proposed.subject_id, version=1)
    await db.run(approve_supplier, yes, people.manager, "demo-supplier-2")
    await Purchases(db, people, today).keep()
    clock.now += timedelta(minutes=3)
    await db.run(propose_supplier, second, people.employee, "demo-supplier-3")
    clock.now += timedelta(minutes=4)
    await db.run(propose_supplier, waiting, people.manager, "demo-supplier-4")
