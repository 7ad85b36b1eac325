"""Folds of what operators do to the schema: what a downgrade deletes, no row has any more."""

from typing import Final

from bot.domain.documents import COUNT, INVOICE, ORDER, PAYMENT, REQUEST, DocumentKind
from bot.domain.replay import NEW_LOCATION, Fold, FormerSkus, Replay, Said
from bot.domain.replay_folds.items import NEW_ITEM

# The first schema that keeps SKUs which items gave up.
_FORMER_SKUS: Final = "0008"
# The first schema with lots, further units, counts, requests and shifts.
_IN_DEPTH: Final = "0010"
_KINDS_IN_DEPTH: Final = (COUNT, REQUEST)
_NOUNS_IN_DEPTH: Final = ("unit", "barcode", "image", "merge", "lot", "shift")
_ITEM_IN_DEPTH: Final = ("tracking", "reorder target")
# The first schema with prices, orders, invoices and payments.
_PURCHASING: Final = "0011"
_KINDS_OF_PURCHASING: Final = (ORDER, INVOICE, PAYMENT)
_SETTINGS_OF_PURCHASING: Final = (
    "order_approval_above",
    "over_delivery_percent",
    "match_tolerance_percent",
)
# The first schema with devices.
_DEVICES: Final = "0012"
# The first schema with boards, scheduled reports and kept days.
_FIGURES: Final = "0013"
_NOUNS_OF_FIGURES: Final = ("board", "report schedule", "tracked item")


def _downgraded(replay: Replay, said: Said) -> None:
    target = said.after["schema"].rpartition(" to ")[2]
    if target == "base" or target < _FIGURES:
        _clear(replay, (), _NOUNS_OF_FIGURES)
    if target == "base" or target < _DEVICES:
        _clear(replay, (), ("device",))
    if target == "base" or target < _PURCHASING:
        _clear(replay, _KINDS_OF_PURCHASING, ("price", "invoice file"))
        settings = replay.rows["guild"][()].values
        settings.update(dict.fromkeys(_SETTINGS_OF_PURCHASING, "0"))
    if target == "base" or target < _IN_DEPTH:
        _clear(replay, _KINDS_IN_DEPTH, _NOUNS_IN_DEPTH)
        for item in replay.rows["item"].values():
            item.values.update({name: NEW_ITEM[name] for name in _ITEM_IN_DEPTH})
        for location in replay.rows["location"].values():
            location.values["kind"] = NEW_LOCATION["kind"]
        replay.rows["guild"][()].values["expiry_warning_days"] = "30"
        replay.former.taken.clear()
        replay.imports.clear()
    if target == "base" or target < _FORMER_SKUS:
        _clear(replay, (), ("former SKU",))
        replay.former = FormerSkus(were_dropped=True)


def _clear(replay: Replay, kinds: tuple[DocumentKind, ...], nouns: tuple[str, ...]) -> None:
    """Expect no rows of some nouns any more, nor what was decided about them."""
    for noun in (*nouns, *(each for kind in kinds for each in kind.nouns)):
        replay.rows[noun].clear()
    documents = {kind.noun for kind in kinds}
    replay.remove("approval", [key for key in replay.rows["approval"] if key[0] in documents])


FOLDS: Final[dict[str, Fold]] = {"books.downgraded": _downgraded}
