"""Why a member has a permission or not, in words."""

from collections.abc import Sequence

from bot.locales import _
from bot.services.access import AccessExplained, Way
from bot.services.roles import RoleShown
from bot.views.replies import Reply, renders
from bot.views.text import bold, role, when


@renders(AccessExplained)
def access_page(explained: AccessExplained) -> Reply:
    """Say whether a member has a permission, why, and whom to ask if not."""
    guild_id = explained.guild_id
    lines = [_verdict(explained)]
    lines += [
        "- " + way_line(way, guild_id, is_oneself=explained.is_oneself, has_left=explained.has_left)
        for way in explained.ways
    ]
    if not explained.is_held and not explained.has_left and not explained.is_deactivated:
        if not explained.ways:
            lines.append(
                _("Your roles do not grant it.")
                if explained.is_oneself
                else _("Their roles do not grant it.")
            )
        roles = _roles_text(explained.holding, guild_id)
        lines.append(_("Roles that grant it: {roles}.").format(roles=roles))
        lines.append(_granting_text(explained, guild_id))
    return Reply.of_lines(lines)


def way_line(way: Way, guild_id: int, *, is_oneself: bool = False, has_left: bool = False) -> str:
    """Write one way by which a member has a permission."""
    grant = way.grant
    match grant.through:
        case "ownership":
            return _("as the server's owner, always")
        case "everyone" | "discord role":
            source = role(grant.discord_role_id or guild_id, guild_id)
            return _("the role {role}, from {source}").format(role=bold(way.role), source=source)
        case "assignment":
            return _assignment_text(
                way, is_expired=grant.is_expired and not has_left, is_own=is_oneself
            )


def _assignment_text(way: Way, *, is_expired: bool, is_own: bool) -> str:
    if not way.grant.assigned_at:
        text = _("the role {role}, assigned by name").format(role=bold(way.role))
    else:
        text = _("the role {role}, assigned by name {when}").format(
            role=bold(way.role), when=when(way.grant.assigned_at)
        )
    if not is_expired:
        return text
    if is_own:
        return _("{way}, but expired when you left; ask for it again").format(way=text)
    return _("{way}, but expired when they left; assign it again").format(way=text)


def _verdict(explained: AccessExplained) -> str:
    if explained.is_oneself:
        text = _verdict_on_oneself(explained)
    elif explained.is_held:
        text = _("✅ {member} has `{permission}`:")
    elif explained.has_left:
        text = _("❌ {member} is not in this server and has no permissions here.")
    elif explained.is_deactivated:
        text = _("❌ {member} is deactivated and has no permissions: see `/people reactivate`.")
    else:
        text = _("❌ {member} does not have `{permission}`.")
    return text.format(member=f"<@{explained.user_id}>", permission=explained.permission)


def _verdict_on_oneself(explained: AccessExplained) -> str:
    if explained.is_held:
        return _("✅ You have `{permission}`:")
    if explained.is_deactivated:
        return _("❌ Your access has been deactivated. Ask someone who manages people.")
    return _("❌ You do not have `{permission}`.")


def _granting_text(explained: AccessExplained, guild_id: int) -> str:
    if not explained.granting:
        return _("Who can grant it: the server's owner.")
    return _("Who can grant it: the server's owner and members with {roles}.").format(
        roles=_roles_text(explained.granting, guild_id)
    )


def _roles_text(roles: Sequence[RoleShown], guild_id: int) -> str:
    return ", ".join(_role_text(shown, guild_id) for shown in roles) or _("none")


def _role_text(shown: RoleShown, guild_id: int) -> str:
    bound = ", ".join(role(discord_id, guild_id) for discord_id in shown.discord_role_ids)
    return f"{bold(shown.role.name)} ({bound})" if bound else bold(shown.role.name)
