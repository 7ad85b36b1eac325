"""People as people see them: lists, one person, oneself, and the menu of roles."""

from collections.abc import Iterable
from typing import Final

import discord

from bot.database.models import Member, Role
from bot.database.rights import RightsExplained
from bot.domain.actors import Grant
from bot.services.people import MemberShown, PeopleListed
from bot.services.profiles import ProfileShown
from bot.views.controls import button, menu, row_of
from bot.views.pages import page_reply
from bot.views.replies import Reply, embed
from bot.views.text import bold, clip, fit_lines, plain, role, when

_MAX_TEXT: Final = 3800
# The place of the role in a page's button when there is none.
ANY_ROLE: Final = 0


def show_people(listed: PeopleListed) -> Reply:
    """Show a page of people with the roles that each was given by name."""
    rows = listed.page.rows
    return page_reply(
        f"People · {listed.role.name}" if listed.role else "People",
        [_line(member, listed.role_names[member.user_id]) for member in rows],
        noun="people",
        state=(listed.role.id if listed.role else ANY_ROLE,),
        previous=f"b{rows[0].user_id}" if rows and listed.page.has_previous else None,
        following=f"a{rows[-1].user_id}" if rows and listed.page.has_next else None,
        nothing="_Nobody was given this role by name._"
        if listed.role
        else "_Nobody has registered yet:_ `/my register`",
    )


def show_member(shown: MemberShown, guild_id: int) -> Reply:
    """Show somebody: what is known of them, whether they are here, what they may do and why."""
    member = shown.member
    lines = [f"<@{shown.user_id}>" + (f" · {plain(member.name)}" if member and member.name else "")]
    if shown.has_left:
        lines.append("_Not in this server (any more)._")
    if member is None:
        lines.append("_Not registered._")
    else:
        lines += _profile_lines(member, shown.email)
    names = {each.id: each for each in shown.roles}
    lines += rights_lines(shown.explained, names, guild_id)
    return Reply(embed=embed("Member", fit_lines(lines, _MAX_TEXT)))


def show_profile(shown: ProfileShown, guild_id: int) -> Reply:
    """Show somebody what the books know of them."""
    member = shown.member
    if member is None:
        lines = ["I do not know you yet: `/my register`"]
    else:
        lines = [bold(member.name), *_profile_lines(member, member.email or "")]
    lines += rights_lines(shown.explained, shown.roles, guild_id, is_short=True)
    return Reply(embed=embed("Your profile", fit_lines(lines, _MAX_TEXT)))


def show_rights(shown: ProfileShown, guild_id: int) -> Reply:
    """Show somebody what they may do, and what brings it."""
    lines = rights_lines(shown.explained, shown.roles, guild_id)
    return Reply(embed=embed("What you may do", fit_lines(lines, _MAX_TEXT)))


def roles_menu(shown: MemberShown) -> Reply:
    """Offer all roles, with those that were given by name chosen."""
    options = [
        discord.SelectOption(
            label=clip(each.name, 100),
            value=str(each.id),
            description=clip(each.description, 100) or None,
            default=each.id in shown.assigned_role_ids,
        )
        for each in shown.roles
    ]
    if not options:
        return Reply("There are no roles yet. Add one with `/role create`.")
    text = f"The roles of <@{shown.user_id}> by name; what you choose replaces them."
    return Reply(
        text,
        view=row_of(
            menu("No role", "people", "roles", shown.user_id, options=options, is_multiple=True)
        ),
    )


def erase_question(user_id: int) -> Reply:
    """Ask whether somebody means it."""
    return Reply(
        "This erases your name, your address and the roles you were given by name. What you "
        "booked stays, under your id alone. It cannot be undone.",
        view=row_of(button("Erase", "my", "erase", user_id, style=discord.ButtonStyle.danger)),
    )


def export_reply(content: bytes) -> Reply:
    """Hand out what is kept about somebody."""
    return Reply("Everything that I keep about you.", file=("my-data.json", content))


def rights_lines(
    explained: RightsExplained, roles: dict[int, Role], guild_id: int, *, is_short: bool = False
) -> list[str]:
    """Say what somebody may do and what brings it, by the code that decides."""
    rights = explained.rights
    if rights.is_deactivated:
        return ["⚠️ Access is switched off: no role counts."]
    lines = [_grant_line(grant, roles, guild_id) for grant in explained.grants]
    if not lines:
        lines = ["_No role brings anything here._"]
    if not is_short:
        held = " ".join(f"`{name}`" for name in sorted(rights.permissions))
        lines.append(held or "_No permissions._")
    return lines


def _grant_line(grant: Grant, roles: dict[int, Role], guild_id: int) -> str:
    if grant.through == "ownership":
        return "• owner of the server"
    name = bold(roles[grant.role_id].name) if grant.role_id in roles else "a role"
    if grant.through == "assignment":
        void = " _(void since rejoining: register again)_" if grant.is_void else ""
        return f"• {name}, given by name{void}"
    return f"• {name}, brought by {role(grant.discord_role_id or guild_id, guild_id)}"


def _profile_lines(member: Member, email: str) -> Iterable[str]:
    yield f"known since {when(member.registered_at, 'd')}"
    yield f"email: {plain(email) if email else 'none'}"
    if member.deactivated_at is not None:
        yield f"⚠️ deactivated {when(member.deactivated_at)}: {plain(member.deactivation_reason)}"


def _line(member: Member, role_names: tuple[str, ...]) -> str:
    name = f" {plain(member.name)}" if member.name else ""
    given = ", ".join(map(plain, role_names)) or "no role by name"
    state = " · ⚠️ deactivated" if member.deactivated_at is not None else ""
    return f"<@{member.user_id}>{name} · {given}{state}"
