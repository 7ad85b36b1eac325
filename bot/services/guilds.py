"""A guild's settings: show them, change one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from bot.database.models import Guild, OutboxLane
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change, Changed
from bot.domain.guild_settings import (
    NO_ROLE,
    SETTING_NAMES,
    RatesInUse,
    SettingUnchanged,
    parse_approval_limit,
    parse_currency,
    parse_percent,
    parse_timezone,
    parse_undo_minutes,
)
from bot.domain.lanes import AUDIT_LANE, board_of, purpose_of
from bot.domain.lots import parse_warning_days
from bot.domain.names import key_of
from bot.domain.permissions import REGISTRATION_PERMISSIONS
from bot.domain.quantities import ZERO, format_quantity
from bot.domain.roles import DefaultRoleExceeded
from bot.domain.schedule import DAY
from bot.errors import InvalidValue
from bot.services.reports.scheduling import ShownSchedule, look_again, show_schedules
from bot.services.roles import require_grantable, require_may_take
from bot.services.tracked_items import look_at_days

declare_actions("settings.changed", way_back="settings set")

_PARSERS: Final[dict[str, Callable[[str], Any]]] = {
    "undo_minutes": parse_undo_minutes,
    "timezone": parse_timezone,
    "expiry_warning_days": parse_warning_days,
    "over_delivery_percent": partial(parse_percent, "over_delivery_percent"),
    "match_tolerance_percent": partial(parse_percent, "match_tolerance_percent"),
}
_MAX_ORDERS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSetting:
    """Change one setting by its name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSettings:
    """Look at the settings and at whether the audit channel keeps up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedLane:
    """A channel's lane that waits for people to fix something; `reason` is a code."""

    purpose: str
    reason: str
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedBoard:
    """A board that is not kept current until people fix something in its channel."""

    channel_id: int
    reason: str
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsShown:
    """The settings, the default role's name, and the state of the deliveries to channels."""

    guild: Guild
    channel_ids: dict[str, int]
    default_role: str
    backlog: int
    set_aside: int
    blocked: tuple[BlockedLane, ...]
    blocked_boards: tuple[BlockedBoard, ...] = ()
    schedules: tuple[ShownSchedule, ...] = ()


@operation("guild.set_setting", permission="settings.manage")
async def set_setting(uow: UnitOfWork, request: SetSetting) -> Changed:
    """Change one setting; raises RatesInUse, SettingUnchanged."""
    name = key_of(request.name)
    if name not in SETTING_NAMES:
        raise InvalidValue(field="key", reason="unknown_setting", value=request.name[:40])
    guild = await uow.guilds.require()
    values = await _parse(uow, name, request.value)
    changed = await uow.guilds.update_by_id(**values)
    if "timezone" in values:
        # Its midnight is another one: the day's handler looks now, and computes the next.
        await uow.schedule.update_by_id(DAY, due_at=uow.now)
        await look_again(uow)
        await look_at_days(uow)
    names = dict.fromkeys((name, *(each for each in values if each in SETTING_NAMES)))
    changes = [
        Change(each, await _shown(uow, guild, each), await _shown(uow, changed, each))
        for each in names
    ]
    if changes[0].before == changes[0].after:
        raise SettingUnchanged(name, changes[0].after)
    return uow.record_changes("settings.changed", "guild", guild.guild_id, name, changes)


@query(permission="settings.manage")
async def get_settings(books: Books, request: GetSettings) -> SettingsShown:
    """Look at the settings and at whether what is posted in channels arrives."""
    del request
    guild = await books.guilds.get_by_id() or Guild(guild_id=books.actor.guild_id)
    lanes = await books.outbox_lanes.list_blocked()
    return SettingsShown(
        guild=guild,
        channel_ids=await books.guild_channels.find_ids(),
        default_role=await _shown(books, guild, "default_role"),
        backlog=await books.outbox.count(lane=AUDIT_LANE),
        set_aside=await books.outbox.count_set_aside(),
        blocked=tuple(
            BlockedLane(purpose=purpose, reason=lane.blocked_reason, since=lane.blocked_since)
            for lane in lanes
            if (purpose := purpose_of(lane.lane)) and lane.blocked_reason
        ),
        blocked_boards=await _list_blocked_boards(books, lanes),
        schedules=tuple(await show_schedules(books)),
    )


async def _list_blocked_boards(
    books: Books, lanes: Iterable[OutboxLane]
) -> tuple[BlockedBoard, ...]:
    blocked = {board_id: lane for lane in lanes if (board_id := board_of(lane.lane))}
    boards = await books.boards.get_many(sorted(blocked))
    return tuple(
        BlockedBoard(
            channel_id=board.channel_id,
            reason=blocked[board.id].blocked_reason or "",
            since=blocked[board.id].blocked_since,
        )
        for board in boards.values()
    )


async def _parse(uow: UnitOfWork, name: str, value: str) -> dict[str, Any]:
    """Return the columns that a setting sets, with the values as they will be kept."""
    if name == "default_role":
        return {"default_role_id": await _replace_default_role(uow, value)}
    if name == "order_approval_above":
        return {name: parse_approval_limit(value, (await uow.guilds.require()).currency)}
    if name == "currency":
        return await _replace_currency(uow, parse_currency(value))
    return {name: _PARSERS[name](value)}


async def _replace_currency(uow: UnitOfWork, currency: str) -> dict[str, Any]:
    """Return what another currency of the books sets; raises RatesInUse.

    Figures that are of it are not converted: a rate would be one to the new currency, so an order
    with one is in the way, and the limit of approvals would be another sum, so there is none.
    """
    guild = await uow.guilds.require()
    values: dict[str, Any] = {"currency": currency}
    if currency == guild.currency:
        return values
    if rated := await uow.orders.list_rated(_MAX_ORDERS):
        raise RatesInUse(guild.currency, tuple(map(uow.orders.label_of, rated)))
    if guild.order_approval_above:
        values["order_approval_above"] = ZERO
    return values


async def _replace_default_role(uow: UnitOfWork, value: str) -> int | None:
    """Return the id of another default role, or None; what registering grants must be held."""
    role_id = (await uow.guilds.require()).default_role_id
    before = None if role_id is None else await uow.roles.get_by_id(role_id)
    after = None if key_of(value) == NO_ROLE else await uow.roles.require_reference(value)
    if after is not None:
        require_grantable(uow, after)
        if beyond := after.permissions - REGISTRATION_PERMISSIONS:
            raise DefaultRoleExceeded(after.name, tuple(sorted(beyond)))
    if before is not None:
        require_may_take(uow, before, before.permissions)
    return after.id if after else None


async def _shown(books: Books, guild: Guild, name: str) -> str:
    if name != "default_role":
        value = getattr(guild, name)
        return format_quantity(value) if isinstance(value, Decimal) else str(value)
    if guild.default_role_id is None:
        return NO_ROLE
    role = await books.roles.get_by_id(guild.default_role_id)
    return role.name if role else NO_ROLE
