"""The API as an application, with what is the same for all of its routes."""

import importlib.metadata
from collections.abc import Callable
from typing import Final

from fastapi import FastAPI, Request, Response
from loguru import logger
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.database.service import DatabaseService
from bot.errors import BrokenBooks, TallymanError
from bot.logs import new_reference
from bot.web.api.callers import AskMember, Callers
from bot.web.api.limits import ApiLimits
from bot.web.api.openapi import describe
from bot.web.api.problems import Explain, Refused, answer_refusal, refusal_of
from bot.web.api.routes import Context, router
from bot.web.headers import SecurityHeaders
from bot.web.languages import locale_of

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def build_api(
    db: DatabaseService,
    ask: AskMember,
    name_of_guild: Callable[[int], str],
    explain: Explain,
    *,
    is_https: bool = False,
) -> ASGIApp:
    """Build the API; `ask` says what Discord says of a member, `explain` says errors in words."""
    api = FastAPI(
        title="Tallyman",
        version=importlib.metadata.version("tallyman-bot"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    api.state.context = Context(db, Callers(db, ask), ApiLimits(), name_of_guild, explain)
    api.include_router(router)
    # The name that FastAPI documents for replacing the description.
    api.openapi = _once(lambda: describe(api))  # type: ignore[method-assign]

    async def refuse(request: Request, error: Exception) -> Response:
        return _answer(request, error, explain)

    for kind in (Refused, TallymanError, HTTPException):
        api.add_exception_handler(kind, refuse)
    api.add_middleware(_Reporting, explain=explain)
    return SecurityHeaders(api, _HEADERS, is_https=is_https)


def _answer(request: Request, error: Exception, explain: Explain) -> Response:
    locale = locale_of(request.headers.get("accept-language", ""))
    if isinstance(error, BrokenBooks):
        raise error
    if isinstance(error, TallymanError):
        error = refusal_of(error)
    elif isinstance(error, HTTPException):
        code = "method_not_allowed" if error.status_code == 405 else "not_found"  # noqa: PLR2004
        error = Refused(code, headers=error.headers)
    assert isinstance(error, Refused)
    return answer_refusal(error, explain, locale)


def _once(describe_now: Callable[[], dict[str, object]]) -> Callable[[], dict[str, object]]:
    kept: list[dict[str, object]] = []

    def described() -> dict[str, object]:
        if not kept:
            kept.append(describe_now())
        return kept[0]

    return described


class _Reporting:
    """Logs what nothing else handles under a reference, and answers with that alone."""

    def __init__(self, app: ASGIApp, explain: Explain) -> None:
        self._app = app
        self._explain = explain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        has_begun = False

        async def send_noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except Exception:  # noqa: BLE001  # the edge of the API: it is reported and answered here
            reference = new_reference()
            with logger.contextualize(reference=reference):
                logger.exception("A request of the API failed")
            if not has_begun:
                refused = Refused("internal", reference=reference)
                locale = locale_of(Request(scope).headers.get("accept-language", ""))
                await answer_refusal(refused, self._explain, locale)(scope, receive, send)
