"""App roles in words: where they come from, what they grant, what their deletion removes."""

import discord

from bot.database.models import Role
from bot.errors import NotFound
from bot.locales import _, ngettext
from bot.services.permissions import list_seen
from bot.services.role_deletion import MAX_NAMED, DeletionPreviewed
from bot.services.roles import RoleShown, RolesListed
from bot.views.components import Button, number, row_of
from bot.views.pages import Row, list_page, page_buttons
from bot.views.permissions import permission_text
from bot.views.replies import Reply, renders
from bot.views.text import bold, first_of, fit_lines, plain, role

_MAX_ROWS = 10
_MAX_SOURCES = 25
_MAX_SOURCES_IN_SHORT = 2

ROLES_PAGE = Button("role", "page", number)
OPEN_ROLE = Button("role", "open", number, number)
DELETE = Button("role", "delete", number, str)


@renders(RolesListed)
def roles_page(listed: RolesListed) -> Reply:
    """Show the app roles, how much each grants, and where they come from."""
    return roles_from(listed, 0)


def roles_from(listed: RolesListed, first: int) -> Reply:
    """Show the app roles, from one of them on."""
    rows = [
        Row(_role_text(shown, listed.guild_id), OPEN_ROLE(_("Open"), 0, shown.role.id))
        for shown in listed.roles
    ]
    turns = _turns(first, _MAX_ROWS, len(rows))
    buttons = page_buttons(ROLES_PAGE, (), *turns)
    return list_page(_("Roles"), rows[first : first + _MAX_ROWS], buttons=buttons)


def role_page(listed: RolesListed, role_id: int, first: int) -> Reply:
    """Show what a role grants, in words, and from where it comes; raises NotFound."""
    shown = next((each for each in listed.roles if each.role.id == role_id), None)
    if shown is None:
        raise NotFound("role")
    lines = [plain(shown.role.description)] if shown.role.description else []
    bound = [role(each, listed.guild_id) for each in shown.discord_role_ids]
    sources = ", ".join(bound[first : first + _MAX_SOURCES])
    lines.append(
        _("from {roles}").format(roles=sources) if sources else _("_from no Discord role_")
    )
    granted = [f"- {permission_text(name)} `{name}`" for name in list_seen(shown.role.permissions)]
    buttons = page_buttons(OPEN_ROLE, (role_id,), *_turns(first, _MAX_SOURCES, len(bound)))
    text = "\n".join(granted) or _("_no permissions_")
    return list_page(shown.role.name, [Row(text)], above=lines, buttons=buttons)


def _turns(first: int, limit: int, count: int) -> tuple[str | None, str | None]:
    """Return the rows where the pages before and after begin."""
    return (
        str(max(0, first - limit)) if first else None,
        str(first + limit) if first + limit < count else None,
    )


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


def _role_text(shown: RoleShown, guild_id: int) -> str:
    description = f" — {plain(shown.role.description)}" if shown.role.description else ""
    bound = [role(discord_id, guild_id) for discord_id in shown.discord_role_ids]
    sources = first_of(bound, _MAX_SOURCES_IN_SHORT)
    count = len(list_seen(shown.role.permissions))
    permissions = ngettext("{count} permission", "{count} permissions", count).format(count=count)
    source = _("from {roles}").format(roles=sources) if sources else _("_from no Discord role_")
    return f"{bold(shown.role.name)}{description}\n{source} · {permissions}"


def _permissions_text(shown: Role) -> str:
    return " ".join(f"`{name}`" for name in list_seen(shown.permissions)) or _("_no permissions_")
