"""Folds of prices: a record says which columns it set."""

from typing import Final

from bot.domain.replay import Fold, Replay, Said


def _price(replay: Replay, said: Said) -> None:
    replay.change("price", (said.subject_id,), said.record, said.contents["price"])


FOLDS: Final[dict[str, Fold]] = {"price.set": _price, "price.ended": _price}
