"""New permissions for the default roles of books that are open already."""

from dataclasses import dataclass

from bot.database.models import Role
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change, Changed
from bot.domain.names import key_of
from bot.domain.permissions import (
    DEFAULT_ROLES,
    EVERYONE_PERMISSIONS,
    DefaultRole,
    defaults_of,
    role_defaults_version,
)
from bot.errors import NothingToDo
from bot.services.roles import MAX_ROLES

declare_actions("role.extended", way_back="role permissions")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendDefaultRoles:
    """Give the default roles what versions of the defaults added since the books were opened."""


@operation("role.extend_defaults", permission="role.manage")
async def extend_default_roles(uow: UnitOfWork, request: ExtendDefaultRoles) -> Changed:
    """Add new permissions to the default roles that still exist, once per version, and new roles.

    A new role is left out where a role has its name already, or there are too many. What people
    removed from a role stays removed; what `@everyone` has and what registering gives stay fit
    for that. Raises NothingToDo when the roles are up to date.
    """
    del request
    assert uow.actor.kind == "system", "members grant only what they hold"
    guild = await uow.guilds.require()
    if guild.role_defaults_version >= role_defaults_version():
        raise NothingToDo("role", "defaults")
    everyone = await uow.role_bindings.find_all(discord_role_id=guild.guild_id)
    everyones = {binding.role_id for binding in everyone}
    changes: list[Change] = []
    for default in DEFAULT_ROLES:
        role = await uow.roles.get_by_id(default.id)
        if default.since > guild.role_defaults_version:
            changes += await _create(uow, default)
            continue
        added = defaults_of(default.name, after_version=guild.role_defaults_version)
        if role is not None and role.id in everyones:
            added &= EVERYONE_PERMISSIONS
        if role is not None and role.id == guild.default_role_id:
            added &= defaults_of("employee")
        if role is not None and not added <= role.permissions:
            changes.append(await _extend(uow, role, added - role.permissions))
    await uow.guilds.update_by_id(role_defaults_version=role_defaults_version())
    return uow.record_changes("role.extended", "guild", guild.guild_id, "default roles", changes)


async def _create(uow: UnitOfWork, default: DefaultRole) -> list[Change]:
    """Add a default role of a later version, unless a role has its name already."""
    if await uow.roles.find_by_name(default.name) or await uow.roles.count() >= MAX_ROLES:
        return []
    await uow.roles.create(
        id=default.id,
        name=default.name,
        name_key=key_of(default.name),
        description=default.description,
        permissions=default.permissions,
    )
    return [Change(default.name, "", ", ".join(sorted(default.permissions)))]


async def _extend(uow: UnitOfWork, role: Role, added: frozenset[str]) -> Change:
    await uow.roles.update_by_id(role.id, permissions=role.permissions | added)
    return Change(role.name, "", ", ".join(sorted(added)))
