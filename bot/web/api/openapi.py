"""The description of the API (OpenAPI): every answer that a request can get."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.web.api.models import (
    AwaitedOrders,
    Linked,
    Me,
    Problem,
    Redemption,
    SyncAnswer,
    SyncRequest,
)
from bot.web.api.problems import PROBLEM_JSON, STATUSES

_REF: Final = "#/components/schemas/{model}"
_MODELS: Final[tuple[type[BaseModel], ...]] = (
    AwaitedOrders,
    Linked,
    Me,
    Problem,
    Redemption,
    SyncAnswer,
    SyncRequest,
)
_ANYWHERE: Final = ("internal", "busy")
# What only a request with a body can be refused with.
OF_BODIES: Final = (
    "malformed_json",
    "too_slow",
    "body_too_large",
    "not_json",
    "invalid_request",
)
OF_CALLERS: Final = (
    "token_missing",
    "token_unknown",
    "device_revoked",
    "device_expired",
    "too_many_requests",
)
OF_MEMBERS: Final = ("not_allowed", "discord_unavailable")
OF_LINKS: Final = (
    "link_unknown",
    "link_used",
    "link_expired",
    "link_revoked",
    "too_many_requests",
)


def documents(
    model: type[BaseModel] | None, *codes: str, status: int = 200
) -> dict[int | str, dict[str, Any]]:
    """Describe the answer that was asked for, and the problems by their codes."""
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys((*codes, *_ANYWHERE)):
        by_status.setdefault(STATUSES[code], []).append(code)
    asked: dict[str, Any] = {"description": "What was asked for."}
    if model is not None:
        asked["content"] = {"application/json": {"schema": _schema(model)}}
    return {
        status: asked,
        **{each: _problem(each, by_status[each]) for each in sorted(by_status)},
    }


def takes(model: type[BaseModel]) -> dict[str, Any]:
    """Describe a body, which a route reads by itself: after it knows who calls."""
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _schema(model)}},
        }
    }


def describe(app: FastAPI) -> dict[str, Any]:
    """Write the description, with the models that the routes read and write by themselves."""
    described = get_openapi(title=app.title, version=app.version, routes=app.routes)
    _, definitions = models_json_schema(
        [(model, "validation") for model in _MODELS], ref_template=_REF
    )
    components = described.setdefault("components", {})
    components.setdefault("schemas", {}).update(definitions["$defs"])
    return described


def _schema(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _problem(status: int, codes: list[str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": "`code` is " + " or ".join(f"`{code}`" for code in codes) + ".",
        "content": {PROBLEM_JSON: {"schema": _schema(Problem)}},
    }
    if status in {429, 503}:
        seconds = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
        described["headers"] = {"Retry-After": seconds}
    if status == 401:  # noqa: PLR2004
        described["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return described
