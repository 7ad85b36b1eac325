"""What is asked of the desk: a request, or what makes it when its turn has come."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import TypeAlias, TypeVar, cast

T = TypeVar("T")
# Made late, what was typed or attached is read once the answer was promised.
Asked: TypeAlias = T | Callable[[], T | Awaitable[T]]


async def made_of(asked: Asked[T]) -> T:
    """Return the request, making it if it is not there yet; raises what its maker raises."""
    if not callable(asked):
        return asked
    made = asked()
    return cast("T", await made if isawaitable(made) else made)
