"""Help: every command by topic, with the right that it takes, shown to those who hold it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import discord
from discord.ui import ActionRow, TextDisplay

from bot.errors import NotAllowed
from bot.locales import N_, _
from bot.services.help import HelpFound
from bot.views.command_rights import list_commands, satisfies
from bot.views.components import Component, Menu, layout_of
from bot.views.errors.general import what_to_do
from bot.views.errors.guild_settings import not_set_up
from bot.views.errors.translator import explain
from bot.views.replies import Reply
from bot.views.text import fit_lines

TOPIC = Menu("help", "topic")

TOPICS: Final = {
    "floor": N_("Floor"),
    "catalogue": N_("Items and locations"),
    "counts": N_("Counts"),
    "data": N_("Files"),
    "requests": N_("Requests"),
    "suppliers": N_("Suppliers"),
    "purchasing": N_("Purchasing"),
    "reports": N_("Reports"),
    "devices": N_("Phones and programs"),
    "people": N_("You and others"),
    "setup": N_("Setup and roles"),
    "audit": N_("Audit"),
}
_MAX_TEXT = 3500


@dataclass(frozen=True, slots=True)
class Usage:
    """How a command is typed: its description, and its options in order."""

    description: str
    options: Sequence[tuple[str, bool]]  # name, and whether it is required


def help_page(found: HelpFound, usages: Mapping[str, Usage], topic: str | None) -> Reply:
    """Show what the person can do, in all or about one topic, and what to do first if nothing."""
    first = _first(found.refusal) if found.refusal else None
    may = {} if _is_shut(found.refusal) else dict(_possible(found.permissions))
    title = _("What you can do here") if topic is None else _(TOPICS[topic])
    lines = [f"### {title}", *([first] if first is not None else [])]
    if topic is None:
        lines += [_overview(name, commands) for name, commands in may.items()]
    else:
        known = [(name, usages[name]) for name in may.get(topic, ()) if name in usages]
        lines += [_usage_line(name, usage) for name, usage in known]
        if not known and first is None:
            lines.append(_("You can do nothing here."))
    items: list[Component] = [TextDisplay(fit_lines(lines, _MAX_TEXT))]
    if may:
        items.append(ActionRow(TOPIC(_("Choose a topic"), options=list(_options(may, topic)))))
    return Reply(view=layout_of(*items))


def _is_shut(refusal: NotAllowed | None) -> bool:
    """Whether nothing at all can be done: before the setup, and while deactivated."""
    return refusal is not None and (not refusal.is_set_up or refusal.reason == "deactivated")


def _first(refusal: NotAllowed) -> str:
    if not refusal.is_set_up:
        return not_set_up(may_set_up=refusal.may_set_up)
    if refusal.reason == "deactivated":
        return explain(refusal) or ""
    return what_to_do(refusal)


def _possible(held: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
    for topic in TOPICS:
        possible = [each.name for each in list_commands(topic) if satisfies(held, each.needs)]
        if possible:
            yield topic, possible


def _overview(topic: str, commands: Sequence[str]) -> str:
    return f"**{_(TOPICS[topic])}**: " + " ".join(f"`/{name}`" for name in commands)


def _usage_line(name: str, usage: Usage) -> str:
    options = [option if required else f"[{option}]" for option, required in usage.options]
    typed = " ".join([f"/{name}", *options])
    return f"`{typed}`\n{_(usage.description)}"


def _options(may: Mapping[str, object], topic: str | None) -> Iterator[discord.SelectOption]:
    for name in may:
        yield discord.SelectOption(label=_(TOPICS[name]), value=name, default=name == topic)
