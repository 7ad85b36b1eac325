"""A guild's settings: set it up, show them, change one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.database.models import Guild
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change, Changed
from bot.domain.guild_settings import (
    NO_ROLE,
    SETTING_NAMES,
    SettingUnchanged,
    parse_currency,
    parse_timezone,
    parse_undo_minutes,
)
from bot.domain.lanes import APPROVALS, AUDIT, AUDIT_LANE
from bot.domain.names import key_of
from bot.domain.permissions import OPEN_BOOKS_ROLE, REGISTRATION_PERMISSIONS
from bot.domain.roles import DefaultRoleExceeded
from bot.domain.schedule import DAY
from bot.errors import InvalidValue
from bot.services.roles import bind, require_grantable, require_may_take

declare_actions("guild.set_up", "settings.changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpGuild:
    """Name the channels, and bind Discord roles to the app roles of the same names."""

    audit_channel_id: int
    approvals_channel_id: int
    discord_role_ids: dict[str, int]  # app role name -> Discord role id


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSetup:
    """Look at what is set up already, with the right to set it up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupKnown:
    """The channels by purpose, and the role with which everyone who registers moves stock."""

    channel_ids: dict[str, int]
    open_role: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSetting:
    """Change one setting by its name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSettings:
    """Look at the settings and at whether the audit channel keeps up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsShown:
    """The settings, the default role's name, and the state of the audit's delivery."""

    guild: Guild
    channel_ids: dict[str, int]
    default_role: str
    backlog: int
    blocked_reason: str | None
    blocked_since: datetime | None


@query(all_of=("settings.manage", "role.manage"), is_founding=True, is_shown=False)
async def get_setup(books: Books, request: GetSetup) -> SetupKnown:
    """Return what is set up so far; refused before any channel is made if the actor may not."""
    del request
    return SetupKnown(
        channel_ids=await books.guild_channels.find_ids(),
        open_role=await _find_open_role(books),
    )


@operation("guild.set_up", all_of=("settings.manage", "role.manage"), is_founding=True)
async def set_up_guild(uow: UnitOfWork, request: SetUpGuild) -> Changed:
    """Name the channels and bind Discord roles; may be run again at any time."""
    before = await uow.guilds.require()
    known = await uow.guild_channels.find_ids()
    wanted = {AUDIT: request.audit_channel_id, APPROVALS: request.approvals_channel_id}
    changes: list[Change] = []
    for purpose, channel_id in wanted.items():
        if known.get(purpose) == channel_id:
            continue
        if purpose in known:
            await uow.guild_channels.update_by_id(purpose, channel_id=channel_id)
        else:
            await uow.guild_channels.create(purpose=purpose, channel_id=channel_id)
        changes.append(Change(f"{purpose} channel", _text(known.get(purpose)), str(channel_id)))
    for name, discord_role_id in request.discord_role_ids.items():
        role = await uow.roles.require_reference(name)
        if await uow.role_bindings.get_by_id(discord_role_id, role.id) is None:
            await bind(uow, discord_role_id, role)
            changes.append(Change(f"{name} role", "", str(discord_role_id)))
    await uow.guilds.update_by_id(set_up_at=before.set_up_at or uow.now)
    for lane in await uow.outbox_lanes.find_all():
        if lane.retry_at is not None:
            # What waited for a channel goes out now; its rows are parked, so the lane is looked up.
            await uow.outbox_lanes.update_by_id(lane.lane, retry_at=uow.now)
    return uow.record_changes("guild.set_up", "guild", before.guild_id, "setup", changes)


@operation("guild.set_setting", permission="settings.manage")
async def set_setting(uow: UnitOfWork, request: SetSetting) -> Changed:
    """Change one setting."""
    name = key_of(request.name)
    if name not in SETTING_NAMES:
        raise InvalidValue(field="key", reason="unknown_setting", value=request.name[:40])
    guild = await uow.guilds.require()
    before = await _shown(uow, guild, name)
    values = await _parse(uow, name, request.value)
    changed = await uow.guilds.update_by_id(**values)
    if "timezone" in values:
        # Its midnight is another one: the day's handler looks now, and computes the next.
        await uow.schedule.update_by_id(DAY, due_at=uow.now)
    after = await _shown(uow, changed, name)
    if before == after:
        raise SettingUnchanged(name, after)
    change = Change(name, before, after)
    return uow.record_changes("settings.changed", "guild", guild.guild_id, name, [change])


@query(permission="settings.manage")
async def get_settings(books: Books, request: GetSettings) -> SettingsShown:
    """Look at the settings and at whether the audit channel keeps up."""
    del request
    guild = await books.guilds.get_by_id() or Guild(guild_id=books.actor.guild_id)
    lane = await books.outbox_lanes.get_by_id(AUDIT_LANE)
    return SettingsShown(
        guild=guild,
        channel_ids=await books.guild_channels.find_ids(),
        default_role=await _shown(books, guild, "default_role"),
        backlog=await books.outbox.count(lane=AUDIT_LANE),
        blocked_reason=lane.blocked_reason if lane else None,
        blocked_since=lane.blocked_since if lane else None,
    )


async def _find_open_role(books: Books) -> str | None:
    guild = await books.guilds.get_by_id()
    if guild is None:
        return OPEN_BOOKS_ROLE
    if guild.default_role_id is None:
        return None
    role = await books.roles.get_by_id(guild.default_role_id)
    return role.name if role and "stock.move" in role.permissions else None


async def _parse(uow: UnitOfWork, name: str, value: str) -> dict[str, Any]:
    """Return the column that a setting sets, with the value as it will be kept."""
    match name:
        case "undo_minutes":
            return {name: parse_undo_minutes(value)}
        case "timezone":
            return {name: parse_timezone(value)}
        case "currency":
            return {name: parse_currency(value)}
        case _:
            return {"default_role_id": await _replace_default_role(uow, value)}


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
        return str(getattr(guild, name))
    if guild.default_role_id is None:
        return NO_ROLE
    role = await books.roles.get_by_id(guild.default_role_id)
    return role.name if role else NO_ROLE


def _text(channel_id: int | None) -> str:
    return "" if channel_id is None else str(channel_id)
