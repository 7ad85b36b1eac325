"""Folds of what operators do to the schema: what a downgrade deletes, no row has any more."""

from typing import Final

from bot.domain.documents import DOCUMENT_KINDS
from bot.domain.replay import NEW_LOCATION, Fold, Replay, Said
from bot.domain.replay_folds.items import NEW_ITEM

# The first schema with lots, further units, documents and shifts.
_IN_DEPTH: Final = "0010"
_NOUNS_IN_DEPTH: Final = (
    "unit",
    "barcode",
    "image",
    "merge",
    "lot",
    "shift",
    *(noun for kind in DOCUMENT_KINDS for noun in (kind.noun, kind.line_noun)),
)
_ITEM_IN_DEPTH: Final = ("tracking", "reorder target")


def _downgraded(replay: Replay, said: Said) -> None:
    target = said.after["schema"].rpartition(" to ")[2]
    if target != "base" and target >= _IN_DEPTH:
        return
    for noun in _NOUNS_IN_DEPTH:
        replay.rows[noun].clear()
    documents = {kind.noun for kind in DOCUMENT_KINDS}
    decided = [key for key in replay.rows["approval"] if key[0] in documents]
    replay.remove("approval", decided)
    for item in replay.rows["item"].values():
        item.values.update({name: NEW_ITEM[name] for name in _ITEM_IN_DEPTH})
    for location in replay.rows["location"].values():
        location.values["kind"] = NEW_LOCATION["kind"]
    replay.rows["guild"][()].values["expiry_warning_days"] = "30"


FOLDS: Final[dict[str, Fold]] = {"books.downgraded": _downgraded}
