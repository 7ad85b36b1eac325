"""The statements about promised answers, each built once."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import and_, bindparam, delete, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.database.delivery.shares import is_for
from bot.database.models import PendingAnswer, Receipt
from bot.database.models.base import table_of
from bot.database.nodes import among

MAX_ROWS: Final = 50
TOKEN_LIFE: Final = timedelta(minutes=15)
PURGED_AT_ONCE: Final = 500
# The token of a refusal that was shown: no one is to be answered, and it is kept all the same.
# Without it an event that Discord delivers again would be carried out, by then with success.
_REFUSED: Final = ""

_table, _receipt = table_of(PendingAnswer), table_of(Receipt)
_KEY: Final = (_table.c.guild_id, _table.c.key)
_THIS = and_(_table.c.guild_id == bindparam("g"), _table.c.key == bindparam("k"))
_IS_ANSWERED = and_(_receipt.c.guild_id == _table.c.guild_id, _receipt.c.key == _table.c.key)


def _insert(insert: Any) -> Any:
    return insert(_table).on_conflict_do_nothing().returning(*_KEY)


PROMISE = {"postgresql": _insert(postgresql.insert), "sqlite": _insert(sqlite.insert)}
DELETE = delete(_table).where(_THIS)
KEEP_REFUSAL = update(_table).where(_THIS).values(token=_REFUSED, failed_at=None)
IS_WAITING: Final = _table.c.token != _REFUSED
_is_past = and_(_table.c.token == _REFUSED, _table.c.created_at < bindparam("before"))
HAS_PAST = select(_table.c.key).where(_is_past).limit(1)
PURGE = delete(_table).where(
    tuple_(*_KEY).in_(
        select(*_KEY).where(_is_past).order_by(_table.c.created_at).limit(PURGED_AT_ONCE)
    )
)
FAIL = update(_table).where(_THIS).values(failed_at=bindparam("now"))
UNSHOWN = (
    select(
        *_KEY,
        _table.c.user_id,
        _receipt.c.record,
        _receipt.c.created_at,
        _receipt.c.operation,
        _receipt.c.fingerprint,
        _receipt.c.request,
    )
    .join(_receipt, _IS_ANSWERED)
    .where(
        tuple_(_table.c.guild_id, _table.c.user_id).in_(bindparam("users", expanding=True)),
        _table.c.created_at > bindparam("since"),
        _table.c.known_at.is_(None),
        or_(_table.c.failed_at.is_not(None), _table.c.created_at < bindparam("on_its_way")),
    )
    .order_by(_receipt.c.record.desc())
)
# Asked back, its user chose to do it once more: they know of it.
NOTE_KNOWN = (
    update(_table)
    .where(
        _table.c.guild_id == bindparam("g"),
        _table.c.key.in_(
            select(_receipt.c.key).where(
                _receipt.c.guild_id == bindparam("g"), _receipt.c.record == bindparam("r")
            )
        ),
    )
    .values(known_at=bindparam("now"))
)
LOST = (
    select(_receipt.c.operation, _receipt.c.answer)
    .select_from(_table)
    .join(_receipt, _IS_ANSWERED)
    .where(
        _THIS,
        or_(_table.c.failed_at.is_not(None), _table.c.created_at < bindparam("on_its_way")),
    )
)
WAITING = (
    select(
        *(each for each in _table.c if each is not _table.c.known_at),
        _receipt.c.operation,
        _receipt.c.answer,
    )
    .outerjoin(_receipt, _IS_ANSWERED)
    .where(
        _table.c.created_at < bindparam("before"),
        IS_WAITING,
        or_(_table.c.failed_at.is_(None), _table.c.failed_at < bindparam("before")),
        is_for(_table.c.guild_id, _table.c.created_at),
    )
    # Those that could not be shown before must not keep others waiting.
    .order_by(_table.c.failed_at.asc().nulls_first(), _table.c.created_at)
    .limit(MAX_ROWS)
)
WAITING_AMONG = WAITING.where(among(_table.c.guild_id))
