"""App roles as people see them: what brings them, what they hold, what goes with them."""

from collections.abc import Collection

import discord

from bot.database.models import Role
from bot.domain.changes import join_first
from bot.domain.permissions import PERMISSION_AREAS
from bot.services.role_deletion import MAX_NAMED, DeletionPreviewed
from bot.services.role_permissions import RolePermissionsShown
from bot.services.roles import RoleChanged, RoleShown, RolesListed
from bot.views.actions import answered
from bot.views.changes import change_text
from bot.views.components import Button, Menu, number, row_of
from bot.views.replies import Reply, embed, renders
from bot.views.text import bold, fit_lines, plain, role

_MAX_LENGTH = 4000
_MAX_BROUGHT = 10
_MAX_BROUGHT_IN_SHORT = 1
_AREAS = tuple(PERMISSION_AREAS)
PERMISSION_WORDS = {
    "stock.view": "Look at stock, places and what was moved",
    "stock.move": "Take, put and move stock; undo one's own",
    "stock.adjust": "Set what lies at a place to what was counted",
    "stock.reverse": "Undo anybody's stock record, at any time",
    "stock.bulk": "Move many items in one go",
    "stock.export": "Take stock and history away as a file",
    "item.view": "Look at items",
    "item.manage": "Add, change, archive and restore items",
    "location.manage": "Add, rename and archive places",
    "supplier.view": "Look at suppliers, contact data masked",
    "supplier.propose": "Propose and change suppliers",
    "supplier.approve": "Approve and reject what others propose",
    "supplier.suspend": "Suspend and reinstate suppliers",
    "count.perform": "Count stock",
    "count.approve": "Accept what was counted",
    "report.view": "Look at reports",
    "people.view": "Look at people and roles",
    "people.manage": "Give people roles, switch their access off and on",
    "role.manage": "Create, change, delete and bind roles",
    "settings.manage": "Set the books up and change settings",
    "audit.view": "Search, verify and export the audit",
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
    """Show the app roles, what they may do, and what brings them."""
    guild_id = listed.guild_id
    lines = [line for shown in listed.roles for line in _role_lines(shown, guild_id)]
    if sum(map(len, lines)) + len(lines) <= _MAX_LENGTH:
        return Reply(embed=embed("Roles", "\n".join(lines)))
    # Rather all roles in short than some of them in full.
    short = [_short_line(shown, guild_id) for shown in listed.roles]
    hint = "What each lets people do: /role permissions"
    return Reply(embed=embed("Roles", fit_lines(short, _MAX_LENGTH), footer=hint))


@renders(RolePermissionsShown)
def role_permissions_page(shown: RolePermissionsShown) -> Reply:
    """Show what a role holds, with a menu for each area to choose again."""
    held = shown.role
    text = f"What may whoever holds {bold(held.name)} do? A menu takes effect when you close it."
    return Reply(text, view=_menus(held.id, held.permissions))


@renders(RoleChanged)
def changed_role_page(changed: RoleChanged) -> Reply:
    """Show what changed, and what the role holds now, ready to be changed further."""
    lines = [f"✅ {answered(changed.action)} {bold(changed.name)}"]
    lines += [change_text(change) for change in changed.changes]
    if not changed.permissions:
        lines.append("It holds nothing: choose what whoever holds it may do.")
    lines.append(f"`#{changed.record}`")
    return Reply("\n".join(lines), view=_menus(changed.role_id, changed.permissions))


@renders(DeletionPreviewed)
def deletion_page(preview: DeletionPreviewed) -> Reply:
    """Say what goes with a role, and ask."""
    lines = [f"Delete the role {bold(preview.role.name)} for good? With it goes:"]
    lines.append(f"what it lets people do: {_permissions_text(preview.role)}")
    if preview.discord_role_ids:
        bound = [role(discord_id, preview.guild_id) for discord_id in preview.discord_role_ids]
        lines.append(f"what brings it: {join_first(bound, MAX_NAMED)}")
    if preview.people_count:
        people = [f"<@{user_id}>" for user_id in preview.user_ids]
        named = join_first(people, MAX_NAMED, count=preview.people_count)
        lines.append(f"whom it was given by name: {named}")
    if preview.is_default:
        lines.append("It is the `default_role`: whoever registers then gets none.")
    delete = DELETE(
        "Delete",
        preview.role.id,
        preview.preview_token,
        style=discord.ButtonStyle.danger,
    )
    return Reply(fit_lines(lines, 2000), view=row_of(delete))


def _menus(role_id: int, held: Collection[str]) -> discord.ui.View:
    return row_of(
        *(
            PERMIT(
                f"{area.capitalize()}: nothing",
                role_id,
                number,
                options=[
                    discord.SelectOption(
                        label=name, description=PERMISSION_WORDS[name], default=name in held
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
    brought_by = _brought_by(shown, guild_id, _MAX_BROUGHT)
    return [
        f"{bold(shown.role.name)}{description}",
        f"brought by {brought_by}" if brought_by else "_brought by no Discord role_",
        _permissions_text(shown.role),
    ]


def _short_line(shown: RoleShown, guild_id: int) -> str:
    brought_by = _brought_by(shown, guild_id, _MAX_BROUGHT_IN_SHORT) or "none"
    return f"{bold(shown.role.name)}: {brought_by} · {len(shown.role.permissions)} permissions"


def _brought_by(shown: RoleShown, guild_id: int, limit: int) -> str:
    bound = [role(discord_id, guild_id) for discord_id in shown.discord_role_ids]
    return join_first(bound, limit)


def _permissions_text(shown: Role) -> str:
    return " ".join(f"`{name}`" for name in sorted(shown.permissions)) or "_no permissions_"
