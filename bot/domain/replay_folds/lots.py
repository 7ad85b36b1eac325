"""Folds of lots: what puts make of them, and whether they are held."""

from typing import Final

from bot.domain.lot_contents import LotContents
from bot.domain.lots import OPEN, read_lot_change
from bot.domain.replay import Fold, Replay, Said


def fold_lots(replay: Replay, said: Said) -> None:
    """Fold the lots that a record of moves made, and the days that it wrote on known ones."""
    for field, after in said.after.items():
        made = read_lot_change(field, after)
        if made is not None:
            lot_id, facts = made
            replay.change("lot", (lot_id,), said.record, facts, state=OPEN)


def fold_many_lots(replay: Replay, said: Said) -> None:
    """Fold the lots that a record of many lines made, and the days that it wrote on known ones."""
    for lot_id, (_, after) in LotContents.read(said.contents).lots.items():
        replay.change("lot", (lot_id,), said.record, after, state=OPEN)


def fold_restored_days(replay: Replay, said: Said) -> None:
    """Fold the days that a reversal wrote on lots: field by field, or many of them."""
    fold_lots(replay, said)
    fold_many_lots(replay, said)


def _held_or_released(replay: Replay, said: Said) -> None:
    if (said.subject_id,) not in replay.rows["lot"]:
        raise KeyError(said.subject_id)
    replay.change("lot", (said.subject_id,), said.record, {"state": said.after["state"]})


FOLDS: Final[dict[str, Fold]] = {
    "stock.put": fold_lots,
    "stock.reversed": fold_restored_days,
    **dict.fromkeys(("bulk.put", "bulk.counted", "bulk.agreed"), fold_many_lots),
    **dict.fromkeys(("lot.held", "lot.released", "lot.recalled"), _held_or_released),
}
