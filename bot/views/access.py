"""Why somebody may do something or not, in words."""

from collections.abc import Sequence

from bot.services.access import AccessExplained, Way
from bot.services.roles import RoleShown
from bot.views.replies import Reply, renders
from bot.views.text import MAX_CONTENT, bold, fit_lines, role, when


@renders(AccessExplained)
def access_page(explained: AccessExplained) -> Reply:
    """Say whether somebody holds a permission, why, and whom to ask if they do not."""
    guild_id = explained.guild_id
    lines = [_verdict(explained)]
    lines += [
        "- " + way_line(way, guild_id, is_oneself=explained.is_oneself, has_left=explained.has_left)
        for way in explained.ways
    ]
    if not explained.is_held and not explained.has_left and not explained.is_deactivated:
        if not explained.ways:
            lines.append(f"No role of {_whose(explained)} holds it.")
        lines.append(f"Roles that hold it: {_roles_text(explained.holding, guild_id)}.")
        lines.append(f"Who can grant it: the server's owner; {_granting_text(explained, guild_id)}")
    return Reply(fit_lines(lines, MAX_CONTENT))


def way_line(way: Way, guild_id: int, *, is_oneself: bool = False, has_left: bool = False) -> str:
    """Write one way in which somebody comes to what they may do."""
    grant = way.grant
    match grant.through:
        case "ownership":
            return "as the server's owner, always"
        case "everyone" | "discord role":
            brought_by = role(grant.discord_role_id or guild_id, guild_id)
            return f"the role {bold(way.role)}, which {brought_by} brings"
        case "assignment":
            given = f" {when(grant.assigned_at)}" if grant.assigned_at else ""
            text = f"the role {bold(way.role)}, given by name{given}"
            if not grant.is_void or has_left:
                return text
            whom = "you" if is_oneself else "they"
            return f"{text}, but {whom} left the server since: void until it is given anew"


def _verdict(explained: AccessExplained) -> str:
    permission = f"`{explained.permission}`"
    who = "You" if explained.is_oneself else f"<@{explained.user_id}>"
    if explained.is_held:
        return f"✅ {who} {'hold' if explained.is_oneself else 'holds'} {permission}:"
    if explained.has_left:
        return f"❌ {who} is not in this server (any more), so they hold nothing here."
    if explained.is_deactivated:
        whose = "Your" if explained.is_oneself else f"{who}'s"
        back = "Somebody who manages people can switch it on: `/people reactivate`."
        return f"❌ {whose} access to these books was switched off, so nothing counts. {back}"
    return f"❌ {who} {'do' if explained.is_oneself else 'does'} not hold {permission}."


def _whose(explained: AccessExplained) -> str:
    return "yours" if explained.is_oneself else "theirs"


def _granting_text(explained: AccessExplained, guild_id: int) -> str:
    if not explained.granting:
        return "nobody else."
    return f"whoever has {_roles_text(explained.granting, guild_id)}."


def _roles_text(roles: Sequence[RoleShown], guild_id: int) -> str:
    return ", ".join(_role_text(shown, guild_id) for shown in roles) or "none"


def _role_text(shown: RoleShown, guild_id: int) -> str:
    bound = ", ".join(role(discord_id, guild_id) for discord_id in shown.discord_role_ids)
    return f"{bold(shown.role.name)} ({bound})" if bound else bold(shown.role.name)
