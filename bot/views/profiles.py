"""What members see about themselves."""

import discord
import orjson

from bot.domain.chain import canonical_json
from bot.locales import _
from bot.services.profiles import MemberRegistered, ProfileExported, ProfileShown
from bot.views.access import way_line
from bot.views.components import Button, row_of
from bot.views.people import describe_member
from bot.views.replies import Reply, renders
from bot.views.text import bold, plain

ERASE = Button("my", "erase")


@renders(MemberRegistered)
def registered_page(registered: MemberRegistered) -> Reply:
    """Welcome a member, and say which role they have now."""
    lines = [_("✅ Welcome back") if registered.is_renewed else _("✅ You are registered")]
    if registered.role:
        lines.append(
            _("You have the role {role}; see `/my permissions`.").format(role=bold(registered.role))
        )
    elif registered.had_role_before:
        lines.append(
            _(
                "You have no role: the default role is given once, and you had it before. Ask "
                "someone who manages people for one."
            )
        )
    else:
        lines.append(_("You have no role yet. Ask someone who manages people for one."))
    if registered.email:
        lines.append(_("E-mail: {email}").format(email=plain(registered.email)))
    lines.append(f"`#{registered.record}`")
    return Reply("\n".join(lines))


@renders(ProfileShown)
def profile_page(shown: ProfileShown) -> Reply:
    """Show the data stored about the actor."""
    member = shown.member
    lines = describe_member(member, (member.email or "") if member else "")
    if member is None or member.registered_at is None:
        lines.append(_("Register with `/my register`."))
    lines.append(_("`/my export` downloads all of it as a file, `/my erase` removes it."))
    return Reply.of_lines(lines, title=_("Your profile"))


def permissions_page(shown: ProfileShown) -> Reply:
    """Show the actor's permissions, and where each role comes from."""
    lines = []
    if shown.is_deactivated:
        lines.append(_("🚫 Your access has been deactivated, so none of this applies."))
    may = " ".join(f"`{name}`" for name in shown.permissions)
    lines.append(may or _("You have no permissions here yet."))
    if shown.ways:
        lines += ["", _("**Granted by**")]
    lines += [f"- {way_line(way, shown.guild_id, is_oneself=True)}" for way in shown.ways]
    return Reply.of_lines(lines, title=_("Your permissions"))


@renders(ProfileExported)
def profile_file_page(exported: ProfileExported) -> Reply:
    """Attach the file."""
    content = orjson.loads(canonical_json(exported.content))
    data = orjson.dumps(content, option=orjson.OPT_INDENT_2)
    return Reply(_("This is all data stored about you here."), file=("my-data.json", data))


def erasure_page() -> Reply:
    """Say what is removed and what is kept, and ask."""
    erase = ERASE(_("Erase"), style=discord.ButtonStyle.danger)
    return Reply(
        _(
            "Erase the data stored about you here, for good? Your name, e-mail address, "
            "registration and the roles assigned to you by name are removed. Records stay, with "
            "your id only, because the books cannot be verified without them. That you once had "
            "the default role, or lost a role, is kept with your id as well: registering again "
            "does not give it back. Download a copy first with `/my export`."
        ),
        view=row_of(erase),
    )
