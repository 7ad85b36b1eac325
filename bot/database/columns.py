"""Column types that mean the same on both engines: exact decimals, UTC time, permission sets."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Numeric, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Exact(TypeDecorator[Decimal]):
    """An exact decimal with fixed places: NUMERIC on PostgreSQL, a whole number on SQLite.

    SQLite has no decimals (it would keep floats), while sums and comparisons of whole thousandths
    or millionths are exact there.
    """

    impl = Numeric
    cache_ok = True
    precision = 18
    places = 3

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(self.precision, self.places))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        steps = Decimal(value).scaleb(self.places)
        if steps != int(steps):
            raise ValueError(f"this column has {self.places} places")
        return int(steps)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        # PostgreSQL's driver returns the very Decimal: no call for each value.
        return super().result_processor(dialect, coltype) if dialect.name == "sqlite" else None

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        del dialect
        return None if value is None else Decimal(value).scaleb(-self.places)


class Quantity(_Exact):
    """A quantity in an item's unit, to three places."""

    cache_ok = True


class UnitPrice(_Exact):
    """The price of one unit, to six places; its currency is in a column beside it."""

    cache_ok = True
    precision = 20
    places = 6


class Amount(_Exact):
    """An amount of money, to the three places that the smallest currency unit needs at most."""

    cache_ok = True
    precision = 20


class Factor(_Exact):
    """How much of an item's own unit another unit is, to six places."""

    cache_ok = True
    places = 6


class UtcTime(TypeDecorator[datetime]):
    """An instant, always aware and in UTC (SQLite forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone is no instant")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return super().result_processor(dialect, coltype) if dialect.name == "sqlite" else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class PermissionSet(TypeDecorator[frozenset[str]]):
    """A set of permission names, kept sorted in one text so that equal sets are equal rows."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[str] | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else " ".join(sorted(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str] | None:
        del dialect
        return None if value is None else frozenset(value.split())


class IdSet(TypeDecorator[frozenset[int]]):
    """A small set of Discord ids, kept sorted in one text so that equal sets are equal rows."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[int] | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else " ".join(map(str, sorted(value)))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[int] | None:
        del dialect
        return None if value is None else frozenset(map(int, value.split()))


class IdList(TypeDecorator[list[int]]):
    """A list of ids as one parameter: an array on PostgreSQL, a JSON array on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(BigInteger()))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class MomentList(TypeDecorator[list[datetime]]):
    """A list of instants as one parameter, in the same ways."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(DateTime(timezone=True)))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: list[datetime] | None, dialect: Dialect) -> Any:
        if dialect.name == "postgresql" or value is None:
            return value
        # As SQLite's column holds them.
        return json.dumps([f"{each.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}" for each in value])


class KeyList(TypeDecorator[list[str]]):
    """A list of comparable texts as one parameter, in the same ways."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(Text()))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class Key(TypeDecorator[str]):
    """A comparable text in byte order, so that prefix searches use the index everywhere."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return postgresql.TEXT(collation="C")
        return sqlite.TEXT(collation="BINARY")
