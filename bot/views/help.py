"""Help: every command by topic, with the right that it takes, shown to those who hold it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import discord
from discord.ui import ActionRow, TextDisplay

from bot.errors import NotAllowed
from bot.locales import N_, _
from bot.services.help import HelpFound
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
# What each command takes; a test holds this against what counts. Nothing: it is for everyone.
COMMANDS: Final[Mapping[str, Mapping[str, str]]] = {
    "floor": {
        "take": "stock.move",
        "put": "stock.move",
        "move": "stock.move",
        "find": "stock.view",
        "undo": "stock.move or stock.reverse",
        "history": "stock.view",
        "shift start": "stock.move",
        "shift end": "stock.move",
        "adjust": "stock.adjust",
    },
    "catalogue": {
        "item list": "item.view",
        "item show": "item.view",
        "item add": "item.manage",
        "item edit": "item.manage",
        "item unit": "item.manage",
        "item barcode": "item.manage",
        "item merge": "item.manage",
        "track": "item.manage",
        "item archive": "item.manage",
        "item restore": "item.manage",
        "lot list": "stock.view",
        "lot show": "stock.view",
        "lot hold": "lot.control",
        "lot release": "lot.control",
        "lot recall": "lot.control",
        "location list": "stock.view",
        "location show": "stock.view",
        "location add": "location.manage",
        "location edit": "location.manage",
        "location rename": "location.manage",
        "location archive": "location.manage",
        "location restore": "location.manage",
    },
    "counts": {
        "count list": "count.perform",
        "count show": "count.perform",
        "count start": "count.perform",
    },
    "data": {
        "bulk": "stock.bulk",
        "export": "stock.export",
        "import": "item.manage or stock.bulk or location.manage or supplier.propose or price.edit",
    },
    "requests": {
        "request list": "request.view",
        "request show": "request.view",
        "request new": "request.create",
        "request lines": "request.create",
        "request pick": "request.pick",
        "request cancel": "request.create or request.pick",
    },
    "suppliers": {
        "supplier list": "supplier.view",
        "supplier show": "supplier.view",
        "supplier propose": "supplier.propose",
        "supplier edit": "supplier.propose",
        "supplier resubmit": "supplier.propose",
        "supplier suspend": "supplier.suspend",
        "supplier reinstate": "supplier.suspend",
    },
    "purchasing": {
        "price list": "price.view",
        "price history": "price.view",
        "price set": "price.edit",
        "order list": "order.view",
        "order show": "order.view",
        "order new": "order.create",
        "order suggest": "order.create",
        "order lines": "order.create",
        "order submit": "order.create",
        "order send": "order.create",
        "order cancel": "order.create",
        "order close": "order.create",
        "invoice list": "price.view",
        "invoice add": "invoice.edit",
        "invoice lines": "invoice.edit",
        "invoice match": "invoice.edit",
        "invoice dispute": "invoice.edit",
        "payment list": "price.view",
        "payment request": "payment.request",
        "payment record": "payment.execute",
        "payment reverse": "payment.execute",
        "receive": "order.receive",
    },
    "reports": {
        "report show": "report.view",
        "report schedule": "board.manage",
        "report unschedule": "board.manage",
        "chart": "report.view",
        "board create": "board.manage",
        "board remove": "board.manage",
    },
    "devices": {
        "device link": "device.use",
        "device list": "",
        "device revoke": "",
    },
    "people": {
        "my register": "",
        "my profile": "",
        "my permissions": "",
        "my email": "",
        "my export": "",
        "my erase": "",
        "access why": "",
        "people list": "people.view",
        "people show": "people.view",
        "people roles": "people.manage",
        "people deactivate": "people.manage",
        "people reactivate": "people.manage",
    },
    "setup": {
        "setup": "settings.manage and role.manage",
        "settings show": "settings.manage",
        "settings set": "settings.manage",
        "role list": "people.view or role.manage",
        "role create": "role.manage",
        "role permissions": "role.manage",
        "role bind": "role.manage",
        "role unbind": "role.manage",
        "role delete": "role.manage",
    },
    "audit": {
        "audit search": "audit.view",
        "audit show": "audit.view",
        "audit verify": "audit.view",
        "audit export": "audit.view",
    },
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
    for topic, commands in COMMANDS.items():
        possible = [name for name, needs in commands.items() if satisfies(held, needs)]
        if possible:
            yield topic, possible


def satisfies(held: frozenset[str], needs: str) -> bool:
    """Whether these permissions are what a command takes."""
    if " and " in needs:
        return held.issuperset(needs.split(" and "))
    return not needs or not held.isdisjoint(needs.split(" or "))


def _overview(topic: str, commands: Sequence[str]) -> str:
    return f"**{_(TOPICS[topic])}**: " + " ".join(f"`/{name}`" for name in commands)


def _usage_line(name: str, usage: Usage) -> str:
    options = [option if required else f"[{option}]" for option, required in usage.options]
    typed = " ".join([f"/{name}", *options])
    return f"`{typed}`\n{_(usage.description)}"


def _options(may: Mapping[str, object], topic: str | None) -> Iterator[discord.SelectOption]:
    for name in may:
        yield discord.SelectOption(label=_(TOPICS[name]), value=name, default=name == topic)
