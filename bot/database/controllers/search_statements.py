"""What a search asks the database: ranges of words, and of the ends of words, each bounded."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    func,
    intersect,
    literal_column,
    select,
    union_all,
)

from bot.database.models import SearchPart, SearchWord
from bot.database.models.base import table_of

# Rows that are ranked for one text, and candidates for one name.
WINDOW: Final = 100
MAX_CANDIDATES: Final = 26
# A word that more rows than this have narrows nothing.
MAX_HITS: Final = 400
# Ids of each common word that are compared, and rows of one that are probed for the others.
MAX_COMPARED: Final = 2000
MAX_PROBED: Final = 1000

_LAST_CHARACTER: Final = "\U0010ffff"

_words: Table = table_of(SearchWord)
_parts: Table = table_of(SearchPart)
_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)


def range_of(prefix: str, suffix: str = "") -> dict[str, str]:
    """Return the parameters of a range of texts that begin so."""
    return {f"first{suffix}": prefix, f"last{suffix}": prefix + _LAST_CHARACTER}


def build_first(table: Table, key: str, order: str, *, is_archived: bool) -> Select[Any]:
    """Select the first rows of a list."""
    return (
        select(table)
        .where(
            table.c.guild_id == _guild_id,
            table.c[key] > bindparam("last_reserved", type_=BigInteger),
            *_archived(table, is_archived=is_archived),
        )
        .order_by(table.c[order])
        .limit(bindparam("window"))
    )


def build_named_from(table: Table, column: str, *, is_archived: bool) -> Select[Any]:
    """Select the rows whose first name begins so."""
    return (
        select(table)
        .where(
            table.c.guild_id == _guild_id,
            _in_range(table.c[column]),
            *_archived(table, is_archived=is_archived),
        )
        .order_by(table.c[column])
        .limit(bindparam("window"))
    )


def build_beginning(table: Table, key: str) -> Select[Any]:
    """Select the rows with a word that begins so, in the order of those words."""
    hits = (
        select(_words.c.subject_id, _words.c.word)
        .where(*_of_noun(_words), _in_range(_words.c.word))
        .order_by(_words.c.word)
        .limit(bindparam("window"))
        .subquery()
    )
    return (
        select(table)
        .join(hits, table.c[key] == hits.c.subject_id)
        .where(table.c.guild_id == _guild_id)
        .order_by(hits.c.word)
    )


def build_inside(table: Table, key: str) -> Select[Any]:
    """Select the rows with a word that has this in its middle."""
    hits = _inside().subquery()
    return (
        select(table)
        .join(hits, table.c[key] == hits.c.subject_id)
        .where(table.c.guild_id == _guild_id)
    )


def build_hits(*, has_parts: bool) -> Any:
    """Select the ids of rows with a word that begins so, or that has it in its middle."""
    beginning = (
        select(_words.c.subject_id)
        .where(*_of_noun(_words), _in_range(_words.c.word))
        .limit(bindparam("window"))
    )
    if not has_parts:
        return beginning
    both = (each.subquery() for each in (beginning, _inside()))
    return union_all(*(select(each.c.subject_id) for each in both))


def build_sizes(tokens: int) -> Any:
    """Count the words that begin like each token, in order, as far as rows are probed."""
    begun = [_begun(number).subquery() for number in range(tokens)]
    return select(*(select(func.count()).select_from(each).scalar_subquery() for each in begun))


def build_shared(tokens: int) -> Any:
    """Select the ids that are among the first ones with a word that begins like each token."""
    begun = [_begun(number).subquery() for number in range(tokens)]
    shared = intersect(*(select(each.c.subject_id) for each in begun))
    return shared.limit(bindparam("window"))


def build_having_all(tokens: int) -> Select[Any]:
    """Select the ids of rows with words that begin like each token, of some with the first."""
    begun = _begun(0).subquery()
    # Apart, so that the probing ends with the window.
    first = select(begun.c.subject_id).distinct().subquery()
    statement = select(first.c.subject_id)
    for number in range(1, tokens):
        other = _words.alias(f"other{number}")
        found = select(other.c.subject_id).where(
            other.c.guild_id == _guild_id,
            other.c.noun == bindparam("noun", type_=Text),
            other.c.subject_id == first.c.subject_id,
            _in_range(other.c.word, str(number)),
        )
        # Of an EXISTS, PostgreSQL makes a join that reads every row with the other word.
        statement = statement.where(found.limit(literal_column("1")).scalar_subquery().is_not(None))
    return statement.limit(bindparam("window"))


def is_found(table: Table, key: str, inside: Sequence[bool]) -> list[ColumnElement[bool]]:
    """Compare rows with tokens, of which those that are long enough may be inside of a word."""
    conditions: list[ColumnElement[bool]] = [
        table.c[key] > bindparam("last_reserved", type_=BigInteger)
    ]
    for number, may_be_inside in enumerate(inside):
        begins = select(_words.c.subject_id).where(
            *_of_noun(_words, is_archived=False), _in_range(_words.c.word, str(number))
        )
        if not may_be_inside:
            conditions.append(table.c[key].in_(begins))
            continue
        middle = (
            select(_words.c.subject_id)
            .select_from(_parts)
            .join(_words, _words.c.word == _parts.c.word)
            .where(
                *_of_noun(_words, is_archived=False),
                _parts.c.guild_id == _guild_id,
                _parts.c.noun == bindparam("noun", type_=Text),
                _in_range(_parts.c.part, str(number)),
            )
        )
        conditions.append(table.c[key].in_(union_all(begins, middle)))
    return conditions


def _begun(number: int) -> Select[Any]:
    """Select ids of rows with a word that begins like a token, in the order of the index.

    Of one word they ascend: the first ones of two words are of the same rows.
    """
    return (
        select(_words.c.subject_id)
        .where(*_of_noun(_words), _in_range(_words.c.word, str(number)))
        .order_by(_words.c.word, _words.c.subject_id)
        .limit(bindparam("read"))
    )


def _inside() -> Select[Any]:
    """Select the ids of rows with a word of which one end begins so: first ends, then rows."""
    ends = (
        select(_parts.c.part, _parts.c.word)
        .where(
            _parts.c.guild_id == _guild_id,
            _parts.c.noun == bindparam("noun", type_=Text),
            _in_range(_parts.c.part),
        )
        .order_by(_parts.c.part)
        .limit(bindparam("window"))
        .subquery()
    )
    return (
        select(_words.c.subject_id)
        .select_from(ends)
        .join(_words, and_(*_of_noun(_words), _words.c.word == ends.c.word))
        .limit(bindparam("window"))
    )


def _of_noun(words: Any, *, is_archived: bool | None = None) -> list[ColumnElement[bool]]:
    archived = bindparam("is_archived", type_=Boolean)
    return [
        words.c.guild_id == _guild_id,
        words.c.noun == bindparam("noun", type_=Text),
        words.c.is_archived == archived if is_archived is None else words.c.is_archived.is_(False),
    ]


def _in_range(column: ColumnElement[Any], suffix: str = "") -> ColumnElement[bool]:
    return and_(
        column >= bindparam(f"first{suffix}", type_=Text),
        column < bindparam(f"last{suffix}", type_=Text),
    )


def _archived(table: Table, *, is_archived: bool) -> list[ColumnElement[bool]]:
    if "archived_at" not in table.c:
        return []
    archived_at = table.c.archived_at
    return [archived_at.is_not(None) if is_archived else archived_at.is_(None)]
