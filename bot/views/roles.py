"""App roles in words: where they come from, what they grant, what their deletion removes."""

from collections.abc import Collection

import discord

from bot.database.models import Role
from bot.domain.changes import join_first
from bot.domain.permissions import PERMISSION_AREAS
from bot.locales import N_, _, ngettext
from bot.services.role_deletion import MAX_NAMED, DeletionPreviewed
from bot.services.role_permissions import RolePermissionsShown
from bot.services.roles import RoleChanged, RoleShown, RolesListed
from bot.views.actions import headline_of
from bot.views.changes import change_text
from bot.views.components import Button, Menu, number, row_of
from bot.views.replies import Reply, embed, renders
from bot.views.text import bold, fit_lines, plain, role

_MAX_LENGTH = 4000
_MAX_SOURCES = 10
_MAX_SOURCES_IN_SHORT = 1
_AREAS = tuple(PERMISSION_AREAS)
PERMISSION_WORDS = {
    "stock.view": N_("See stock, locations and the history of moves"),
    "stock.move": N_("Take, put and move stock; undo own records"),
    "stock.adjust": N_("Set the stock at a location to what was counted"),
    "stock.reverse": N_("Undo any stock record, at any time"),
    "stock.bulk": N_("Move many items at once"),
    "stock.export": N_("Download stock and history as a file"),
    "item.view": N_("See items"),
    "item.manage": N_("Add, change, archive and restore items"),
    "location.manage": N_("Add, rename and archive locations"),
    "supplier.view": N_("See suppliers, with masked contact data"),
    "supplier.propose": N_("Propose and change suppliers"),
    "supplier.approve": N_("Approve and reject suppliers that others propose"),
    "supplier.suspend": N_("Suspend and reinstate suppliers"),
    "count.perform": N_("Count stock"),
    "count.approve": N_("Approve counts"),
    "report.view": N_("See reports"),
    "people.view": N_("See people and roles"),
    "people.manage": N_("Assign roles, deactivate and reactivate members"),
    "role.manage": N_("Create, change, delete and bind roles"),
    "settings.manage": N_("Set up the server and change settings"),
    "audit.view": N_("Search, verify and export the audit trail"),
}


def parse_area(text: str) -> str:
    """Read an area's number in a menu's custom id; ValueError if there is no such area."""
    number = int(text)
    if not 0 <= number < len(_AREAS):
        raise ValueError(text)
    return _AREAS[number]


PERMIT = Menu("role", "permit", number, parse_area)
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


@renders(RolePermissionsShown)
def role_permissions_page(shown: RolePermissionsShown) -> Reply:
    """Show what a role grants, with a menu for each area to change it."""
    held = shown.role
    text = _("What does the role {role} grant? A menu takes effect when you close it.").format(
        role=bold(held.name)
    )
    return Reply(text, view=_menus(held.id, held.permissions))


@renders(RoleChanged)
def changed_role_page(changed: RoleChanged) -> Reply:
    """Show what changed, and what the role grants now, ready for further changes."""
    lines = [f"✅ {headline_of(changed.action)} {bold(changed.name)}"]
    lines += [change_text(change) for change in changed.changes]
    if not changed.permissions:
        lines.append(_("It grants nothing yet: choose its permissions."))
    lines.append(f"`#{changed.record}`")
    return Reply("\n".join(lines), view=_menus(changed.role_id, changed.permissions))


@renders(DeletionPreviewed)
def deletion_page(preview: DeletionPreviewed) -> Reply:
    """Say what the deletion of a role removes, and ask."""
    name, permissions = bold(preview.role.name), _permissions_text(preview.role)
    lines = [_("Delete the role {role} for good? This removes:").format(role=name)]
    lines.append(_("its permissions: {permissions}").format(permissions=permissions))
    if preview.discord_role_ids:
        bound = [role(discord_id, preview.guild_id) for discord_id in preview.discord_role_ids]
        roles = join_first(bound, MAX_NAMED)
        lines.append(_("its links to Discord roles: {roles}").format(roles=roles))
    if preview.people_count:
        people = [f"<@{user_id}>" for user_id in preview.user_ids]
        named = join_first(people, MAX_NAMED, count=preview.people_count)
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


def _menus(role_id: int, held: Collection[str]) -> discord.ui.View:
    return row_of(
        *(
            PERMIT(
                _("{area}: nothing").format(area=area.capitalize()),
                role_id,
                number,
                options=[
                    discord.SelectOption(
                        label=name, description=_(PERMISSION_WORDS[name]), default=name in held
                    )
                    for name in names
                ],
                is_multiple=True,
            )
            for number, (area, names) in enumerate(PERMISSION_AREAS.items())
        )
    )


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
    count = len(shown.role.permissions)
    permissions = ngettext("{count} permission", "{count} permissions", count).format(count=count)
    return f"{bold(shown.role.name)}: {sources} · {permissions}"


def _sources_text(shown: RoleShown, guild_id: int, limit: int) -> str:
    bound = [role(discord_id, guild_id) for discord_id in shown.discord_role_ids]
    return join_first(bound, limit)


def _permissions_text(shown: Role) -> str:
    return " ".join(f"`{name}`" for name in sorted(shown.permissions)) or _("_no permissions_")
