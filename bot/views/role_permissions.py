"""What a role grants, with a menu of areas and one of the chosen area's permissions."""

from collections.abc import Collection

import discord

from bot.domain.permissions import PERMISSION_AREAS
from bot.locales import _
from bot.services.permissions import list_areas
from bot.services.role_permissions import RolePermissionsShown
from bot.services.roles import RoleChanged
from bot.views.actions import headline_of
from bot.views.changes import change_text
from bot.views.components import Menu, number, row_of
from bot.views.permissions import area_text, permission_text
from bot.views.replies import Reply, renders
from bot.views.text import MAX_CONTENT, bold, fit_lines


def parse_area(text: str) -> str:
    """Read an area in a menu's custom id; ValueError if there is no such area."""
    if text not in PERMISSION_AREAS:
        raise ValueError(text)
    return text


AREA = Menu("role", "area", number)
PERMIT = Menu("role", "permit", number, parse_area)


@renders(RolePermissionsShown)
def role_permissions_page(shown: RolePermissionsShown) -> Reply:
    """Show what a role grants in each area, with the menus to change it."""
    role = shown.role
    head = _(
        "What the role {role} grants. Choose an area, then its permissions: they are saved when "
        "you close the menu."
    )
    lines = [head.format(role=bold(role.name))]
    for area, names in list_areas().items():
        held = " ".join(f"`{name}`" for name in names if name in role.permissions)
        lines.append(f"**{area_text(area)}**: {held or _('none')}")
    text = fit_lines(lines, MAX_CONTENT)
    return Reply(text, view=_menus(role.id, role.permissions, shown.area))


@renders(RoleChanged)
def changed_role_page(changed: RoleChanged) -> Reply:
    """Show what changed, with the menus to change more."""
    lines = [f"✅ {headline_of(changed.action)} {bold(changed.name)}"]
    lines += [change_text(change) for change in changed.changes]
    if not changed.permissions:
        lines.append(_("It grants nothing yet: choose an area, then its permissions."))
    lines.append(f"`#{changed.record}`")
    view = _menus(changed.role_id, changed.permissions, changed.area)
    return Reply("\n".join(lines), view=view)


def _menus(role_id: int, held: Collection[str], chosen: str | None) -> discord.ui.View:
    areas = list_areas()
    options = [
        discord.SelectOption(label=area_text(area), value=area, default=area == chosen)
        for area in areas
    ]
    menus = [AREA(_("Choose an area"), role_id, options=options)]
    if chosen in areas:
        menus.append(_area_menu(role_id, held, chosen, areas[chosen]))
    return row_of(*menus)


def _area_menu(
    role_id: int, held: Collection[str], area: str, names: tuple[str, ...]
) -> discord.ui.Item[discord.ui.View]:
    options = [
        discord.SelectOption(
            label=permission_text(name)[:100],
            value=name,
            description=name,
            default=name in held,
        )
        for name in names
    ]
    placeholder = _("{area}: nothing").format(area=area_text(area))
    return PERMIT(placeholder, role_id, area, options=options, is_multiple=True)
