"""Problems: every answer that is not the one asked for, by RFC 9457, made here and nowhere else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import orjson
from starlette.responses import Response

from bot.domain.devices import (
    DeviceExpired,
    DeviceRevoked,
    DeviceUnknown,
    LinkExpired,
    LinkRevoked,
    LinkUnknown,
    LinkUsed,
)
from bot.errors import NotAllowed, TallymanError
from bot.locales import use_locale
from bot.views.problems import problem_detail, problem_title, without_markup

Explain = Callable[[BaseException], str | None]

PROBLEM_JSON: Final = "application/problem+json"
STATUSES: Final = {
    "malformed_json": 400,
    "unknown_protocol": 400,
    "token_missing": 401,
    "token_unknown": 401,
    "device_revoked": 401,
    "device_expired": 401,
    "not_allowed": 403,
    "not_found": 404,
    "link_unknown": 404,
    "method_not_allowed": 405,
    "too_slow": 408,
    "link_used": 410,
    "link_expired": 410,
    "link_revoked": 410,
    "body_too_large": 413,
    "not_json": 415,
    "invalid_request": 422,
    "too_many_requests": 429,
    "internal": 500,
    "busy": 503,
    "discord_unavailable": 503,
}
_BY_ERROR: Final[dict[type[TallymanError], str]] = {
    DeviceUnknown: "token_unknown",
    DeviceRevoked: "device_revoked",
    DeviceExpired: "device_expired",
    LinkUnknown: "link_unknown",
    LinkUsed: "link_used",
    LinkExpired: "link_expired",
    LinkRevoked: "link_revoked",
}
_RETRY_SECONDS: Final = 5


class Refused(Exception):
    """A request that is not answered; `code` says why, `facts` complete the sentence."""

    def __init__(
        self,
        code: str,
        *,
        detail: str | None = None,
        errors: Sequence[Mapping[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        **facts: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        # The code of another sentence, where one code has several.
        self.detail = detail or code
        self.errors = errors
        self.headers = dict(headers or {})
        self.facts = facts
        self.error: TallymanError | None = None


def refusal_of(error: TallymanError) -> Refused:
    """Return how an error of the books is answered: what is not the caller's fault as busy."""
    code = "not_allowed" if isinstance(error, NotAllowed) else _BY_ERROR.get(type(error), "busy")
    refused = Refused(code)
    refused.error = error
    return refused


def answer_refusal(refused: Refused, explain: Explain, locale: str) -> Response:
    """Write a problem in the reader's language."""
    with use_locale(locale):
        content = _content(refused, explain)
    return problem_response(refused.code, content, refused.headers)


def problem_response(code: str, content: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    """Send a problem, with the headers that its status asks for."""
    status = STATUSES[code]
    sent = {**headers}
    if status == 401:  # noqa: PLR2004
        sent["WWW-Authenticate"] = "Bearer"
    if status == 503:  # noqa: PLR2004
        sent.setdefault("Retry-After", str(_RETRY_SECONDS))
    return Response(orjson.dumps(content), status, sent, PROBLEM_JSON)


def words_of(error: BaseException, explain: Explain) -> str | None:
    """Say an error of the books in plain text; None for one that has no words."""
    if isinstance(error, NotAllowed):
        # Roles are named by mentions, which only Discord shows as names.
        error = _without_roles(error)
    said = explain(error)
    return without_markup(said) if said else None


def _content(refused: Refused, explain: Explain) -> dict[str, Any]:
    said = words_of(refused.error, explain) if refused.error is not None else None
    content: dict[str, Any] = {
        "type": f"urn:tallyman:problem:{refused.code}",
        "title": problem_title(refused.code),
        "status": STATUSES[refused.code],
        "detail": said or problem_detail(refused.detail, **refused.facts),
        "code": refused.code,
    }
    if refused.errors is not None:
        content["errors"] = refused.errors
    if "reference" in refused.facts:
        content["reference"] = refused.facts["reference"]
    return content


def _without_roles(error: NotAllowed) -> NotAllowed:
    bare = replace(error)
    bare.discord_role_ids = ()
    return bare
