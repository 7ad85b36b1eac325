"""A count that found what the books say: it is recorded, and nothing moves."""

from typing import Final

from bot.database.unit import UnitOfWork
from bot.domain.actions import Reversal, declare_actions
from bot.domain.changes import Change
from bot.domain.conversions import Measured
from bot.domain.posting import require_open
from bot.domain.quantities import ZERO, format_quantity
from bot.domain.stock import MovedEnd, MovedLine, StockLine
from bot.services.moved import StockMoved

COUNTED: Final = "stock.counted"

# What is reversed is not held against the books any longer.
declare_actions(COUNTED, reversal=Reversal.MOVES, is_observation=True)


def record_agreement(
    uow: UnitOfWork, line: StockLine, measured: Measured, reason: str
) -> StockMoved:
    """Record a count that found what the books say; nothing moves."""
    item, location, counted = line.item, line.target, measured.quantity
    require_open(line)
    record = uow.record(
        COUNTED,
        subject_type="item",
        subject_id=item.id,
        subject=item.sku,
        changes=[
            Change("counted", "", f"{format_quantity(counted)} {item.unit}"),
            Change("location", "", location.name),
            *([Change("lot", "", line.lot.code)] if line.lot is not None else []),
        ],
        note=reason,
        subjects=[("location", location.id), *([("lot", line.lot_id)] if line.lot_id else [])],
    )
    outside = MovedEnd(line.source.id, line.source.name, ZERO, ZERO)
    there = MovedEnd(location.id, location.name, counted, counted)
    seen = MovedLine(
        item.id,
        item.sku,
        item.name,
        item.unit,
        ZERO,
        outside,
        there,
        line.lot_id,
        lot="" if line.lot is None else line.lot.code,
        expires_on=None if line.lot is None else line.lot.expires_on,
    )
    return StockMoved(
        record=record,
        action=COUNTED,
        lines=(seen,),
        note=reason,
        line_count=1,
        is_offered_again=False,
        given=measured.given,
    )
