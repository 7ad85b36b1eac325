"""Folds of SKUs that items gave up: each leads to the item that had it last, and over merges."""

from collections.abc import Collection, Mapping
from typing import Final

from bot.domain.items import MAX_LED_OVER
from bot.domain.names import key_of
from bot.domain.replay import Replay

NOUN: Final = "former SKU"


def give_up_sku(replay: Replay, item_id: int, record: int, after: Mapping[str, str]) -> None:
    """Fold that an item has another SKU from now on, if a record says so."""
    known = replay.rows["item"].get((item_id,))
    if known is None or "sku" not in after:
        return
    before = known.values["sku"]
    key = key_of(before)
    if key == key_of(after["sku"]):
        return
    led = replay.former.led
    row = replay.rows[NOUN].get((key,))
    if row is not None:
        led[row.values["item"]].discard(key)
    led.setdefault(item_id, set()).add(key)
    replay.former.given_up[key] = record
    replay.change(NOUN, (key,), record, {"sku": before, "item": item_id})


def lead_over(
    replay: Replay,
    from_id: int,
    to_id: int,
    record: int,
    only: Collection[str] | None = None,
) -> set[str]:
    """Fold that the SKUs that an item had, or some of them, lead to another; return their keys."""
    led = replay.former.led
    first = sorted(led.get(from_id, ()))[:MAX_LED_OVER]
    keys = {key for key in first if only is None or key in only}
    for key in keys:
        replay.change(NOUN, (key,), record, {"item": to_id})
    if keys:
        led[from_id] -= keys
        led.setdefault(to_id, set()).update(keys)
    return keys
