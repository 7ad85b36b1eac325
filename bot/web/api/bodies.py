"""Bodies: read whole before they are looked at, but never without end in size or in time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, TypeAlias, TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from bot.web.api.models import Operation, UnusableOperation
from bot.web.api.problems import Refused

MAX_BODY_BYTES: Final = 1 << 20
BODY_SECONDS: Final = 15.0
# Bodies that anyone may send, on their way at a time.
MAX_ARRIVING: Final = 20
_MAX_ERRORS: Final = 10
# Named by pydantic between the fields that were sent, where there are several kinds of a thing.
_KINDS: Final = (Operation.__name__, UnusableOperation.__name__)
# The rest of a body that is too large is dropped by uvicorn, so that its sender reads the answer;
# one that does not come is not waited for.
_CLOSING: Final = {"Connection": "close"}

ModelT = TypeVar("ModelT", bound=BaseModel)
# Ends a wait with TimeoutError after so many seconds.
Within: TypeAlias = Callable[[float], AbstractAsyncContextManager[object]]


class Arriving:
    """Bodies on their way from callers who show no token; of too many the oldest is given up.

    Refusing the newest would let one caller keep out all others by sending slowly, and there is no
    telling callers apart. What is sent in one piece is read before it can be the oldest.
    """

    def __init__(self) -> None:
        self._deadlines: dict[asyncio.Timeout, None] = {}

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """Count one more while it is waited for; raises TimeoutError for one given up as well."""
        async with asyncio.timeout(seconds) as deadline:
            self._deadlines[deadline] = None
            if len(self._deadlines) > MAX_ARRIVING:
                self._give_up(next(iter(self._deadlines)))
            try:
                yield
            finally:
                self._deadlines.pop(deadline, None)

    def _give_up(self, deadline: asyncio.Timeout) -> None:
        del self._deadlines[deadline]
        if not deadline.expired():
            deadline.reschedule(asyncio.get_running_loop().time())


async def read_model(
    request: Request,
    model: type[ModelT],
    *,
    limit: int = MAX_BODY_BYTES,
    within: Within = asyncio.timeout,
) -> ModelT:
    """Read a JSON body as a model; raises Refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    encoding = request.headers.get("content-encoding", "identity").strip().casefold()
    if kind != "application/json" or encoding != "identity":
        raise Refused("not_json")
    body = await _read(request, limit, within)
    try:
        content = orjson.loads(body)
    except ValueError:
        raise Refused("malformed_json") from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise Refused("invalid_request", errors=_list_errors(error)) from None


async def _read(request: Request, limit: int, within: Within) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > limit:
        raise Refused("body_too_large", limit=limit)
    pieces, size = [], 0
    try:
        async with within(BODY_SECONDS):
            async for piece in request.stream():
                pieces.append(piece)
                size += len(piece)
                if size > limit:
                    raise Refused("body_too_large", limit=limit)
    except TimeoutError:
        raise Refused("too_slow", headers=_CLOSING) from None
    except ClientDisconnect:
        # No one reads this answer; what was sent of a body is no request.
        raise Refused("malformed_json") from None
    return b"".join(pieces)


def _list_errors(error: ValidationError) -> list[dict[str, str]]:
    """Say where and what; what was sent is not repeated."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        {
            "field": ".".join(str(part) for part in detail["loc"] if part not in _KINDS),
            "detail": detail["msg"],
        }
        for detail in details[:_MAX_ERRORS]
    ]
