"""Why a figure of stock is what it is: the figure, what vouches for it, and its records."""

from typing import Final

from bot.database.controllers.figures import LevelPart
from bot.database.controllers.stock_rows import MoveRow
from bot.domain.message_links import RecordLinks
from bot.domain.quantities import format_quantity
from bot.domain.stock_scopes import Step
from bot.locales import _, ngettext
from bot.services.location_pages import LocationShown
from bot.services.why.chain import ChainState, Checked
from bot.services.why.stock import (
    LevelsListed,
    ReservationsListed,
    StockExplained,
    is_sound,
)
from bot.views.actions import verb_of
from bot.views.components import Component
from bot.views.pages import FIRST, Row, list_page, page_buttons, turns_of
from bot.views.record_links import marked, numbered
from bot.views.replies import Reply, renders
from bot.views.reports.titles import kind_title
from bot.views.stock import end_name
from bot.views.stock_pages import held_text
from bot.views.text import amount, bold, first_of, person, plain, when
from bot.views.why_controls import (
    CHECK,
    EVERYWHERE,
    WHY,
    WHY_HELD,
    WHY_LEVELS,
    WHY_REPORT,
    WHY_RESERVED,
    WHY_VALUE,
    why_stock,
)

_MAX_HOLDERS: Final = 3
_PAGE_ROWS: Final = 10


@renders(StockExplained)
def why_page(explained: StockExplained) -> Reply:
    """Show a figure of stock and a page of its records."""
    return checked_page(explained, None)


def checked_page(explained: StockExplained, checked: Checked | None) -> Reply:
    """Show it with what is known of the last verification."""
    moves = explained.moves
    above = [*_figure_lines(explained), chain_line(explained.chain, explained.links, checked)]
    if not is_sound(explained):
        above.append("⚠️ " + _("These records do not add up to the figure: run **/audit verify**."))
    rows = [
        Row(_move_line(move, step, explained))
        for move, step in zip(moves, explained.steps or [None] * len(moves), strict=True)
    ]
    return list_page(
        " · ".join([_("Why?"), *_names(explained)]),
        rows,
        above=above,
        nothing=_("_No records._"),
        footer="" if explained.has_older or not moves else _("This is the first record of it."),
        buttons=_buttons(explained),
    )


def _names(explained: StockExplained) -> list[str]:
    item, location, lot = explained.item, explained.location, explained.lot
    names = [kind_title(explained.report)] if explained.report else []
    names += [item.sku] if item else []
    if location is not None:
        inside = _("{location} and inside").format(location=location.name)
        names.append(inside if explained.asked.is_whole else location.name)
    if lot is not None:
        names.append(lot.code)
    return names


def _figure_lines(explained: StockExplained) -> list[str]:
    """Say the figure first, and what makes it."""
    item, figure = explained.item, explained.figure
    as_of = explained.asked.beyond
    lines = []
    if as_of is not None:
        lines.append(_("As of #{record}.").format(record=as_of - 1))
    if item is None or figure is None:
        return [*lines, _("It is made of every move of the ledger so far, newest first.")]
    total = f"**{amount(figure, item.unit)}**"
    stock = explained.availability
    if stock is None:
        return [
            _("{quantity} = what came in less what went out, in the records below.").format(
                quantity=total
            ),
            *lines,
        ]
    parts = [_("{quantity} available").format(quantity=format_quantity(stock.available))]
    # What is held back of what cannot be used is not available twice.
    kept = min(stock.reserved, stock.usable)
    if kept:
        parts.append(_("{quantity} reserved").format(quantity=format_quantity(kept)))
    if aside := stock.on_hand - stock.usable:
        parts.append(
            _("{quantity} in quarantine, held or expired").format(quantity=format_quantity(aside))
        )
    lines.append(_("{quantity} on hand = {parts}.").format(quantity=total, parts=" + ".join(parts)))
    if holders := explained.reserved_for:
        names = [
            f"{each.request} {plain(each.wanted_for)} {format_quantity(each.quantity)}"
            for each in holders
        ]
        lines.append(_("Reserved: {requests}").format(requests=first_of(names, _MAX_HOLDERS)))
    return lines


def chain_line(chain: ChainState, links: RecordLinks, checked: Checked | None) -> str:
    """Say what is known of the chain, without verifying it."""
    if checked is not None:
        found = _("checked up to #{record} {when}: intact.")
        if not checked.is_intact:
            found = "❌ " + _("checked up to #{record} {when}: problems found.")
        return _("Chain: {found}").format(
            found=found.format(record=checked.last_record, when=when(checked.at))
        )
    if chain.closed is None:
        found = _("no day was closed yet; not checked here.")
        return _("Chain: {found}").format(found=found)
    said = _("signed up to #{head} on {day} by {closed}; not checked here since.")
    if not chain.is_signed:
        said = _("kept up to #{head} on {day} by {closed}; not checked here since.")
    closed = numbered(chain.closed, links.get(chain.closed))
    found = said.format(head=chain.head, day=chain.day, closed=closed)
    return _("Chain: {found}").format(found=found)


def _move_line(move: MoveRow, step: Step | None, explained: StockExplained) -> str:
    verb = verb_of(move.action)
    if move.reverses is not None:
        verb = _("reversed #{record}:").format(record=move.reverses)
    if move.corrects is not None and move.corrects != move.reverses:
        verb = _("kept the count #{record} true:").format(record=move.corrects)
    way = f"{end_name(move.source_id, move.source)} → {end_name(move.target_id, move.target)}"
    lot = f" {plain(move.lot)}" if move.lot and explained.lot is None else ""
    sku = "" if explained.item is not None else f" {bold(move.sku)}"
    head = f"{marked(move.record, explained.links)} {when(move.at, 'f')} {person(move.actor_id)}"
    figure = ""
    if step is not None:
        figure = f" · **{format_quantity(step.before)} → {format_quantity(step.after)}**"
    return f"{head} {verb} {amount(move.quantity, move.unit)}{sku}{lot}{figure} · {way}"


def _buttons(explained: StockExplained) -> list[Component]:
    asked, moves, item = explained.asked, explained.moves, explained.item
    previous = f"b{moves[0].record}.{moves[0].line}" if moves and explained.has_newer else None
    following = f"a{moves[-1].record}.{moves[-1].line}" if moves and explained.has_older else None
    place = explained.location.id if explained.location else EVERYWHERE
    beyond = asked.beyond or 0
    if explained.report:
        state: tuple[object, ...] = (explained.report, place, beyond)
        buttons = page_buttons(WHY_REPORT, state, previous, following)
    else:
        where = -place if asked.is_whole else place
        of = (item.id if item else 0, where, explained.lot.id if explained.lot else 0, beyond)
        buttons = page_buttons(WHY, of, previous, following)
    if item is not None and explained.lot is None and explained.may_see_value:
        buttons.append(WHY_VALUE(_("Value"), 0, item.id, place, beyond))
    if item is not None and explained.availability is not None:
        buttons.append(WHY_LEVELS(_("By location"), FIRST, item.id))
        if explained.availability.reserved:
            buttons.append(WHY_RESERVED(_("Reserved"), 0, item.id))
    if explained.may_check:
        buttons.append(CHECK(_("Check now")))
    return buttons


@renders(LevelsListed)
def levels_page(listed: LevelsListed) -> Reply:
    """Show the levels that an item's stock is made of, each with its own records."""
    levels, item = listed.levels, listed.item

    def at(level: LevelPart) -> str:
        return f"{level.location_id}.{level.lot_id}"

    return list_page(
        " · ".join([_("Why?"), item.sku, _("by location")]),
        [
            Row(
                f"{plain(level.location)}"
                + (f" · {plain(level.lot)}" if level.lot else "")
                + f": **{amount(level.quantity, item.unit)}**",
                why_stock(item.id, location_id=level.location_id, lot_id=level.lot_id),
            )
            for level in levels
        ],
        nothing=_("_Nothing in stock._"),
        buttons=page_buttons(
            WHY_LEVELS,
            (item.id,),
            f"b{at(levels[0])}" if levels and listed.has_previous else None,
            f"a{at(levels[-1])}" if levels and listed.has_next else None,
        ),
    )


@renders(ReservationsListed)
def reservations_page(listed: ReservationsListed) -> Reply:
    """Show which requests hold an item back, each with the record that set it."""
    item, first = listed.item, listed.first
    rows = [
        Row(
            f"{marked(each.record, listed.links)} {when(each.at, 'f')} {person(each.actor_id)} "
            f"**{each.label}** {plain(each.wanted_for)} · **{amount(each.quantity, item.unit)}**"
        )
        for each in listed.reservations
    ]
    total = ngettext(
        "{quantity} reserved by {count} line of requests.",
        "{quantity} reserved by {count} lines of requests.",
        listed.count,
    ).format(quantity=f"**{amount(item.reserved, item.unit)}**", count=listed.count)
    return list_page(
        " · ".join([_("Why?"), item.sku, _("reserved")]),
        rows,
        above=[total],
        nothing=_("_Nothing is reserved._"),
        buttons=page_buttons(
            WHY_RESERVED,
            (item.id,),
            str(max(0, first - _PAGE_ROWS)) if first else None,
            str(first + _PAGE_ROWS) if first + _PAGE_ROWS < listed.count else None,
        ),
    )


def held_page(shown: LocationShown) -> Reply:
    """Show what a location holds with all inside, each figure with its own records."""
    location, has_inside = shown.location, bool(shown.count.locations)
    return list_page(
        " · ".join([_("Why?"), location.name]),
        [
            Row(
                held_text(row, has_inside=has_inside),
                why_stock(row.item_id, location_id=location.id, is_whole=has_inside),
            )
            for row in shown.held.rows
        ],
        nothing=_("_Empty._"),
        buttons=page_buttons(
            WHY_HELD,
            (location.id,),
            *turns_of(shown.held, [row.item_id for row in shown.held.rows]),
        ),
    )
