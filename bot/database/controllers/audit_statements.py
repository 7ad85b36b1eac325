"""What the audit asks the database: each list is a range of an index that ends with `record`."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Select,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    union_all,
)

from bot.database.controllers.first_records import first_record
from bot.database.models import AuditEvent, AuditSubject, StockMove
from bot.database.models.base import table_of
from bot.database.raw_rows import stored_columns
from bot.database.statements import Prepared, is_among
from bot.database.written_rows import WrittenRows
from bot.domain.chain import FORMATS
from bot.domain.falls import FALL
from bot.domain.stock import FLOOR_ACTIONS, NO_LOT
from bot.domain.virtual_locations import LAST_VIRTUAL_ID
from bot.domain.written_records import WRITTEN_FORMAT

# How far back "my last one" is looked for: the search must end, however long the books are.
_NEWEST_RECORDS: Final = 200

event_table = table_of(AuditEvent)
move_table = table_of(StockMove)
_event = event_table.c
_subject = table_of(AuditSubject).c
_move = move_table.c
_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_limit: BindParameter[int] = bindparam("limit", type_=BigInteger)
_IN_GUILD = _event.guild_id == _guild_id
_reversal = event_table.alias("reversal").c

REVERSALS = Prepared(
    select(_event.reverses, _event.record).where(_IN_GUILD, is_among(_event.reverses, "records"))
)
NEWEST_BY = Prepared(
    select(
        _event.action,
        _event.record,
        # One probe for each: an EXISTS would let PostgreSQL read all events into a hash table.
        (
            _event.reverses.is_not(None)
            | select(_reversal.record)
            .where(_reversal.guild_id == _event.guild_id, _reversal.reverses == _event.record)
            .scalar_subquery()
            .is_not(None)
        ).label("is_settled"),
    )
    .where(_IN_GUILD, _event.actor_id == bindparam("actor_id"))
    .order_by(_event.record.desc())
    .limit(_NEWEST_RECORDS)
)
# Which record let each of some items fall last: one probe of the index for each item.
NEWEST_FALLS = Prepared(
    select(_subject.subject_id, func.max(_subject.record))
    .where(
        _subject.guild_id == _guild_id,
        _subject.noun == literal_column(f"'{FALL}'"),
        is_among(_subject.subject_id, "item_ids"),
    )
    .group_by(_subject.subject_id)
)
RECORDS_BY = Prepared(
    select(_event.record)
    .where(_IN_GUILD, _event.actor_id == bindparam("actor_id"))
    .order_by(_event.record.desc())
    .limit(_limit)
)
FIRST_SINCE = Prepared(
    first_record(_guild_id, bindparam("at", type_=_event.at.type)),
)
_FOLLOWING = (
    select(event_table)
    .where(_IN_GUILD, _event.record > bindparam("after"))
    .order_by(_event.record)
    .limit(_limit)
)
FOLLOWING = Prepared(_FOLLOWING)
STORED_FOLLOWING = Prepared(_FOLLOWING.with_only_columns(*stored_columns(event_table)))
_MOVES = select(*stored_columns(move_table)).where(_move.guild_id == _guild_id)
_BETWEEN_RECORDS = _MOVES.where(
    _move.record > bindparam("after"), _move.record <= bindparam("last")
).order_by(_move.record, _move.line)
MOVES_BETWEEN = Prepared(_BETWEEN_RECORDS)
MOVES_AFTER = Prepared(
    _MOVES.where(_move.record > bindparam("after")).order_by(_move.record, _move.line)
)
# What verifying reads: a hash is that of what the database writes.
WRITTEN_RECORDS = WrittenRows(
    _FOLLOWING,
    event_table,
    facts=(_event.record, _event.format, _event.action, _event.hash),
    hashed=FORMATS[WRITTEN_FORMAT].event,
)
WRITTEN_MOVES = WrittenRows(
    _BETWEEN_RECORDS,
    move_table,
    facts=(
        _move.record,
        _move.item_id,
        _move.lot_id,
        _move.source_id,
        _move.target_id,
        _move.quantity,
    ),
    hashed=FORMATS[WRITTEN_FORMAT].move,
)
_BETWEEN = (_event.record > bindparam("after"), _event.record < bindparam("before"))
TOTALS = Prepared(
    select(func.count(), func.count(_event.actor_id.distinct())).where(
        _IN_GUILD, *_BETWEEN, _event.action != bindparam("without")
    )
)
MOVED = Prepared(
    select(func.count()).where(
        _move.guild_id == _guild_id,
        _move.record > bindparam("after"),
        _move.record < bindparam("before"),
    )
)

# What moves name needs no row of its own: these columns of the ledger are indexed.
_NAMED_BY_MOVES: Final = {
    "item": (_move.item_id,),
    "location": (_move.source_id, _move.target_id),
    "lot": (_move.lot_id,),
}
# The index of subjects leaves these out, as the moves of each name what it is about; that of
# actions because they are so many that the newest are found by walking back.
NOT_OF_THE_FLOOR: Final = tuple(
    _event.action != literal_column(f"'{name}'") for name in FLOOR_ACTIONS
)
_LAST_OUTSIDE: Final = str(int(LAST_VIRTUAL_ID))
_FILTERS: Final = {"actor_id": _event.actor_id, "action": _event.action}


def build_search(
    filters: tuple[str, ...], noun: str | None, *, is_backwards: bool, is_of_floor: bool = False
) -> Select[Any]:
    """Build a page of records within bounds, newest first, perhaps of one subject."""
    equals = [_FILTERS[name] == bindparam(name) for name in filters]
    if "action" in filters and not is_of_floor:
        equals += NOT_OF_THE_FLOOR
    if noun is None:
        statement = select(event_table).where(_IN_GUILD, *_BETWEEN, *equals)
        return _ordered(statement, _event.record, is_backwards=is_backwards).limit(_limit)
    records = build_records_about(noun, filters, is_bounded=True, is_backwards=is_backwards)
    hits = records.subquery("hits")
    statement = select(event_table).join(hits, hits.c.record == _event.record).where(_IN_GUILD)
    return _ordered(statement, _event.record, is_backwards=is_backwards)


def build_records_about(
    noun: str,
    filters: tuple[str, ...] = (),
    *,
    is_bounded: bool = False,
    is_backwards: bool = False,
) -> Select[Any]:
    """Build the numbers of the records about a thing, newest first: one range of each index.

    A record is about its subject, about further subjects that it names, and about the items and
    locations of its moves. One OR over all of these would walk all records of the guild.
    """
    wanted: BindParameter[int] = bindparam("subject_id", type_=BigInteger)
    probes = [
        select(_event.record).where(
            _IN_GUILD,
            _event.subject_type == bindparam("noun"),
            _event.subject_id == wanted,
            *NOT_OF_THE_FLOOR,
        ),
        select(_subject.record).where(
            _subject.guild_id == _guild_id,
            _subject.noun == bindparam("noun"),
            _subject.subject_id == wanted,
        ),
        *(
            select(_move.record)
            .where(
                _move.guild_id == _guild_id,
                column == wanted,
                # The index of lots leaves out what has none, those by an end the outside world.
                *((column != literal_column(str(NO_LOT)),) if noun == "lot" else ()),
                *((column > literal_column(_LAST_OUTSIDE),) if noun == "location" else ()),
            )
            .distinct()
            for column in _NAMED_BY_MOVES.get(noun, ())
        ),
    ]
    parts = []
    for probe in probes:
        (record,) = probe.selected_columns
        narrowed = probe
        if is_bounded:
            narrowed = probe.where(record > bindparam("after"), record < bindparam("before"))
        if filters and record.table is not event_table:
            narrowed = narrowed.where(_has(record, filters))
        elif filters:
            narrowed = narrowed.where(*(_FILTERS[name] == bindparam(name) for name in filters))
        ranged = _ordered(narrowed, record, is_backwards=is_backwards).limit(_limit)
        parts.append(select(ranged.subquery()))
    both = union_all(*parts).subquery("both")
    statement = select(both.c.record).distinct()
    return _ordered(statement, both.c.record, is_backwards=is_backwards).limit(_limit)


def _has(record: Any, filters: tuple[str, ...]) -> Any:
    of_record = event_table.alias("of_record").c
    return exists().where(
        of_record.guild_id == _guild_id,
        of_record.record == record,
        *(of_record[name] == bindparam(name) for name in filters),
    )


def _ordered(statement: Select[Any], record: Any, *, is_backwards: bool) -> Select[Any]:
    return statement.order_by(record if is_backwards else record.desc())
