"""Shifts: who works now, so that alerts and cards mention those who may act on them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.database.models import Shift
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.actors import Actor
from bot.domain.changes import Change
from bot.domain.shifts import MAX_HOURS, NotOnShift, write_until
from bot.domain.stock import Reference
from bot.errors import Archived, InvalidValue

STARTED: Final = "shift.started"
ENDED: Final = "shift.ended"
_NOUN: Final = "member"
# More mentions than these are noise.
_MAX_MENTIONED: Final = 10
# Everyone on shift is looked at; more than these at once are no shift but a list of members.
_MAX_ON_SHIFT: Final = 200

declare_actions(STARTED, way_back="shift end")
declare_actions(ENDED, way_back="shift start")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartShift:
    """Begin to work, at a location perhaps; a shift that is on ends with it."""

    location: Reference | None = None
    hours: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class EndShift:
    """Stop working."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftChanged:
    """A shift that began or ended, and how long it is or was."""

    record: int
    action: str
    location: str
    started_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOnShift:
    """Ask who is on shift and holds one of these permissions, but for some users."""

    permissions: tuple[str, ...]
    without: frozenset[int] = frozenset()


@operation("shift.start", permission="stock.move")
async def start_shift(uow: UnitOfWork, request: StartShift) -> ShiftChanged:
    """Begin a shift of some hours."""
    if not 0 < request.hours <= MAX_HOURS:
        raise InvalidValue(field="hours", reason="too_large", limit=MAX_HOURS)
    location = None
    if request.location is not None:
        location = await uow.locations.require_reference(request.location)
        if location.archived_at is not None:
            raise Archived("location", location.path, location.id)
    running = await uow.shifts.find_running(uow.actor.user_id)
    if running is not None:
        await uow.shifts.update_by_id(running.id, ends_at=uow.now)
    actor = uow.actor
    shift = await uow.shifts.create(
        user_id=actor.user_id,
        location_id=None if location is None else location.id,
        started_at=uow.now,
        ends_at=uow.now + timedelta(hours=request.hours),
        discord_role_ids=actor.discord_role_ids,
        joined_at=actor.joined_at,
    )
    return _record(uow, STARTED, shift, "" if location is None else location.path)


@operation("shift.end", permission="stock.move")
async def end_shift(uow: UnitOfWork, request: EndShift) -> ShiftChanged:
    """End the shift that is on; raises NotOnShift."""
    del request
    running = await uow.shifts.find_running(uow.actor.user_id)
    if running is None:
        raise NotOnShift
    ended = await uow.shifts.update_by_id(running.id, ends_at=uow.now)
    location = None if ended.location_id is None else await uow.locations.require(ended.location_id)
    return _record(uow, ENDED, ended, "" if location is None else location.path)


@query(permission="stock.view", is_shown=False)
async def list_on_shift(books: Books, request: ListOnShift) -> tuple[int, ...]:
    """List at most ten users on shift who may act on a thing, those who began last first."""
    found: list[int] = []
    for shift in await books.shifts.list_running(_MAX_ON_SHIFT):
        if shift.user_id in request.without or shift.user_id in found:
            continue
        rights = (await books.explain_rights(_actor_of(books, shift))).rights
        if any(rights.holds(permission) for permission in request.permissions):
            found.append(shift.user_id)
        if len(found) == _MAX_MENTIONED:
            break
    return tuple(found)


def _actor_of(books: Books, shift: Shift) -> Actor:
    """Return a member on shift, as Discord described them when it began."""
    actor = Actor(guild_id=books.actor.guild_id, user_id=shift.user_id)
    return replace(actor, discord_role_ids=shift.discord_role_ids, joined_at=shift.joined_at)


def _record(uow: UnitOfWork, action: str, shift: Shift, location: str) -> ShiftChanged:
    changes = [Change("shift", "", str(shift.id)), Change("until", "", write_until(shift.ends_at))]
    if location:
        changes.append(Change("location", "", location))
    changed = uow.record_changes(action, _NOUN, shift.user_id, str(shift.user_id), changes)
    return ShiftChanged(
        record=changed.record,
        action=action,
        location=location,
        started_at=shift.started_at,
        ends_at=shift.ends_at,
    )
