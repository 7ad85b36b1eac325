"""Which guilds' work a process takes up: its own at once, others' when it was left undone.

Discord sends all events of a guild to one shard, so its process alone has work there, and no two
processes try for the same guild. What a dead process leaves is taken over by the others.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, bindparam, literal_column, or_

from bot.domain.shards import Share

# Longer than a living process leaves anything of its own undone.
GRACE: Final = timedelta(minutes=1)
# People wait for these, and their tokens run out.
ANSWERS_GRACE: Final = timedelta(seconds=20)

# PostgreSQL shifts by integers alone, and a parameter beside a bigint is taken for one.
_ID_BITS: Final[ColumnElement[int]] = literal_column("22")
_COUNT = bindparam("shard_count", type_=BigInteger)
_IDS = bindparam("shard_ids", expanding=True, type_=BigInteger)


def is_for(guild_id: ColumnElement[Any], since: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that work due since then is this process's to do."""
    shard = guild_id.bitwise_rshift(_ID_BITS) % _COUNT
    return or_(shard.in_(_IDS), since < bindparam("abandoned", type_=since.type))


def values_of(share: Share, now: datetime, grace: timedelta = GRACE) -> dict[str, Any]:
    """Return what `is_for` asks for; others' work is left alone for the grace."""
    return {
        "shard_count": share.count,
        "shard_ids": list(share.ids),
        "abandoned": now - grace,
    }
