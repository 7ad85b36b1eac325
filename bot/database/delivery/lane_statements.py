"""The statements about lanes of the outbox, each built once."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.database.delivery.shares import is_for
from bot.database.models import (
    AuditEvent,
    AuditMessage,
    Board,
    Book,
    Guild,
    GuildChannel,
    KnownGuild,
    Outbox,
    OutboxLane,
)
from bot.database.models.base import table_of
from bot.database.nodes import among

# Renewed with every step of a delivery, so that what a killed process held is free in seconds.
LEASE: Final = timedelta(seconds=10)
MAX_LINES: Final = 20
MAX_LANES: Final = 200

_lane, _outbox = table_of(OutboxLane), table_of(Outbox)
_book, _message = table_of(Book), table_of(AuditMessage)
_board = table_of(Board)
_event, _guild, _channel = table_of(AuditEvent), table_of(Guild), table_of(GuildChannel)
_known = table_of(KnownGuild)
_now = bindparam("now", type_=_lane.c.retry_at.type)
_KEY: Final = {"guild_id", "lane"}

_THIS = and_(_lane.c.guild_id == bindparam("g"), _lane.c.lane == bindparam("l"))
_HERE = and_(_outbox.c.guild_id == bindparam("g"), _outbox.c.lane == bindparam("l"))
_OF_LANE = and_(_outbox.c.guild_id == _lane.c.guild_id, _outbox.c.lane == _lane.c.lane)
_FREE = or_(
    _lane.c.leased_until.is_(None),
    _lane.c.leased_until < _now,
    # No lease is that long: the clock of who took it was ahead.
    _lane.c.leased_until > bindparam("longest", type_=_lane.c.leased_until.type),
    _lane.c.leased_by == bindparam("me"),
)
_MAY_GO = or_(_outbox.c.not_before.is_(None), _outbox.c.not_before <= _now)
# What was set aside is taken up again by a version that knows its kind.
_IS_KNOWN = or_(
    _outbox.c.set_aside_at.is_(None), _outbox.c.kind.in_(bindparam("kinds", expanding=True))
)
_IS_RETRIED = _lane.c.retry_at <= _now

# What is queued needs its lane.
OPEN_LANE: Final = {
    "postgresql": postgresql.insert(_lane).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_lane).on_conflict_do_nothing(),
}


def _queue_again(insert: Any) -> Any:
    statement = insert(_outbox)
    return statement.on_conflict_do_update(
        index_elements=("guild_id", "lane", "record", "kind"),
        set_={"not_before": statement.excluded.not_before},
    )


# One that waits already is put off to the new time, or brought forward to it.
QUEUE_AGAIN: Final = {
    "postgresql": _queue_again(postgresql.insert),
    "sqlite": _queue_again(sqlite.insert),
}
# Lanes with rows that may go; a lane that waits is found until its rows are parked.
DUE = (
    select(_outbox.c.guild_id, _outbox.c.lane, _lane.c.retry_at)
    .join(_lane, _OF_LANE)
    .where(
        _outbox.c.parked_at.is_(None),
        _MAY_GO,
        _IS_KNOWN,
        _FREE,
        is_for(_outbox.c.guild_id, _outbox.c.created_at),
    )
    .distinct()
    .limit(MAX_LANES)
)
DUE_AMONG = DUE.where(among(_outbox.c.guild_id))


def _retried(of_these: ColumnElement[bool], most: Any, where: Any) -> Any:
    waited = (
        select(_lane.c.guild_id, _lane.c.lane, _lane.c.retry_at)
        .where(
            _lane.c.retry_at.is_not(None),
            _IS_RETRIED,
            of_these,
            where,
            _FREE,
            is_for(_lane.c.guild_id, _lane.c.retry_at),
        )
        .order_by(_lane.c.retry_at)
        .limit(most)
    )
    return select(waited.subquery())


# Lanes whose wait is over, whatever of theirs is parked. Those that wait for people may be as many
# as they like and are refused again: some of them, and they keep no other waiting.
RETRIED, RETRIED_AMONG = (
    union_all(
        _retried(_lane.c.blocked_reason.is_(None), MAX_LANES, where),
        _retried(_lane.c.blocked_reason.is_not(None), bindparam("retries", type_=Integer), where),
    )
    for where in (true(), among(_lane.c.guild_id))
)
_OF_GUILDS = among(_lane.c.guild_id)
DUE_IN_GUILDS = select(_lane.c.guild_id, _lane.c.lane).where(
    _OF_GUILDS,
    or_(_lane.c.retry_at.is_(None), _IS_RETRIED),
    _FREE,
    exists().where(_OF_LANE, _MAY_GO, _IS_KNOWN),
)
WAITING_IN_GUILDS = select(_lane.c.guild_id, _lane.c.lane).where(
    _OF_GUILDS, _lane.c.retry_at > _now
)
RETRY_NOW = update(_lane).where(_THIS, _lane.c.retry_at > _now).values(retry_at=_now)

PARK = update(_outbox).where(_HERE, _outbox.c.parked_at.is_(None)).values(parked_at=_now)
UNPARK = update(_outbox).where(_HERE, _outbox.c.parked_at.is_not(None)).values(parked_at=None)

LEASE_LANE = (
    update(_lane)
    .where(_THIS, _FREE)
    .values(leased_by=bindparam("me"), leased_until=bindparam("until"))
    .returning(*_lane.c)
)
GUILD = (
    select(
        _guild.c.timezone,
        _guild.c.language,
        _known.c.name,
        _known.c.owner_id,
        _channel.c.purpose,
        _channel.c.channel_id,
    )
    .select_from(_guild)
    .outerjoin(_known, _known.c.guild_id == _guild.c.guild_id)
    .outerjoin(_channel, _channel.c.guild_id == _guild.c.guild_id)
    .where(_guild.c.guild_id == bindparam("g"))
)
BOARD_CHANNEL = select(_board.c.channel_id).where(
    _board.c.guild_id == bindparam("g"), _board.c.id == bindparam("b")
)
ROWS = (
    select(
        _outbox.c.kind.label("row_kind"),
        _outbox.c.record.label("row_record"),
        _outbox.c.created_at.label("row_created_at"),
        *_event.c,
    )
    .outerjoin(
        _event,
        and_(_event.c.guild_id == _outbox.c.guild_id, _event.c.record == _outbox.c.record),
    )
    .where(_HERE, _MAY_GO, _IS_KNOWN)
    .order_by(_outbox.c.record, _outbox.c.kind)
    .limit(MAX_LINES)
)
_THIS_ROW = and_(_HERE, _outbox.c.record == bindparam("r"), _outbox.c.kind == bindparam("k"))
SET_ASIDE = update(_outbox).where(_THIS_ROW).values(set_aside_at=_now)
# The row that is next, and how often the lane failed since its last message arrived.
BROKEN = (
    select(_outbox.c.record, _outbox.c.kind, _outbox.c.set_aside_at, _lane.c.failures)
    .join(_lane, _OF_LANE)
    .where(_HERE, _MAY_GO, _IS_KNOWN)
    .where(_lane.c.leased_by == bindparam("me"), _lane.c.batch_nonce.is_(None))
    .order_by(_outbox.c.record, _outbox.c.kind)
    .limit(1)
)
SET_ASIDE_FOR = SET_ASIDE.values(not_before=bindparam("until", type_=_outbox.c.not_before.type))
# Columns are set whole from what the holder of the lease knows; no one else changes them.
_STATE: dict[Any, Any] = {c.name: bindparam(f"new_{c.name}") for c in _lane.c if c.name not in _KEY}
_CHANGE_HELD = update(_lane).where(_THIS, _lane.c.leased_by == bindparam("me"))
_NO_LEASE: dict[Any, Any] = {"leased_by": None, "leased_until": None}
SAVE = _CHANGE_HELD.values(_STATE)
# A batch that is on its way stays as it is.
POSTPONE = _CHANGE_HELD.values(
    **_NO_LEASE,
    failures=_lane.c.failures + 1,
    retry_at=bindparam("until"),
    blocked_reason=bindparam("reason"),
    blocked_since=bindparam("since"),
)
RELEASE = _CHANGE_HELD.values(_NO_LEASE)
# A row that was set aside before the batch was frozen is not in it.
_DELIVERED = and_(
    _HERE,
    _MAY_GO,
    _outbox.c.kind == bindparam("k"),
    _outbox.c.record <= bindparam("last_record"),
)
_MESSAGE_OF_ROWS = select(
    _outbox.c.guild_id,
    func.max(_outbox.c.record),
    func.min(_outbox.c.record),
    bindparam("c", type_=_message.c.channel_id.type),
    bindparam("m", type_=_message.c.message_id.type),
)


def _note_message(insert: Any) -> Any:
    names = ["guild_id", "last_record", "first_record", "channel_id", "message_id"]
    found = _MESSAGE_OF_ROWS.where(_DELIVERED).group_by(_outbox.c.guild_id)
    # Who lost the lease learns it in the next statement, also when the other one was here first.
    return insert(_message).from_select(names, found).on_conflict_do_nothing()


# Before the rows are gone: they alone say where the message begins.
NOTE_AUDIT_MESSAGE = {
    "postgresql": _note_message(postgresql.insert),
    "sqlite": _note_message(sqlite.insert),
}
DELIVERED = delete(_outbox).where(_DELIVERED)
# What was put off or queued again meanwhile is still to come.
DELIVERED_ROW = delete(_outbox).where(
    _THIS_ROW,
    _MAY_GO,
    _outbox.c.created_at == bindparam("seen", type_=_outbox.c.created_at.type),
)
# No unit may queue a message meanwhile, which would be left without a lane.
LOCK_BOOK = (
    select(_book.c.guild_id)
    .where(_book.c.guild_id == bindparam("g"))
    .with_for_update(key_share=True)
)
DROP_EMPTY = delete(_lane).where(_THIS, _lane.c.leased_by.is_(None), ~exists().where(_OF_LANE))
BLOCKED_BY = select(_lane.c.guild_id, _lane.c.lane).where(
    _lane.c.retry_at.is_not(None), _lane.c.blocked_reason == bindparam("reason")
)
# Of two processes that saw the same trouble one gets a row.
OWNER_TOLD = (
    update(_lane)
    .where(_THIS, _lane.c.owner_told_at.is_(None))
    .values(owner_told_at=_now)
    .returning(_lane.c.guild_id)
)
