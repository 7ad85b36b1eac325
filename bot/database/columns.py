"""Column types that mean the same on both engines: exact decimals, UTC time, permission sets."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Dialect, Numeric, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine

_THOUSANDTH: Final = Decimal("0.001")


class Quantity(TypeDecorator[Decimal]):
    """An exact decimal of three places: NUMERIC on PostgreSQL, whole thousandths on SQLite.

    SQLite has no decimals (it would keep floats), while sums and comparisons of thousandths
    are exact there.
    """

    impl = Numeric(18, 3)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(18, 3))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        thousandths = Decimal(value) / _THOUSANDTH
        if thousandths != int(thousandths):
            raise ValueError("a quantity has three places")
        return int(thousandths)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None or dialect.name != "sqlite":
            return value  # type: ignore[no-any-return]  # the driver's own Decimal
        return Decimal(value) * _THOUSANDTH


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

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.replace(tzinfo=UTC)


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


class Key(TypeDecorator[str]):
    """A comparable text in byte order, so that prefix searches use the index everywhere."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return postgresql.TEXT(collation="C")
        return sqlite.TEXT(collation="BINARY")
