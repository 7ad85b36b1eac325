"""Previews of imports, and what applying one did."""

from collections.abc import Iterator
from typing import Final

import discord

from bot.domain.approvals import APPROVED, PENDING
from bot.domain.imports import ItemFacts, Outcome
from bot.domain.imports.beside import describe_beside
from bot.domain.imports.content import Content
from bot.domain.imports.plan import ImportPlan, PlannedRow, PlannedSupplier
from bot.domain.quantities import format_quantity
from bot.domain.sheets.days import read_last_day
from bot.domain.stock import MovedLine
from bot.locales import N_, _, ngettext
from bot.services.imports.applying import ImportDone
from bot.services.imports.previewing import ImportPreviewed
from bot.views.approval_words import status_word
from bot.views.components import Button, Component, row_of
from bot.views.errors import explain
from bot.views.errors.imports import COLUMN_NAMES, KIND_NAMES
from bot.views.import_questions import CANCEL, ask
from bot.views.lot_words import lot_text
from bot.views.price_imports import jump_figures, price_row_text, shown_first
from bot.views.refused_rows import write_refused
from bot.views.replies import Reply, renders
from bot.views.stock import UNDO
from bot.views.text import (
    MAX_CONTENT,
    amount,
    bold,
    first_of,
    fit_lines,
    more_of,
    plain,
    when,
)

APPLY: Final = Button("import", "apply", str, str)

_SHOWN_ROWS: Final = 8
_SHOWN_FAULTS: Final = 8
_SHOWN_NAMES: Final = 5
_OUTCOMES: Final = {
    Outcome.NEW: N_("new"),
    Outcome.CHANGED: N_("changed"),
    Outcome.UNCHANGED: N_("unchanged"),
    Outcome.WAITING: N_("at unknown locations"),
    Outcome.REFUSED: N_("refused"),
}
_FACTS: Final = ("name", "unit", "tracking", "whole", "reorder_point", "reorder_target")


@renders(ImportPreviewed)
def preview_page(previewed: ImportPreviewed) -> Reply:
    """Show what a file would change, and ask whether it is to be done."""
    content, plan = previewed.content, previewed.plan
    count = len(content.sheet.rows)
    title = ngettext(
        "📄 {file} as {kind}: {count} row", "📄 {file} as {kind}: {count} rows", count
    ).format(file=bold(previewed.file_name), kind=_(KIND_NAMES[content.kind]), count=count)
    lines = [title]
    if previewed.applied is not None:
        record, at = previewed.applied
        lines.append(
            _("⚠️ This file was imported {when} as `#{record}`.").format(
                when=when(at, "f"), record=record
            )
        )
    if plan is None:
        return ask(previewed, lines)
    lines += [*_figures(content, plan), *_rows(plan), *_faults(plan)]
    buttons = _buttons(previewed, plan)
    if not plan.has_changes:
        lines.append(_("There is nothing to change."))
    text = fit_lines([line for line in lines if line], MAX_CONTENT)
    file = None
    if plan.counts[Outcome.REFUSED] or plan.counts[Outcome.WAITING]:
        file = ("refused.csv", write_refused(content, plan))
    return Reply(text, view=row_of(*buttons) if buttons else None, file=file)


@renders(ImportDone)
def done_page(done: ImportDone) -> Reply:
    """Show what an import did: the number first, because it can be undone by it."""
    lines = [
        _("✅ Imported {file} as {kind}: `#{record}`").format(
            file=bold(done.file_name), kind=_(KIND_NAMES[done.kind]), record=done.record
        )
    ]
    counts = (
        (done.added, ngettext("{count} item added", "{count} items added", done.added)),
        (done.changed, ngettext("{count} item changed", "{count} items changed", done.changed)),
        (done.locations, ngettext("{count} location", "{count} locations", done.locations)),
        (done.suppliers, ngettext("{count} supplier", "{count} suppliers", done.suppliers)),
        (done.prices, ngettext("{count} price", "{count} prices", done.prices)),
        (done.move_count, ngettext("{count} move", "{count} moves", done.move_count)),
        (done.left_out, ngettext("{count} row left out", "{count} rows left out", done.left_out)),
    )
    lines.append(" · ".join(text.format(count=count) for count, text in counts if count))
    lines += [
        f"{bold(line.sku)}{_lot(line)} {plain(end.name)}: "
        f"{format_quantity(end.before)} → {amount(end.after, line.unit)}"
        for line in done.lines
        for end in (line.source, line.target)
        if not end.is_virtual
    ]
    more = done.move_count - len(done.lines)
    if more > 0:
        lines.append(more_of(more))
    if done.low:
        names = first_of([bold(low.sku) for low in done.low], _SHOWN_NAMES)
        lines.append(_("⚠️ Time to reorder: {names}").format(names=names))
    text = fit_lines([line for line in lines if line], MAX_CONTENT)
    # The rows that were left out can still be corrected and sent again.
    undo = row_of(UNDO(_("Undo"), done.record))
    return Reply(text, view=undo, keeps_files=bool(done.left_out))


def _lot(line: MovedLine) -> str:
    return f" {lot_text(line.lot, line.expires_on)}" if line.lot else ""


def exported_page(name: str, content: bytes, rows: int) -> Reply:
    """Attach a table."""
    text = ngettext("📄 {count} row.", "📄 {count} rows.", rows).format(count=rows)
    return Reply(text, file=(name, content))


def cancelled_page() -> Reply:
    """Say that a preview is gone."""
    return Reply(_("Cancelled: nothing was imported."), keeps_files=False)


def applying_page() -> Reply:
    """Say that an import is under way."""
    return Reply(_("⏳ Importing: this takes a few seconds …"))


def reading_page() -> Reply:
    """Say that a file is being read."""
    return Reply(_("⏳ Reading the file …"))


def writing_page() -> Reply:
    """Say that a file is being written."""
    return Reply(_("⏳ Writing the file …"))


def _figures(content: Content, plan: ImportPlan) -> Iterator[str]:
    counts = [f"**{plan.counts[each]}** {_(word)}" for each, word in _OUTCOMES.items()]
    yield " · ".join(counts)
    yield from jump_figures(plan)
    if plan.moves:
        yield ngettext(
            "{count} level would change.", "{count} levels would change.", plan.moves
        ).format(count=plan.moves)
    commas = [name for name, mark in content.marks.items() if mark == ","]
    if commas:
        names = first_of([_(COLUMN_NAMES[name]) for name in commas], _SHOWN_NAMES)
        yield _("Read with a decimal comma: {names} (`1.250` is 1250).").format(names=names)
    if content.month is not None:
        day = read_last_day(content.month, content.days_begin_with, field="expiry")
        yield _("Months are read as their last day: {typed} is {day}.").format(
            typed=bold(content.month), day=day.isoformat()
        )
    if content.ignored:
        names = first_of([bold(each[:40]) for each in content.ignored], _SHOWN_NAMES)
        yield _("Ignored columns: {names}").format(names=names)
    named = {row.label for row in plan.rows if row.location is not None}
    missing = [each for each in plan.missing if each not in named]
    if missing:
        names = first_of([bold(each) for each in missing], _SHOWN_NAMES)
        text = (
            ngettext(
                "{count} more location is added, around those: {names}",
                "{count} more locations are added, around those: {names}",
                len(missing),
            )
            if plan.kind == "locations"
            else _("Unknown locations: {names}")
        )
        yield text.format(names=names, count=len(missing))
    shortened = sum(row.is_shortened for row in plan.rows)
    if shortened:
        yield ngettext(
            "{count} name is too long and is shortened (…).",
            "{count} names are too long and are shortened (…).",
            shortened,
        ).format(count=shortened)


def _rows(plan: ImportPlan) -> Iterator[str]:
    wanted = shown_first(plan, list(plan.of(Outcome.NEW, Outcome.CHANGED, Outcome.WAITING)))
    for row in wanted[:_SHOWN_ROWS]:
        yield f"`{row.line}` {_row_text(row)}"
    more = len(wanted) - _SHOWN_ROWS
    if more > 0:
        yield more_of(more)


def _row_text(row: PlannedRow) -> str:
    parts = [bold(row.label)]
    if row.location is not None:
        there, kind = row.location.before, row.location.kind
        parts.append(kind if there is None else f"{there.kind} → {kind}")
        return " ".join(parts)
    if row.supplier is not None:
        return f"{parts[0]} {_supplier_text(row.supplier)}"
    if row.price is not None:
        return f"{parts[0]} {price_row_text(row.price)}"
    facts, before_facts = row.after, row.before
    assert facts is not None
    if before_facts is None:
        parts.append(plain(facts.name))
        parts.append(_("(new)"))
    elif before_facts != facts:
        parts.append(_changes(before_facts, facts))
    if row.beside:
        parts.append(plain("; ".join(describe_beside(row.beside))))
    level = row.level
    if level is not None:
        before = "" if before_facts is None else f"{format_quantity(level.before)} → "
        lot = level.lot
        of_lot = "" if lot is None else f" · {lot_text(lot.code, lot.expires_on)}"
        parts.append(f"{plain(level.path)}{of_lot}: {before}{amount(level.counted, facts.unit)}")
    return " · ".join([" ".join(parts[:2]), *parts[2:]])


def _supplier_text(planned: PlannedSupplier) -> str:
    """Say which fields a row sets, and that an approved supplier is to be approved again."""
    if planned.before is None:
        return _("(new)")
    texts = [_(COLUMN_NAMES[name]) for name in planned.values]
    is_asked = planned.before.status == APPROVED and planned.values.keys() != {"note"}
    if is_asked or planned.is_resubmitted:
        texts.append(f"{status_word(planned.before.status)} → {status_word(PENDING)}")
    return ", ".join(texts)


def _changes(before: ItemFacts, after: ItemFacts) -> str:
    texts = []
    for name in _FACTS:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            texts.append(f"{_(COLUMN_NAMES[name])}: {_fact(was)} → {_fact(now)}")
    if before.is_archived:
        texts.append(_("restored"))
    return ", ".join(texts)


def _fact(value: object) -> str:
    if value is None:
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return plain(value) if isinstance(value, str) else f"{value:f}".rstrip("0").rstrip(".")


def _faults(plan: ImportPlan) -> Iterator[str]:
    refused = list(plan.of(Outcome.REFUSED))
    for row in refused[:_SHOWN_FAULTS]:
        for fault in row.faults:
            column = _(COLUMN_NAMES.get(fault.column, fault.column))
            value = f" {bold(fault.value[:40])}" if fault.value else ""
            yield f"❌ `{row.line}` {column}{value}: {explain(fault.error)}"
    if len(refused) > _SHOWN_FAULTS:
        yield _("… the others are in the file, to be corrected and sent again.")


def _buttons(previewed: ImportPreviewed, plan: ImportPlan) -> list[Component]:
    counts, token = plan.counts, previewed.token
    if not plan.has_changes:
        return []
    buttons: list[Component] = []
    good = counts[Outcome.NEW] + counts[Outcome.CHANGED]
    green = discord.ButtonStyle.success
    if not counts[Outcome.REFUSED] and not counts[Outcome.WAITING]:
        buttons.append(APPLY(_("Apply"), token, "all", style=green))
    if counts[Outcome.WAITING] and previewed.may_add_locations:
        count = len(plan.missing)
        label = ngettext(
            "Add {count} location and apply", "Add {count} locations and apply", count
        ).format(count=count)
        buttons.append(APPLY(label, token, "adding", style=green))
    if good and (counts[Outcome.REFUSED] or counts[Outcome.WAITING]):
        label = ngettext(
            "Apply only the {count} good row", "Apply only the {count} good rows", good
        ).format(count=good)
        buttons.append(APPLY(label, token, "good"))
    buttons.append(CANCEL(_("Cancel"), token))
    return buttons
