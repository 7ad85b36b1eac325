"""Operations and queries: async functions that declare the right they need, so none forgets it.

Each can be called like the function it wraps, inside another one's transaction.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import TypeAdapter

from bot.database.unit import Books, UnitOfWork
from bot.domain.chain import canonical_json
from bot.domain.rights import Need

RequestT = TypeVar("RequestT")
ResultT = TypeVar("ResultT")

Finish = Callable[[UnitOfWork], Awaitable[None]]
# What every unit does once its operation is through, before it is written.
FINISHES: list[Finish] = []

OPERATIONS: dict[str, "Operation[Any, Any]"] = {}
QUERIES: dict[str, "Query[Any, Any]"] = {}


@dataclass(frozen=True)
class Operation(Generic[RequestT, ResultT]):
    """A change of the books: its function, its right, and how its answers are kept.

    Receipts keep the name for a week: it may not change with the function's. With that of a
    repeatable operation goes its request, by what it resolved to, so that it can be repeated.
    """

    name: str
    function: Callable[[UnitOfWork, RequestT], Awaitable[ResultT]]
    need: Need
    is_repeatable: bool = False
    # People are shown its result, by the renderer of its type, unless a device alone reads it.
    is_shown: bool = True

    async def __call__(self, uow: UnitOfWork, request: RequestT) -> ResultT:
        """Run within a unit that has begun; the unit has checked the right."""
        return await self.function(uow, request)

    def dump(self, value: RequestT | ResultT) -> bytes:
        """Write a request or a result as JSON."""
        return canonical_json(value)

    def load_result(self, text: str) -> ResultT:
        """Read a result back from its receipt."""
        return self._result_type.validate_json(text)

    def load_request(self, text: str) -> RequestT:
        """Read a request back from its receipt."""
        return self._request_type.validate_json(text)

    @cached_property
    def _result_type(self) -> TypeAdapter[ResultT]:
        return TypeAdapter(get_type_hints(self.function)["return"])

    @cached_property
    def _request_type(self) -> TypeAdapter[RequestT]:
        return TypeAdapter(get_type_hints(self.function)["request"])


@dataclass(frozen=True)
class Query(Generic[RequestT, ResultT]):
    """A read over several controllers, with the right it takes.

    People are shown its result, by the renderer of its type, unless other code alone reads it.
    One that takes many pieces (verifying, exporting) is heavy: it reads on connections of its
    own, within `db.reads.heavy_work`. One that people wait for but commands must not (the figures
    of a chart) waits in line for such a connection. A sensitive one leaves a line in AUDIT_LOG.
    """

    name: str
    function: Callable[[Books, RequestT], Awaitable[ResultT]]
    need: Need
    is_shown: bool = True
    is_heavy: bool = False
    is_sensitive: bool = False
    is_in_line: bool = False

    async def __call__(self, books: Books, request: RequestT) -> ResultT:
        """Read within a snapshot that is open; its opener has checked the right."""
        return await self.function(books, request)


def operation(
    name: str,
    *,
    permission: str | tuple[str, ...] = (),
    all_of: tuple[str, ...] = (),
    is_founding: bool = False,
    everyone: bool = False,
    is_repeatable: bool = False,
    is_shown: bool = True,
) -> Callable[[Callable[[UnitOfWork, RequestT], Awaitable[ResultT]]], Operation[RequestT, ResultT]]:
    """Declare a change and the right it takes: any of `permission`, `all_of` of them, or none."""
    need = _need(permission, all_of, is_founding=is_founding, everyone=everyone)

    def declare(
        function: Callable[[UnitOfWork, RequestT], Awaitable[ResultT]],
    ) -> Operation[RequestT, ResultT]:
        assert name not in OPERATIONS
        declared = OPERATIONS[name] = Operation(name, function, need, is_repeatable, is_shown)
        return declared

    return declare


def finishes(function: Finish) -> Finish:
    """Declare what follows from any operation: it is called before the unit is written."""
    FINISHES.append(function)
    return function


def query(
    name: str = "",
    *,
    permission: str | tuple[str, ...] = (),
    all_of: tuple[str, ...] = (),
    is_founding: bool = False,
    everyone: bool = False,
    is_shown: bool = True,
    is_heavy: bool = False,
    is_sensitive: bool = False,
    is_in_line: bool = False,
) -> Callable[[Callable[[Books, RequestT], Awaitable[ResultT]]], Query[RequestT, ResultT]]:
    """Declare a read and the right it takes: any of `permission`, `all_of` of them, or none.

    It is known by the function's name unless one function is declared several times.
    """
    need = _need(permission, all_of, is_founding=is_founding, everyone=everyone)

    def declare(
        function: Callable[[Books, RequestT], Awaitable[ResultT]],
    ) -> Query[RequestT, ResultT]:
        known_as = name or function.__name__
        assert known_as not in QUERIES
        declared = Query(known_as, function, need, is_shown, is_heavy, is_sensitive, is_in_line)
        QUERIES[known_as] = declared
        return declared

    return declare


def _need(
    permission: str | tuple[str, ...],
    all_of: tuple[str, ...],
    *,
    is_founding: bool,
    everyone: bool,
) -> Need:
    any_of = (permission,) if isinstance(permission, str) else permission
    assert bool(any_of or all_of) != everyone, "every operation declares its right"
    return Need(any_of, all_of, is_founding)
