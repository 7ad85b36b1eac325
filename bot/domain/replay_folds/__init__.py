"""The folds of a replay: what each action changes in the rows that people manage.

Each module has the folds of its nouns' actions; `fold` finds them by the action's name.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.replay import Fold, Replay, Said
from bot.domain.replay_folds import (
    approvals,
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
from bot.domain.replay_folds.documents import fold_supplied
from bot.domain.replay_folds.lots import fold_lots

# Actions whose moves and levels say everything, or that change no row that people manage.
WITHOUT_ROWS: Final = frozenset(
    {
        "stock.taken",
        "stock.moved",
        "stock.adjusted",
        "stock.counted",
        "bulk.taken",
        "bulk.moved",
        "stock.reversed",
        "lot.expired",
        "books.restored",
        "books.rekeyed",
    }
)
# Only a record with changes has this in its canonical JSON.
_AFTER: Final = '"after":'
FOLDS: Final[dict[str, Fold]] = {
    action: each
    for module in (
        items,
        imports,
        lots,
        roles,
        guild,
        members,
        approvals,
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


def fold(replay: Replay, event: Mapping[str, Any]) -> bool:
    """Fold the next record; return False if it says something that cannot be."""
    action = event["action"]
    found = FOLDS.get(action)
    if found is None and action not in WITHOUT_ROWS:
        replay.unknown.add(event["record"])
        return True
    try:
        # Most records move stock and change no row: their detail need not be read for that, which
        # is a seventh of the time that verifying takes.
        if found is not None and (found is not fold_lots or _AFTER in event["detail"]):
            found(replay, Said.of(event))
        fold_supplied(replay, event)
    except (KeyError, ValueError, TypeError, AttributeError):
        return False
    return True
