"""What a file leaves open, asked before its preview is shown: numbers, days, whose prices."""

from typing import Final

import discord

from bot.database.controllers.base import Page
from bot.database.models import Supplier
from bot.domain.sheets.days import First, read_day_cell
from bot.domain.sheets.numbers import Mark
from bot.locales import _
from bot.services.imports.previewing import ImportPreviewed
from bot.views.components import Button, Component, Menu, row_of
from bot.views.pages import Turn, page_buttons, turns_of
from bot.views.replies import Reply
from bot.views.text import bold, clip, plain

CANCEL: Final = Button("import", "cancel", str)
READ_AS: Final = Button("import", "read", str, str)
DAYS_AS: Final = Button("import", "days", str, str)
SUPPLIED_BY: Final = Menu("import", "supplier", str)
SUPPLIERS_PAGE: Final = Button("import", "suppliers", Turn.parse, str)
MARKS: Final[dict[str, Mark]] = {"comma": ",", "point": "."}
FIRSTS: Final[dict[str, First]] = {"day": "day", "month": "month"}


def ask(previewed: ImportPreviewed, lines: list[str]) -> Reply:
    """Ask what the file leaves open, one question at a time."""
    content, token = previewed.content, previewed.token
    if content.open_question is not None:
        return _ask_mark(previewed, lines)
    if content.open_day is not None:
        text, controls = _ask_first(token, content.open_day)
    else:
        text, controls = _ask_supplier(token, previewed.suppliers)
    return Reply("\n".join([*lines, text]), view=row_of(*controls, CANCEL(_("Cancel"), token)))


def _ask_mark(previewed: ImportPreviewed, lines: list[str]) -> Reply:
    typed = previewed.content.open_question or ""
    digits = typed.replace(",", "").replace(".", "")
    divided = typed.replace(",", ".").rstrip("0")
    is_comma = "," in typed
    lines.append(
        _(
            "The number {typed} can be read as {first} or as {second}, and nothing in its "
            "column says which."
        ).format(typed=bold(typed), first=plain(digits), second=plain(divided))
    )
    # Where the mark divides decimals, the number has a fraction.
    grouped, decimal = ("point", "comma") if is_comma else ("comma", "point")
    read = _("{typed} is {number}")
    buttons: list[Component] = [
        READ_AS(read.format(typed=typed, number=digits), previewed.token, grouped),
        READ_AS(read.format(typed=typed, number=divided), previewed.token, decimal),
        CANCEL(_("Cancel"), previewed.token),
    ]
    return Reply("\n".join(lines), view=row_of(*buttons))


def _ask_supplier(token: str, suppliers: Page[Supplier] | None) -> tuple[str, list[Component]]:
    """Ask whose prices a file has that does not say so."""
    if suppliers is None or not suppliers.rows:
        text = _(
            "The file does not say whose prices these are, and no supplier is approved. Add a "
            "column `supplier` with its name, or propose one with `/supplier propose`."
        )
        return text, []
    options = [
        discord.SelectOption(label=clip(each.name, 100), value=str(each.id))
        for each in suppliers.rows
    ]
    menu = SUPPLIED_BY(_("Choose the supplier"), token, options=options)
    turns = turns_of(suppliers, [each.id for each in suppliers.rows])
    text = _("Whose prices are these? Choose a supplier, or add a column `supplier` to the file.")
    return text, [menu, *page_buttons(SUPPLIERS_PAGE, (token,), *turns)]


def _ask_first(token: str, typed: str) -> tuple[str, list[Component]]:
    """Ask whether the day or the month comes first."""
    by_day, by_month = (read_day_cell(typed, each, field="from") for each in FIRSTS.values())
    text = _(
        "The day {typed} can be read as {first} or as {second}, and nothing in its column says "
        "which."
    ).format(typed=bold(typed), first=by_day.isoformat(), second=by_month.isoformat())
    read = _("{typed} is {day}")
    return text, [
        DAYS_AS(read.format(typed=typed, day=by_day.isoformat()), token, "day"),
        DAYS_AS(read.format(typed=typed, day=by_month.isoformat()), token, "month"),
    ]
