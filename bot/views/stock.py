"""Stock in words: what a record did, levels, and the history of moves."""

from dataclasses import replace
from decimal import Decimal

from bot.database.controllers.stock_rows import MoveRow
from bot.domain.message_links import RecordLinks
from bot.domain.quantities import format_quantity
from bot.domain.stock import LowStock, MovedEnd, MovedLine
from bot.domain.virtual_locations import VirtualLocation, is_virtual
from bot.locales import N_, _, ngettext
from bot.services.agreeing import COUNTED
from bot.services.bulk.lines import ACTIONS
from bot.services.moved import StockMoved
from bot.services.stock import ADJUSTED
from bot.views.actions import headline_of, verb_of
from bot.views.components import Button, number, row_of
from bot.views.lot_words import lot_text, warning_text
from bot.views.record_links import marked, numbered
from bot.views.replies import Reply, renders
from bot.views.text import MAX_CONTENT, amount, bold, first_of, fit_lines, more_of, plain, when

_OUTSIDE = {
    VirtualLocation.SUPPLIER: N_("supplier"),
    VirtualLocation.CUSTOMER: N_("out"),
    VirtualLocation.LOSS: N_("loss"),
    VirtualLocation.GAIN: N_("gain"),
}

_HEADLINES = {
    "stock.taken": N_("✅ Took {quantity} of {item}"),
    "stock.put": N_("✅ Put {quantity} of {item}"),
    "stock.moved": N_("✅ Moved {quantity} of {item}"),
    "stock.adjusted": N_("✅ Adjusted {item} by {quantity}"),
    "stock.reversed": N_("✅ Reversed {record}: {quantity} of {item}"),
}
_MAX_LOW = 5
_COUNTED_IN_BULK = ACTIONS["count"]
_ANY_HEADLINE = N_("✅ {action}: {quantity} of {item}")

UNDO = Button("record", "undo", number)
AGAIN = Button("record", "again", number)
# The same, by a person who was asked back because they may have missed the first answer.
INSIST = Button("record", "insist", number)


@renders(StockMoved)
def moved_page(moved: StockMoved) -> Reply:
    """Show a write: what moved, before -> after at each location, the record's number."""
    if moved.action == COUNTED:
        return _counted_page(moved)
    if moved.subject:
        return _whole_page(moved)
    if moved.reverses is not None and not moved.lines:
        text = _("✅ Reversed #{record}. That count agreed with the books, so no stock moved.")
        return Reply(f"{text.format(record=moved.reverses)}\n`#{moved.record}`")
    low = [_low_line(each, is_alone=len(moved.lines) == 1) for each in moved.low]
    low += _kept_counts(moved)
    if len(moved.lines) > 1 and _is_of_lots(moved):
        text = _lots_text(moved, low)
    elif len(moved.lines) > 1:
        text = _long_text(moved, low)
    else:
        lines = [_headline(moved, line) for line in moved.lines]
        lines += [_lot(moved, line) for line in moved.lines if line.lot]
        lines += [_before_after(line, end) for line in moved.lines for end in _physical_ends(line)]
        if moved.action == ADJUSTED:
            lines[-1] += _given(moved)
        text = "\n".join([*lines, *low, *_note(moved), f"`#{moved.record}`"])
    buttons = []
    if moved.reverses is None:
        buttons.append(UNDO(_("Undo"), moved.record))
    # Answers kept by an older version do not say it of a level that was set.
    if moved.is_offered_again and moved.action != ADJUSTED:
        repeated = moved.record if moved.reverses is None else moved.reverses
        buttons.append(AGAIN(_("Again"), repeated))
    return Reply(text, view=row_of(*buttons) if buttons else None)


def _whole_page(moved: StockMoved) -> Reply:
    """Show what was done with things as a whole: what is said of each level is in the ledger."""
    lines = [f"✅ {headline_of(moved.action)} {bold(moved.subject)}"]
    lines += [
        f"{plain(line.sku)} · {_before_after(line, end)}"
        for line in moved.lines
        for end in _physical_ends(line)
    ]
    if moved.more_lines:
        lines.append(more_of(moved.more_lines))
    lines.append(f"`#{moved.record}`")
    undo = UNDO(_("Undo"), moved.record) if moved.reverses is None else None
    return Reply("\n".join(lines), view=row_of(undo) if undo is not None else None)


def history_line(move: MoveRow, links: RecordLinks) -> str:
    """Write one move of the history in a line."""
    verb = verb_of(move.action)
    if move.reverses is not None:
        verb = _("reversed #{record}:").format(record=move.reverses)
    way = f"{end_name(move.source_id, move.source)} → {end_name(move.target_id, move.target)}"
    quantity = amount(move.quantity, move.unit)
    lot = f" {plain(move.lot)}" if move.lot else ""
    kept = "" if move.corrects == move.reverses else kept_text(move.corrects)
    return (
        f"{marked(move.record, links)} {when(move.at)} <@{move.actor_id}> {verb} "
        f"{quantity} {bold(move.sku)}{lot} · {way}{kept}"
    )


def kept_text(record: int | None) -> str:
    """Say for which count a line was added; nothing of other lines."""
    if record is None:
        return ""
    return " · " + _("so that the count `#{record}` stays right").format(record=record)


def end_name(location_id: int, name: str) -> str:
    """Write a location; the outside world in plain words."""
    if is_virtual(location_id):
        return f"_{_(_OUTSIDE[VirtualLocation(location_id)])}_"
    return plain(name)


def _is_of_lots(moved: StockMoved) -> bool:
    """Whether all lines are lots of one item that went the same way."""
    if moved.action == _COUNTED_IN_BULK:
        return False  # what was counted of each is no sum of what moved
    ways = {(line.item_id, line.source.id, line.target.id) for line in moved.lines}
    return len(ways) == 1 and not moved.more_lines and all(line.lot for line in moved.lines)


def _lots_text(moved: StockMoved, low: list[str]) -> str:
    """Show a take or a move of several lots: all of it, then each lot."""
    total = sum((line.quantity for line in moved.lines), Decimal(0))
    lines = [_headline(moved, replace(moved.lines[0], quantity=total)), *low, *_note(moved)]
    lines += [
        " · ".join(
            [
                _lot(moved, line),
                f"**{amount(line.quantity, line.unit)}**",
                *(_before_after(line, end) for end in _physical_ends(line)),
            ]
        )
        for line in moved.lines
    ]
    return fit_lines([*lines, f"`#{moved.record}`"], MAX_CONTENT)


def _lot(moved: StockMoved, line: MovedLine) -> str:
    """Write the lot of a line, and warn of one that expires soon or has expired."""
    text = _("Lot {lot}").format(lot=lot_text(line.lot, line.expires_on))
    if moved.today is None:
        return text
    warning = warning_text(line.expires_on, moved.today, moved.warning_days)
    return f"{text} {warning}".rstrip()


def _counted_page(moved: StockMoved) -> Reply:
    """Show a count that agreed."""
    (line,) = moved.lines
    text = _("✅ Counted {quantity} of {item} at {location}, as the books say.").format(
        quantity=f"**{amount(line.target.after, line.unit)}**{_given(moved)}",
        item=f"{bold(line.sku)} {plain(line.name)}",
        location=plain(line.target.name),
    )
    lots = [_lot(moved, line)] if line.lot else []
    undo = row_of(UNDO(_("Undo"), moved.record))
    return Reply("\n".join([text, *lots, *_note(moved), f"`#{moved.record}`"]), view=undo)


def _long_text(moved: StockMoved, low: list[str]) -> str:
    """Show many lines: the number first, because a long message is cut at its end."""
    count = max(moved.line_count, len(moved.lines))
    counted = ngettext("{count} line", "{count} lines", count).format(count=count)
    lines = [f"`#{moved.record}` · {counted}", *low[:_MAX_LOW], *_note(moved)]
    lines += [
        " · ".join(
            [
                _headline(moved, line),
                *([_lot(moved, line)] if line.lot else []),
                *(_before_after(line, end) for end in _physical_ends(line)),
            ]
        )
        for line in moved.lines
    ]
    more = moved.more_lines
    if more:
        rest = more_of(more)
        return "\n".join([fit_lines(lines, MAX_CONTENT - len(rest) - 1), rest])
    return fit_lines(lines, MAX_CONTENT)


def low_stock_text(low: LowStock) -> str:
    """Say how much is left of an item that fell to its reorder point."""
    if not low.left:
        return _("Nothing left: time to reorder ({point}).").format(
            point=format_quantity(low.point)
        )
    return _("{quantity} left in all: time to reorder ({point}).").format(
        quantity=amount(low.left, low.unit), point=format_quantity(low.point)
    )


def low_line(low: LowStock) -> str:
    """Say that an item fell to its reorder point."""
    return f"⚠️ {bold(low.sku)}: {low_stock_text(low)}"


def _low_line(low: LowStock, *, is_alone: bool) -> str:
    return f"⚠️ {low_stock_text(low)}" if is_alone else low_line(low)


def _kept_counts(moved: StockMoved) -> list[str]:
    """Say why there are lines that no one asked for."""
    if not moved.corrects:
        return []
    counts = first_of([f"`#{each}`" for each in moved.corrects], _MAX_LOW)
    return [_("What was counted since stays true: {counts}.").format(counts=counts)]


def _note(moved: StockMoved) -> list[str]:
    return [_("Note: {note}").format(note=plain(moved.note))] if moved.note else []


def _headline(moved: StockMoved, line: MovedLine) -> str:
    text = _(_HEADLINES.get(moved.action, _ANY_HEADLINE))
    sign, named = "", numbered(moved.reverses or 0, moved.reversed_at)
    if line.corrects is not None:
        # It would read as if the same had been reversed twice, there and back.
        text = _("✅ Kept the count {record} true: {quantity} of {item}")
        named = f"`#{line.corrects}`"
    if moved.action == "stock.adjusted":
        sign = "+" if line.source.id == VirtualLocation.GAIN else "-"
    quantity = line.quantity
    if moved.action == _COUNTED_IN_BULK:
        # The move is the difference alone; no one counted that.
        (end,) = _physical_ends(line)
        quantity = end.after
    # Of a count it is the level that was given.
    given = "" if moved.action == ADJUSTED else _given(moved)
    return text.format(
        action=headline_of(moved.action),
        quantity=f"**{sign}{amount(quantity, line.unit)}**{given}",
        item=f"{bold(line.sku)} {plain(line.name)}",
        record=named,
    )


def _given(moved: StockMoved) -> str:
    """Write the quantity as it was given, if that was in another unit."""
    return f" ({plain(moved.given)})" if moved.given else ""


def _physical_ends(line: MovedLine) -> list[MovedEnd]:
    return [end for end in (line.source, line.target) if not end.is_virtual]


def _before_after(line: MovedLine, end: MovedEnd) -> str:
    before = format_quantity(end.before)
    return f"{plain(end.name)}: {before} → {amount(end.after, line.unit)}"
