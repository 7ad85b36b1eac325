"""Records as a database wrote them in canonical JSON, and whether their chain holds.

To read, spell and write every value of a million records here took a minute of one processor.
The database writes them beside it; a hash depends on the bytes alone, not on their writer. What
does not hold is read and checked value by value: a text that a database wrote otherwise costs time.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

import orjson

from bot.domain.quantities import PLACES

# What a database writes is hashed by this format.
WRITTEN_FORMAT: Final = 2


# A record is given as its number, format, action, hash and text; a move as the record, the ids of
# item, lot, source and target, the quantity and its text.
WrittenRow: TypeAlias = Sequence[Any]


def read_event(text: str) -> dict[str, Any]:
    """Read the values of a record from its text; raises ValueError for what is none."""
    event: dict[str, Any] = orjson.loads(text)
    return event | {"at": datetime.fromisoformat(event["at"])}


def is_move(item_id: Any, lot_id: Any, source_id: Any, target_id: Any, quantity: Any) -> bool:
    """Whether values can be a move at all: ids, and a quantity of three places."""
    return (
        isinstance(quantity, Decimal)
        and isinstance(item_id, int)
        and isinstance(lot_id, int)
        and isinstance(source_id, int)
        and isinstance(target_id, int)
        and quantity.is_finite()
        and quantity == round(quantity, PLACES)
    )


def are_linked(
    previous: Any, last: int, records: Sequence[WrittenRow], moves: Sequence[WrittenRow]
) -> bool:
    """Whether records follow one and each other without a gap, and each has its right hash.

    The moves must be moves, each of one of the records.
    """
    # The one before may have been changed: what is no hash would have to be quoted.
    if not (isinstance(previous, str) and previous.isascii() and previous.isalnum()):
        return False
    of_record: dict[Any, list[str]] = {}
    for record, item_id, lot_id, source_id, target_id, quantity, written in moves:
        if not is_move(item_id, lot_id, source_id, target_id, quantity) or not written:
            return False
        of_record.setdefault(record, []).append(written)
    for record, form, _, kept, written in records:
        last += 1
        if type(record) is not int or record != last or form != WRITTEN_FORMAT or not written:
            return False
        lines = ",".join(of_record.pop(record, ()))
        content = f'["{previous}",{written},[{lines}]]'
        if hashlib.sha256(content.encode()).hexdigest() != kept:
            return False
        previous = kept
    return not of_record
