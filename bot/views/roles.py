"""App roles in words: where they come from, what they grant, what their deletion removes."""

import discord

from bot.database.models import Role
from bot.locales import _, ngettext
from bot.services.permissions import list_seen
from bot.services.role_deletion import MAX_NAMED, DeletionPreviewed
from bot.services.roles import RoleShown, RolesListed
from bot.views.components import Button, number, row_of
from bot.views.replies import Reply, embed, renders
from bot.views.text import bold, first_of, fit_lines, plain, role

_MAX_LENGTH = 4000
_MAX_SOURCES = 10
_MAX_SOURCES_IN_SHORT = 1

DELETE = Button("role", "delete", number, str)


@renders(RolesListed)
def roles_page(listed: RolesListed) -> Reply:
    """Show the app roles, what they grant, and where they come from."""
    guild_id = listed.guild_id
    lines = [line for shown in listed.roles for line in _role_lines(shown, guild_id)]
    if sum(map(len, lines)) + len(lines) <= _MAX_LENGTH:
        return Reply(embed=embed(_("Roles"), "\n".join(lines)))
    # Rather all roles in short than some of them in full.
    short = [_short_line(shown, guild_id) for shown in listed.roles]
    hint = _("What each role grants: /role permissions")
    return Reply(embed=embed(_("Roles"), fit_lines(short, _MAX_LENGTH), footer=hint))


@renders(DeletionPreviewed)
def deletion_page(preview: DeletionPreviewed) -> Reply:
    """Say what the deletion of a role removes, and ask."""
    name, permissions = bold(preview.role.name), _permissions_text(preview.role)
    lines = [_("Delete the role {role} for good? This removes:").format(role=name)]
    lines.append(_("its permissions: {permissions}").format(permissions=permissions))
    if preview.discord_role_ids:
        bound = [role(discord_id, preview.guild_id) for discord_id in preview.discord_role_ids]
        roles = first_of(bound, MAX_NAMED)
        lines.append(_("its links to Discord roles: {roles}").format(roles=roles))
    if preview.people_count:
        people = [f"<@{user_id}>" for user_id in preview.user_ids]
        named = first_of(people, MAX_NAMED, count=preview.people_count)
        lines.append(_("its assignments by name: {members}").format(members=named))
    if preview.is_default:
        lines.append(_("It is the `default_role`: new members will get no role."))
    delete = DELETE(
        _("Delete"),
        preview.role.id,
        preview.preview_token,
        style=discord.ButtonStyle.danger,
    )
    return Reply(fit_lines(lines, 2000), view=row_of(delete))


def _role_lines(shown: RoleShown, guild_id: int) -> list[str]:
    description = f" — {plain(shown.role.description)}" if shown.role.description else ""
    sources = _sources_text(shown, guild_id, _MAX_SOURCES)
    return [
        f"{bold(shown.role.name)}{description}",
        _("from {roles}").format(roles=sources) if sources else _("_from no Discord role_"),
        _permissions_text(shown.role),
    ]


def _short_line(shown: RoleShown, guild_id: int) -> str:
    sources = _sources_text(shown, guild_id, _MAX_SOURCES_IN_SHORT) or _("none")
    count = len(list_seen(shown.role.permissions))
    permissions = ngettext("{count} permission", "{count} permissions", count).format(count=count)
    return f"{bold(shown.role.name)}: {sources} · {permissions}"


def _sources_text(shown: RoleShown, guild_id: int, limit: int) -> str:
    bound = [role(discord_id, guild_id) for discord_id in shown.discord_role_ids]
    return first_of(bound, limit)


def _permissions_text(shown: Role) -> str:
    return " ".join(f"`{name}`" for name in list_seen(shown.permissions)) or _("_no permissions_")
