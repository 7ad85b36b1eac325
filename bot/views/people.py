"""People in words: lists, one person, the menu of their roles."""

from collections.abc import Iterator

import discord

from bot.database.models import Member
from bot.locales import _
from bot.services.member_roles import MemberRolesShown
from bot.services.people import PeopleListed, PersonShown
from bot.views.access import way_line
from bot.views.changes import contact_text
from bot.views.components import Button, Menu, number, row_of
from bot.views.opening import OPEN_PERSON
from bot.views.pages import Row, Turn, list_page, page_buttons, turns_of
from bot.views.replies import Reply, renders
from bot.views.text import bold, clip, first_of, plain, when
from bot.views.text import role as role_mention

# What a page's button has instead of a role; ids begin at one.
ANY_ROLE = 0
_MAX_NAME = 32
_MAX_BOUND = 10


# Not `roles`: menus of that name carry another part, and are out of date.
ROLES = Menu("people", "assign", number, str)
PAGE = Button("people", "page", Turn.parse, number)


@renders(PeopleListed)
def people_page(listed: PeopleListed) -> Reply:
    """Show a page of people by name, with the roles assigned to each."""
    page, role = listed.page, listed.role
    turns = turns_of(page, [member.user_id for member in page.rows])
    nothing = (
        _("_This role is assigned to no one by name._")
        if role
        else _("_No one is registered yet._")
    )
    if not page.rows:
        nothing = "\n".join([nothing, *_through_discord(listed)])
    footers = []
    if any(listed.roles.values()):
        # Whether they left since is known when one of them is opened: no members are cached.
        footers.append(
            _("Roles count if they were assigned since the member last joined: **Open** says so.")
        )
    if listed.bound and page.rows:
        footers.append(
            _(
                "Members who have roles through Discord roles alone are not listed. "
                "`/role list` shows those roles."
            )
        )
    return list_page(
        _("People · {role}").format(role=role.name) if role else _("People"),
        [
            Row(
                _line(member, listed.roles[member.user_id]),
                OPEN_PERSON(_("Open"), member.user_id),
            )
            for member in page.rows
        ],
        footer=" ".join(footers),
        buttons=page_buttons(PAGE, (role.id if role else ANY_ROLE,), *turns),
        nothing=nothing,
    )


def _through_discord(listed: PeopleListed) -> Iterator[str]:
    """Say which Discord roles grant roles to people whom the list does not name."""
    if listed.bound:
        yield _("_And everyone with one of these Discord roles:_")
    for each in listed.bound:
        names = [role_mention(role_id, each.role.guild_id) for role_id in each.discord_role_ids]
        yield f"{bold(each.role.name)}: {first_of(names, _MAX_BOUND)}"


@renders(PersonShown)
def person_page(shown: PersonShown) -> Reply:
    """Show what is known about a person and where their roles come from."""
    member = shown.member
    mention = f"<@{shown.user_id}>"
    left = _("{member} · **left the server**").format(member=mention)
    lines = [left if shown.has_left else mention]
    lines += describe_member(member, shown.email)
    lines += ["", _("**Roles**")]
    lines += [f"- {way_line(way, shown.guild_id, has_left=shown.has_left)}" for way in shown.ways]
    if not shown.ways:
        lines.append(_("_none_"))
    name = member.name if member and member.name else str(shown.user_id)
    return Reply.of_lines(lines, title=_("Person: {name}").format(name=name))


def describe_member(member: Member | None, email: str) -> list[str]:
    """Say what is stored about a person."""
    if member is None:
        return [_("Not registered")]
    since = member.registered_at
    lines = [_("Name: {name}").format(name=plain(member.name))] if member.name else []
    if since:
        lines.append(_("Registered {when}").format(when=when(since, "D")))
    else:
        lines.append(_("Not registered"))
    if email:
        lines.append(_("E-mail: {email}").format(email=contact_text(email)))
    if member.deactivated_at is not None:
        lines.append(
            _("🚫 Deactivated {when}: {reason}").format(
                when=when(member.deactivated_at), reason=plain(member.deactivation_reason)
            )
        )
    return lines


@renders(MemberRolesShown)
def member_roles_page(shown: MemberRolesShown) -> Reply:
    """Show a menu of all roles, with those chosen that are assigned to the person."""
    person = shown.person
    options = [
        discord.SelectOption(
            label=clip(role.name, 100),
            value=str(role.id),
            description=clip(role.description, 100) or None,
            default=role.id in shown.held_ids,
        )
        for role in shown.roles
    ]
    if not options:
        return Reply(_("There are no roles yet. Create one with `/role create`."))
    chosen = ROLES(
        _("No roles"),
        person.user_id,
        shown.name[:_MAX_NAME],
        options=options,
        is_multiple=True,
    )
    return Reply(
        _(
            "Which roles are assigned to {member} by name? The menu takes effect when you close "
            "it; roles from Discord roles stay as they are."
        ).format(member=f"<@{person.user_id}>"),
        view=row_of(chosen),
    )


def _line(member: Member, roles: tuple[str, ...]) -> str:
    parts = [f"<@{member.user_id}>" + (f" {bold(member.name)}" if member.name else "")]
    if roles:
        parts.append(", ".join(map(plain, roles)))
    if member.deactivated_at is not None:
        parts.append(_("🚫 deactivated"))
    elif member.registered_at is None:
        parts.append(_("not registered"))
    return " · ".join(parts)
