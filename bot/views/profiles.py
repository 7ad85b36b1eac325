"""What people are shown about themselves."""

import discord
import orjson

from bot.domain.chain import canonical_json
from bot.services.profiles import MemberRegistered, ProfileExported, ProfileShown
from bot.views.access import way_line
from bot.views.components import Button, row_of
from bot.views.people import describe_member
from bot.views.replies import Reply, embed, renders
from bot.views.text import bold, fit_lines, plain

ERASE = Button("my", "erase")
_MAX_TEXT = 3800


@renders(MemberRegistered)
def registered_page(registered: MemberRegistered) -> Reply:
    """Welcome somebody, and say what they may do now."""
    lines = ["✅ Welcome back" if registered.is_renewed else "✅ You are registered"]
    if registered.role:
        lines.append(f"You have the role {bold(registered.role)}; `/my permissions` says more.")
    else:
        lines.append("No role comes with it: ask somebody who manages people for one.")
    if registered.email:
        lines.append(f"E-mail: {plain(registered.email)}")
    lines.append(f"`#{registered.record}`")
    return Reply("\n".join(lines))


@renders(ProfileShown)
def profile_page(shown: ProfileShown) -> Reply:
    """Show all that is kept about the one who asks."""
    member = shown.member
    lines = describe_member(member, (member.email or "") if member else "")
    if member is None or member.registered_at is None:
        lines.append("`/my register` makes you known to these books.")
    lines.append("`/my export` gives you all of it as a file, `/my erase` removes it.")
    return Reply(embed=embed("Your profile", fit_lines(lines, _MAX_TEXT)))


def permissions_page(shown: ProfileShown) -> Reply:
    """Show what the one who asks may do, and every way in which they come to it."""
    lines = []
    if shown.is_deactivated:
        lines.append("🚫 Your access was switched off, so none of this counts.")
    may = " ".join(f"`{name}`" for name in shown.permissions)
    lines.append(may or "You may do nothing here yet.")
    if shown.ways:
        lines += ["", "**It comes through**"]
    lines += [f"- {way_line(way, shown.guild_id, is_oneself=True)}" for way in shown.ways]
    return Reply(embed=embed("What you may do", fit_lines(lines, _MAX_TEXT)))


@renders(ProfileExported)
def profile_file_page(exported: ProfileExported) -> Reply:
    """Hand over the file."""
    content = orjson.loads(canonical_json(exported.content))
    data = orjson.dumps(content, option=orjson.OPT_INDENT_2)
    return Reply("This is all that these books keep about you.", file=("my-data.json", data))


def erasure_page() -> Reply:
    """Say what goes and what stays, and ask."""
    erase = ERASE("Erase", style=discord.ButtonStyle.danger)
    return Reply(
        "Erase what is kept about you here, for good? Your name, e-mail and registration go, and "
        "so do the roles you were given by name. Records stay, with your id alone, or the books "
        "could not be proved. Take a copy first with `/my export`.",
        view=row_of(erase),
    )
