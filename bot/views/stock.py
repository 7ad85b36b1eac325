"""Stock as people see it: what a record did, what lies where, what happened."""

from bot.database.controllers.stock import LevelRow, MoveRow
from bot.domain.places import VirtualPlace, is_virtual
from bot.domain.quantities import format_quantity
from bot.domain.stock import MovedEnd, MovedLine
from bot.services.stock import StockMoved
from bot.views.actions import answered, told
from bot.views.components import Button, number, row_of
from bot.views.replies import Reply, renders
from bot.views.text import amount, bold, plain, when

_OUTSIDE = {
    VirtualPlace.SUPPLIER: "supplier",
    VirtualPlace.CUSTOMER: "out",
    VirtualPlace.LOSS: "loss",
    VirtualPlace.GAIN: "gain",
}


UNDO = Button("record", "undo", number)
AGAIN = Button("record", "again", number)


@renders(StockMoved)
def moved_page(moved: StockMoved) -> Reply:
    """Show a write: what moved, before -> after at each shelf, the record's number."""
    lines = [_headline(moved, line) for line in moved.lines]
    lines += [_before_after(line, end) for line in moved.lines for end in _shelves(line)]
    if moved.note:
        lines.append(f"Note: {plain(moved.note)}")
    lines.append(f"`#{moved.record}`")
    view = None
    if moved.reverses is None:
        view = row_of(
            UNDO("Undo", moved.record),
            AGAIN("Again", moved.record),
        )
    else:
        view = row_of(AGAIN("Again", moved.reverses))
    return Reply("\n".join(lines), view=view)


def level_line(level: LevelRow, *, by_item: bool) -> str:
    """Write one level: by place under an item, by item under a place."""
    held = f"**{amount(level.quantity, level.unit)}**"
    if by_item:
        return f"{plain(level.location)}: {held}"
    return f"{bold(level.sku)} {plain(level.name)}: {held}"


def history_line(move: MoveRow) -> str:
    """Write one move of the history in a line."""
    verb = told(move.action)
    if move.reverses is not None:
        verb = f"undid #{move.reverses}:"
    way = f"{end_name(move.source_id, move.source)} → {end_name(move.target_id, move.target)}"
    quantity = amount(move.quantity, move.unit)
    return (
        f"`#{move.record}` {when(move.at)} <@{move.actor_id}> {verb} "
        f"{quantity} {bold(move.sku)} · {way}"
    )


def end_name(location_id: int, name: str) -> str:
    """Write a place; the outside world in plain words."""
    if is_virtual(location_id):
        return f"_{_OUTSIDE[VirtualPlace(location_id)]}_"
    return plain(name)


def _headline(moved: StockMoved, line: MovedLine) -> str:
    quantity = amount(line.quantity, line.unit)
    subject = f"{bold(line.sku)} {plain(line.name)}"
    if moved.reverses is not None:
        return f"✅ Undid #{moved.reverses}: **{quantity}** of {subject}"
    if moved.action == "stock.adjusted":
        sign = "-" if line.source.id != VirtualPlace.GAIN else "+"
        return f"✅ Adjusted {subject} by **{sign}{quantity}**"
    return f"✅ {answered(moved.action)} **{quantity}** of {subject}"


def _shelves(line: MovedLine) -> list[MovedEnd]:
    return [end for end in (line.source, line.target) if not end.is_virtual]


def _before_after(line: MovedLine, end: MovedEnd) -> str:
    before = format_quantity(end.before)
    return f"{plain(end.name)}: {before} → {amount(end.after, line.unit)}"
