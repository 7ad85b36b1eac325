"""Discord's OpenAPI description: its location, its routes, and what it says of each."""

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

Json = dict[str, Any]

VARIABLE = "DISCORD_OPENAPI"
PLACE = Path(__file__).parents[3] / "shared" / "discord" / "openapi.json"
_PARAMETER = re.compile(r"\{(\w+)\}")


class Absent(Exception):
    """There is no description here, so nothing can be held against it."""


@dataclass(frozen=True)
class Operation:
    """A method on a path as the description has it; schemas are named by JSON pointers."""

    name: str
    parameters: dict[tuple[str, str], str]
    body: str | None
    # "200" or "4XX" to the schema of its answer, which is None when the answer is empty.
    answers: dict[str, str | None]

    def answer(self, status: int) -> tuple[bool, str | None]:
        """Whether the operation may end with this status, and the schema of that answer."""
        for key in (str(status), f"{status // 100}XX"):
            if key in self.answers:
                return True, self.answers[key]
        return False, None


@dataclass(frozen=True)
class Route:
    """A path template, and the operations on it by method."""

    template: str
    pattern: re.Pattern[str]
    operations: dict[str, Operation]


class Description:
    """The document with its routes; those with the fewest parameters are tried first."""

    def __init__(self, document: Json) -> None:
        self.document = document
        routes = [self._route(template) for template in document["paths"]]
        self._routes = sorted(routes, key=lambda route: route.template.count("{"))

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation that a request asks for, and the parameters of its path."""
        for route in self._routes:
            found = route.pattern.fullmatch(path)
            if found and method in route.operations:
                return route.operations[method], found.groupdict()
        return None

    def _route(self, template: str) -> Route:
        pattern = _PARAMETER.sub(r"(?P<\1>[^/]+)", template)
        item: Json = self.document["paths"][template]
        start = f"#/paths/{_escape(template)}"
        operations = {
            method.upper(): self._operation(item[method], f"{start}/{method}", item, start)
            for method in ("get", "post", "put", "patch", "delete")
            if method in item
        }
        return Route(template, re.compile(pattern), operations)

    def _operation(self, it: Json, pointer: str, item: Json, start: str) -> Operation:
        parameters = {
            (each["in"], each["name"]): f"{where}/parameters/{number}/schema"
            for owner, where in ((item, start), (it, pointer))
            for number, each in enumerate(owner.get("parameters", []))
        }
        answers = {}
        for status, answer in it["responses"].items():
            where = answer.get("$ref", f"{pointer}/responses/{status}")
            shared = self.document["components"].get("responses", {})
            content = shared[where.rpartition("/")[2]] if "$ref" in answer else answer
            answers[status] = _schema(content, where)
        body = _schema(it.get("requestBody", {}), f"{pointer}/requestBody")
        return Operation(it["operationId"], parameters, body, answers)


def _schema(owner: Json, pointer: str) -> str | None:
    """Where the schema is; a multipart body is judged by its payload_json as if it were JSON."""
    if "application/json" in owner.get("content", {}):
        return f"{pointer}/content/application~1json/schema"
    return None


def _escape(key: str) -> str:
    """A key as JSON pointers write it in an address."""
    return key.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


@cache
def load() -> Json:
    """Read the document; it is shared and may not be changed."""
    given = os.environ.get(VARIABLE)
    place = Path(given) if given else PLACE
    if not place.is_file():
        raise Absent(f"Discord's OpenAPI description is not at {place} ({VARIABLE} names another)")
    document: Json = orjson.loads(place.read_bytes())
    return document
