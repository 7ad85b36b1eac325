"""Folds of items and locations."""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.item_days import KEPT_SINCE
from bot.domain.items import split_field
from bot.domain.names import key_of
from bot.domain.replay import NEW_LOCATION, Fold, Key, Replay, Said
from bot.domain.replay_folds.former_skus import give_up_sku, lead_over
from bot.domain.replay_folds.lots import fold_lots, fold_many_lots, fold_restored_days

# What a first record about an item leaves out has these values.
NEW_ITEM: Final = {
    "sku": "",
    "name": "",
    "unit": "",
    "reorder point": "",
    "reorder target": "",
    "tracking": "",
    "whole": "",
    "archived": "",
    "alert": "",
    "snoozed until": "",
}


# Fields that are rows of their own.
_BESIDE: Final = frozenset({"image", "merged", KEPT_SINCE})


def _item(replay: Replay, said: Said) -> None:
    columns = {
        name: value
        for name, value in said.after.items()
        if name not in _BESIDE and not split_field(name)[0]
    }
    if columns:
        change_item(replay, said.subject_id, said.record, columns)
    fold_beside(replay, said)


def fold_beside(replay: Replay, said: Said) -> None:
    """Fold what an item has beside its columns: units, barcodes, a picture."""
    item = said.subject_id
    for name in {**said.before, **said.after}:
        kind, which = split_field(name)
        after = said.after.get(name, "")
        if kind == "unit":
            unit = {"unit": which, "factor": after}
            _keep(replay, kind, (item, key_of(which)), said.record, unit, is_kept=bool(after))
        elif kind == "barcode":
            code = {"code": which, "item": item, "means": after}
            _keep(replay, kind, (key_of(which),), said.record, code, is_kept=bool(after))
        elif name == KEPT_SINCE:
            since = {KEPT_SINCE: after}
            _keep(replay, "tracked item", (item,), said.record, since, is_kept=bool(after))
        elif name == "image":
            _keep(replay, name, (item,), said.record, {"hash": after}, is_kept=bool(after))


def _keep(
    replay: Replay, noun: str, key: Key, record: int, values: dict[str, Any], *, is_kept: bool
) -> None:
    if is_kept:
        replay.change(noun, key, record, values)
    else:
        replay.remove(noun, [key])


def _merged(replay: Replay, said: Said) -> None:
    """Fold the item that went into the subject, with what led to it."""
    gone = replay.named("item", said.after["merged"])
    replay.change("item", (gone,), said.record, {"archived": "yes"})
    replay.change("merge", (gone,), said.record, {"into": said.subject_id})
    replay.former.taken[gone] = lead_over(replay, gone, said.subject_id, said.record)
    fold_beside(replay, said)
    fold_lots(replay, said)
    fold_many_lots(replay, said)


def _unmerged(replay: Replay, said: Said) -> None:
    """Fold the item that is one of its own again, with the codes that led to it."""
    back = replay.named("item", said.before["merged"])
    replay.change("item", (back,), said.record, {"archived": ""})
    replay.remove("merge", [(back,)])
    taken = replay.former.taken.pop(back, set())
    lead_over(replay, said.subject_id, back, said.record, only=taken)
    fold_restored_days(replay, said)
    for name, before in said.before.items():
        kind, which = split_field(name)
        if kind == "barcode":
            code = {"code": which, "item": back, "means": before}
            replay.change(kind, (key_of(which),), said.record, code)
        elif kind == "unit":
            replay.remove(kind, [(said.subject_id, key_of(which))])
        elif name == KEPT_SINCE:
            replay.remove("tracked item", [(said.subject_id,)])


def change_item(replay: Replay, number: int, record: int, after: Mapping[str, str]) -> None:
    """Fold what a record says of one item."""
    give_up_sku(replay, number, record, after)
    replay.change("item", (number,), record, after, **NEW_ITEM)
    if sku := after.get("sku"):
        replay.note_name("item", (number,), sku)


def change_location(replay: Replay, number: int, record: int, after: Mapping[str, str]) -> None:
    """Fold what a record says of one location; it names by its path what it is inside of."""
    values = dict(after)
    if inside := values.get("inside", ""):
        values["inside"] = str(replay.located(inside))
    replay.change("location", (number,), record, values, **NEW_LOCATION)


def _location(replay: Replay, said: Said) -> None:
    change_location(replay, said.subject_id, said.record, said.after)


FOLDS: Final[dict[str, Fold]] = {
    **dict.fromkeys(("item.added", "item.edited", "item.archived", "item.restored"), _item),
    **dict.fromkeys(
        (
            "item.unit_set",
            "item.unit_removed",
            "item.barcode_added",
            "item.barcode_removed",
            "item.tracked",
            "item.untracked",
        ),
        _item,
    ),
    "item.merged": _merged,
    "item.unmerged": _unmerged,
    **dict.fromkeys(("item.snoozed", "item.not_needed"), _item),
    **dict.fromkeys(
        (
            "location.added",
            "location.edited",
            "location.renamed",
            "location.archived",
            "location.restored",
        ),
        _location,
    ),
}
