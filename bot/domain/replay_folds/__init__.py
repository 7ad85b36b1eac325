"""The folds of a replay: what each action changes in the rows that people manage.

Each module has the folds of its nouns' actions; `fold` finds them by the action's name.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.actions import ACTIONS, is_reversed_by_moves
from bot.domain.replay import Fold, Replay, Said
from bot.domain.replay_folds import (
    boards,
    devices,
    documents,
    guild,
    imports,
    items,
    lots,
    members,
    prices,
    report_schedules,
    roles,
    schemas,
    shifts,
)
from bot.domain.replay_folds.approvals import find_step_fold
from bot.domain.replay_folds.documents import fold_supplied
from bot.domain.replay_folds.lots import fold_lots, fold_restored_days
from bot.domain.requests import SUPPLIED

# Actions that change no row that people manage, besides those reversed by their moves alone.
_WITHOUT_ROWS: Final = frozenset({"lot.expired", "books.restored", "books.rekeyed"})
# Of most records that these fold there is nothing to fold.
_OF_CHANGES: Final = (fold_lots, fold_restored_days)
# Only a record with changes has this in its canonical JSON.
_AFTER: Final = '"after":'
_AFTER_QUOTED: Final = r"after\":"
_SUPPLIED_QUOTED: Final = rf"{SUPPLIED}\":"
_FOLDS: Final[dict[str, Fold]] = {
    action: each
    for module in (
        items,
        imports,
        lots,
        roles,
        guild,
        members,
        boards,
        documents,
        prices,
        shifts,
        devices,
        report_schedules,
        schemas,
    )
    for action, each in module.FOLDS.items()
}


def is_known(action: str) -> bool:
    """Whether an action has a fold, or the moves and levels of its records say everything."""
    return _find_fold(action) is not None or _is_without_rows(action)


def may_change_rows(action: str, written: str) -> bool:
    """Whether a record, given as JSON in which its detail is a string, may have to be folded."""
    found = _find_fold(action)
    if found is None:
        is_folded = not _is_without_rows(action)
    else:
        is_folded = found not in _OF_CHANGES or _AFTER_QUOTED in written
    return is_folded or _SUPPLIED_QUOTED in written


def fold(replay: Replay, event: Mapping[str, Any]) -> bool:
    """Fold the next record; return False if it says something that cannot be."""
    action = event["action"]
    found = _find_fold(action)
    if found is None and not _is_without_rows(action):
        replay.unknown.add(event["record"])
        if action not in ACTIONS:
            replay.undeclared.add(event["record"])
        return True
    try:
        # Most records move stock and change no row: their detail need not be read for that, which
        # is a seventh of the time that verifying takes.
        if found is not None and (found not in _OF_CHANGES or _AFTER in event["detail"]):
            found(replay, Said.of(event))
        fold_supplied(replay, event)
    except (KeyError, ValueError, TypeError, AttributeError):
        return False
    return True


def _find_fold(action: Any) -> Fold | None:
    # Tampering may leave what is no text.
    return _FOLDS.get(action) or (find_step_fold(action) if isinstance(action, str) else None)


def _is_without_rows(action: str) -> bool:
    return action in _WITHOUT_ROWS or is_reversed_by_moves(action)
