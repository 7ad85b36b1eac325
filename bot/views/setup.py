"""Setting up: the guided page, and the answer of `/setup` with options."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import discord
from discord.ui import ActionRow, Separator, TextDisplay

from bot.domain.changes import Change, Changed
from bot.domain.lanes import ALERTS, APPROVALS, AUDIT, REQUESTS
from bot.domain.purposes import PURPOSES
from bot.locales import N_, _
from bot.services.setup import ADMIN, SetupFound
from bot.views.changes import change_text, changed_page
from bot.views.channels import ChannelTrouble, channel_name, channel_trouble_line
from bot.views.components import Button, ChannelMenu, Component, RoleMenu, layout_of, number, row_of
from bot.views.replies import Reply
from bot.views.text import bold, channel, clip, first_of, plain, role

CHANNEL = ChannelMenu("setup", "channel", str)  # purpose
ROLE = RoleMenu("setup", "role", str)  # app role
ONLY = Button("setup", "only", number, str)  # Discord role, app role
CLAIM = Button("setup", "claim", str)  # app role
USE = Button("setup", "use", number, str)  # channel, purpose
ANOTHER = Button("setup", "another", str)  # purpose

_USES = {
    AUDIT: N_("every change, line by line"),
    APPROVALS: N_("what waits for a decision"),
    ALERTS: N_("what runs low or expires"),
    REQUESTS: N_("what people need"),
}
_CHANNEL_MENUS = {
    AUDIT: N_("Choose the audit channel"),
    APPROVALS: N_("Choose the approvals channel"),
    ALERTS: N_("Choose the alerts channel"),
    REQUESTS: N_("Choose the requests channel"),
}
_MAX_ROLES = 10
_MAX_BUTTONS = 5
_MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class SetUp:
    """How far a guild is set up, and what is to be said about it.

    `asked` is a purpose and the channel of its name that is not the bot's; `forbidden` are the
    purposes whose channels the bot may not make; `role_names` names Discord roles for buttons.
    """

    found: SetupFound
    troubles: Sequence[ChannelTrouble] = ()
    changed: Changed | None = None
    asked: tuple[str, int] | None = None
    forbidden: Sequence[str] = ()
    role_names: Mapping[int, str] = field(default_factory=dict)


def setup_page(setup: SetUp) -> Reply:
    """Guide through the setup: what there is, menus to change it, what is missing, what is next."""
    found = setup.found
    items: list[Component] = [TextDisplay(_headline(setup))]
    items += _question(setup)
    channels = "\n".join(_channel_lines(found))
    items.append(TextDisplay(f"**{_('Channels')}**\n{channels}"))
    if not _must_claim(found):
        # Discord refuses a menu in which something is chosen that is gone.
        gone = {trouble.channel_id for trouble in setup.troubles if trouble.reason == "gone"}
        chosen = {name: each for name, each in found.channel_ids.items() if each not in gone}
        items += [
            ActionRow(
                CHANNEL(
                    _(_CHANNEL_MENUS[purpose.name]),
                    purpose.name,
                    chosen_id=chosen.get(purpose.name),
                )
            )
            for purpose in PURPOSES
        ]
    items.append(Separator())
    roles = "\n".join(_role_lines(found))
    items.append(TextDisplay(f"**{_('Roles: which Discord roles grant them')}**\n{roles}"))
    items += [
        ActionRow(ROLE(_("Add a Discord role for {role}").format(role=each.name), each.name))
        for each in found.roles
        if each.name == ADMIN or not _must_claim(found)
    ]
    buttons = _only_buttons(setup)
    if found.may_claim:
        claim = CLAIM(_("Make me admin"), ADMIN, style=discord.ButtonStyle.primary)
        buttons = [claim, *buttons[: _MAX_BUTTONS - 1]]
    if buttons:
        items.append(ActionRow(*buttons))
    items.append(TextDisplay("\n".join([*_warnings(setup), *_next_lines(found)])))
    return Reply(view=layout_of(*items))


def set_up_answer(setup: SetUp) -> Reply:
    """Answer `/setup` with options: what changed, what is wrong, what is next."""
    found = setup.found
    if setup.changed is not None:
        lines = [changed_page(setup.changed).content]
    else:
        lines = [_("Nothing changed. This server is set up like this:")]
        lines += [*_channel_lines(found), *_role_lines(found)]
    lines += _warnings(setup)
    if not setup.troubles and setup.asked is None and not setup.forbidden:
        lines.append(_("I can see and write in all channels."))
    buttons = _only_buttons(setup)
    if setup.asked is not None:
        lines.append(_question_text(*setup.asked))
        buttons = [*_question_buttons(*setup.asked), *buttons]
    lines += _next_lines(found)
    return Reply("\n".join(lines), view=row_of(*buttons[:_MAX_BUTTONS]) if buttons else None)


def _must_claim(found: SetupFound) -> bool:
    """Whether an administrator of Discord's has to say first who is admin here.

    Their right to set up ends with the first step: holding no role then, they cannot go on.
    """
    return found.is_founding and found.may_claim


def _headline(setup: SetUp) -> str:
    if setup.changed is not None:
        changes = "\n".join(map(change_text, setup.changed.changes))
        return f"✅ {_('This server is set up:')}\n{changes}\n`#{setup.changed.record}`"
    if _must_claim(setup.found):
        return f"### {_('Set up this server')}\n" + _(
            "First say who is admin here: press **Make me admin**, or choose a Discord role that "
            "you have."
        )
    return f"### {_('Set up this server')}"


def _question(setup: SetUp) -> Iterator[Component]:
    if setup.asked is not None:
        yield TextDisplay(_question_text(*setup.asked))
        yield ActionRow(*_question_buttons(*setup.asked))


def _question_text(purpose: str, channel_id: int) -> str:
    return _("There is a {channel} already, which I did not make. Use it as the {what}?").format(
        channel=channel(channel_id), what=channel_name(purpose)
    )


def _question_buttons(purpose: str, channel_id: int) -> list[Component]:
    return [
        USE(
            _("Use #{name}").format(name=purpose),
            channel_id,
            purpose,
            style=discord.ButtonStyle.primary,
        ),
        ANOTHER(_("Make another"), purpose),
    ]


def _channel_lines(found: SetupFound) -> Iterator[str]:
    for purpose in PURPOSES:
        there = channel(found.channel_ids.get(purpose.name))
        yield f"{channel_name(purpose.name).capitalize()}: {there} · {_(_USES[purpose.name])}"


def _role_lines(found: SetupFound) -> Iterator[str]:
    for each in found.roles:
        names = [role(role_id, found.guild_id) for role_id in each.discord_role_ids]
        shown = first_of(names, _MAX_ROLES) if names else _("none")
        yield f"{plain(each.name)}: {shown}"


def _only_buttons(setup: SetUp) -> list[Component]:
    """Offer to replace what a named role was added to: nothing is replaced unasked."""
    if setup.changed is None:
        return []
    added = [_added(change) for change in setup.changed.changes]
    return [
        ONLY(
            _("Only @{role}").format(role=clip(setup.role_names.get(role_id, "?"), _MAX_NAME)),
            role_id,
            name,
        )
        for role_id, name in filter(None, added)
    ]


def _added(change: Change) -> tuple[int, str] | None:
    """Return the Discord role that a change put beside others, and the app role."""
    name, _space, kind = change.field.rpartition(" ")
    after = change.after.split(", ")
    if kind != "role" or not change.before or len(after) == 1:
        return None
    return int(after[-1]), name


def _warnings(setup: SetUp) -> Iterator[str]:
    guild_id = setup.found.guild_id
    for trouble in setup.troubles:
        yield f"⚠️ {channel_trouble_line(trouble, guild_id)}"
    for purpose in setup.forbidden:
        yield "⚠️ " + _(
            "There is no {channel} and I may not make one. Give me the permission Manage "
            "Channels and run `/setup` again, or choose one: `/setup {option}`."
        ).format(channel=channel_name(purpose), option=f"{purpose}_channel")


def _next_lines(found: SetupFound) -> Iterator[str]:
    if found.open_role is not None:
        yield _(
            "Every member who types `/my register` gets the role {role} and can move stock. "
            "To decide about each yourself: `/settings set default_role none`."
        ).format(role=bold(found.open_role))
    if not found.has_manager:
        if found.may_claim:
            yield _("No one may add items yet: press **Make me admin**, or choose a role.")
        else:
            yield _("No one may add items yet: choose a Discord role for admin or manager.")
    if not found.has_locations:
        yield _("Next: `/location add name:Shelf A1`, then `/item add` and `/put`.")
    elif not found.has_items:
        yield _("Next: `/item add`, then `/put`.")
    else:
        yield _("Next: `/put` and `/take`. `/help` says what you can do.")


def welcome(*, is_back: bool) -> str:
    """Say on joining a server what this is and what to type."""
    if is_back:
        return _("I keep this server's warehouse books again. `/help` says what you can do.")
    return _(
        "I keep this server's warehouse books: who put, took and moved what, and where it is. "
        "The server's owner or an administrator types `/setup` to begin."
    )
