"""Where discord.py's requests pass by: each try of each request, those of webhooks too."""

from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
import yarl

from bot.pacing.discord_clock import DiscordClock
from bot.pacing.requests import RequestPace

# Interactions are answered by these, whatever the token's limit.
_UNBOUND: Final = ("/interactions/", "/webhooks/")
_INVALID: Final = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
)
# Of a limit that others used up Discord does not complain.
_SHARED: Final = "shared"


def trace_requests(pace: RequestPace, clock: DiscordClock, api: str) -> aiohttp.TraceConfig:
    """Return what lets every request to the API wait for its turn, and looks at each answer.

    What is refused is counted, and the time that Discord says noted.
    """
    address = yarl.URL(api)
    config = aiohttp.TraceConfig()

    async def begin(_session: Any, context: SimpleNamespace, request: Any) -> None:
        context.is_counted = False
        if request.url.origin() != address.origin() or not request.url.path.startswith(
            address.path
        ):
            return  # the gateway, or a file
        path = request.url.path.removeprefix(address.path)
        context.is_background = await pace.begin(is_bound=not path.startswith(_UNBOUND))
        context.is_counted = True

    async def end(_session: Any, context: SimpleNamespace, answered: Any) -> None:
        if not context.is_counted:
            return
        context.is_counted = False
        clock.note(answered.response.headers.get("Date"))
        scope = answered.response.headers.get("X-RateLimit-Scope")
        is_invalid = answered.response.status in _INVALID and scope != _SHARED
        pace.end(is_background=context.is_background, is_invalid=is_invalid)

    async def fail(_session: Any, context: SimpleNamespace, _failed: Any) -> None:
        if context.is_counted:
            context.is_counted = False
            pace.end(is_background=context.is_background, is_invalid=False)

    config.on_request_start.append(begin)
    config.on_request_end.append(end)
    config.on_request_exception.append(fail)
    return config
