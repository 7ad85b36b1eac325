"""Folds of imports: the items, locations and lots that a record set, by their ids."""

from dataclasses import replace
from typing import Final

from bot.domain.imports import IMPORT_APPLIED
from bot.domain.imports.contents import NEW_PRICE, ImportContents
from bot.domain.lots import OPEN
from bot.domain.replay import Fold, Replay, Said
from bot.domain.replay_folds.approvals import fold_step
from bot.domain.replay_folds.items import change_item, change_location, fold_beside


def _import(replay: Replay, said: Said) -> None:
    contents = ImportContents.read(said.contents)
    if said.action == IMPORT_APPLIED:
        replay.imports[said.record] = (said.after["kind"], contents.file_hash)
    for number, (_, after) in contents.locations.items():
        change_location(replay, number, said.record, after)
    for number, (_, after) in contents.items.items():
        change_item(replay, number, said.record, after)
    for number, (before, after) in contents.beside.items():
        fold_beside(replay, replace(said, subject_id=number, before=before, after=after))
    for number, (_, after) in contents.lots.items():
        replay.change("lot", (number,), said.record, after, state=OPEN)
    for number, done in contents.suppliers.items():
        for past, status in done.steps:
            # The facts came with the first step, and are the same after the others.
            step = {**done.facts, "status": status, "reason": done.reason}
            action = f"supplier.{past}"
            fold_step(
                replay,
                replace(said, action=action, subject_id=number, subject=done.name, after=step),
            )
    for number, (_, columns) in contents.prices.items():
        if columns is None:
            replay.remove("price", [(number,)])
        else:
            replay.change("price", (number,), said.record, columns, **NEW_PRICE)


FOLDS: Final[dict[str, Fold]] = dict.fromkeys((IMPORT_APPLIED, "import.reversed"), _import)
