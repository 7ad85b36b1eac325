"""Falls: which items a record let fall to their reorder points, to be alerted once."""

from typing import Final

import orjson

# What a record's detail has of them.
LET_FALL: Final = "let_fall"
# As what the index of subjects has them: which record let an item fall last.
FALL: Final = "fall"


def read_let_fall(detail: str) -> frozenset[int] | None:
    """Return the items that a record let fall, by its detail; None if it does not say so.

    Of an earlier version, only those records say it that had no moves.
    """
    # As text first: the details of imports are long.
    if f'"{LET_FALL}":' not in detail:
        return None
    kept = orjson.loads(detail)
    found = kept.get(LET_FALL) or kept.get("contents", {}).get(LET_FALL)
    return None if found is None else frozenset(found)
