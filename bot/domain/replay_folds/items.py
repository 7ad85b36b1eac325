"""Folds of items and locations."""

from typing import Final

from bot.domain.replay import NEW_LOCATION, Fold, Replay, Said

# What a first record about an item leaves out has these values.
_ITEM: Final = {
    "sku": "",
    "name": "",
    "unit": "",
    "reorder point": "",
    "reorder target": "",
    "tracking": "none",
    "whole": "",
    "archived": "",
    "alert": "",
    "snoozed until": "",
}


def _item(replay: Replay, said: Said) -> None:
    replay.change("item", (said.subject_id,), said.record, said.after, **_ITEM)


def _location(replay: Replay, said: Said) -> None:
    values = dict(said.after)
    if inside := values.get("inside", ""):
        values["inside"] = str(replay.located(inside))
    replay.change("location", (said.subject_id,), said.record, values, **NEW_LOCATION)


FOLDS: Final[dict[str, Fold]] = {
    **dict.fromkeys(("item.added", "item.edited", "item.archived", "item.restored"), _item),
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
