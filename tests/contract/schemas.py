"""JSON Schema as Discord's description means it, which is not quite as it is written.

- `oneOf` means exactly one. `anyOf` is written where the schemas alone cannot tell which one
  (a message fits several requests), so there at least one must fit.
- A string of digits is an integer too; a union that also offers a string takes it as that.
- A field that is not described is a mistake, although the description never closes an object:
  otherwise a misspelt name would pass.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from jsonschema import (  # type: ignore[import-untyped]  # it ships no types
    Draft202012Validator,
    FormatChecker,
    ValidationError,
)
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
from jsonschema.validators import extend  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.contract.description import Json

_ADDRESS = "urn:discord"
_INTEGER = re.compile(r"-?\d+")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
_formats = FormatChecker(formats=())


class Schemas:
    """Validators by the JSON pointer of their schema, made when first asked for."""

    def __init__(self, document: Json) -> None:
        resource = DRAFT202012.create_resource(document)
        registry = Registry().with_resource(_ADDRESS, resource)
        self._resolver = registry.resolver(_ADDRESS)
        self._resolved: dict[str, Any] = {}
        self._validators: dict[str, Any] = {}
        self._open = _parts_of_wholes(document)
        self._class = extend(
            Draft202012Validator,
            {
                "$ref": self._follow,
                "oneOf": self._exactly_one,
                "anyOf": partial(self._exactly_one, or_more=True),
                "properties": self._properties,
            },
            type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
        )

    def fault(self, pointer: str, value: Any) -> str | None:
        """What is wrong with a value, or None."""
        if pointer not in self._validators:
            schema = self._resolve(pointer)
            self._validators[pointer] = self._class(schema, format_checker=_formats)
        error = best_match(self._validators[pointer].iter_errors(value))
        return error and f"{error.json_path}: {_brief(error)}"

    def _resolve(self, reference: str) -> Any:
        if reference not in self._resolved:
            self._resolved[reference] = self._resolver.lookup(reference).contents
        return self._resolved[reference]

    def _follow(self, validator: Any, reference: str, instance: Any, _: Json) -> Iterator[Any]:
        yield from validator.descend(instance, self._resolve(reference))

    def _exactly_one(
        self, validator: Any, choices: list[Json], instance: Any, _: Json, *, or_more: bool = False
    ) -> Iterator[ValidationError]:
        fitting = 0
        nearest: list[ValidationError] = []
        for choice in choices:
            if self._is_of_another_type(choice, instance):
                continue
            found = list(validator.descend(instance, choice))
            fitting += not found
            # The one that was meant is the one of the same type, whose faults lie elsewhere.
            if found and not any(not error.path or error.path[-1] == "type" for error in found):
                nearest = found
        if not fitting and nearest:
            yield from nearest
        elif not fitting:
            yield ValidationError(f"{instance!r} fits no schema of the union")
        elif fitting > 1 and not or_more and not isinstance(instance, str):
            yield ValidationError(
                f"{instance!r} fits {fitting} schemas of a union of which one may"
            )

    def _is_of_another_type(self, choice: Json, instance: Any) -> bool:
        """Whether one look at `type` tells that an object was not meant as this one of a union.

        Most of a judgement was spent on what is wrong with a button as every other component.
        """
        if not isinstance(instance, dict) or "type" not in instance:
            return False
        schema = self._resolve(choice["$ref"]) if "$ref" in choice else choice
        kind = schema.get("properties", {}).get("type", {})
        return "enum" in kind and instance["type"] not in kind["enum"]

    def _properties(
        self, validator: Any, known: Json, instance: Any, schema: Json
    ) -> Iterator[ValidationError]:
        if not isinstance(instance, dict):
            return
        for name, value in instance.items():
            if name in known:
                yield from validator.descend(value, known[name], path=name, schema_path=name)
            elif self._is_closed(schema):
                yield ValidationError(f"{name!r} is not described", path=[name])

    def _is_closed(self, schema: Json) -> bool:
        return id(schema) not in self._open and "additionalProperties" not in schema


def _parts_of_wholes(document: Json) -> set[int]:
    """The schemas that stand in an allOf: another part describes the other fields."""
    parts = set()
    for schema in _walk(document):
        for part in schema.get("allOf", []):
            name = part.get("$ref", "").rpartition("/")[2]
            parts.add(id(document["components"]["schemas"].get(name, part)))
    return parts


def _walk(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
        for key, child in node.items():
            # Nothing is judged as multipart, which is JSON with files beside it.
            if key != "multipart/form-data":
                yield from _walk(child)
    elif isinstance(node, list):
        for child in node:
            yield from _walk(child)


def _is_integer(_: Any, value: Any) -> bool:
    if isinstance(value, str):
        return _INTEGER.fullmatch(value) is not None
    is_whole = isinstance(value, float) and value.is_integer()
    return is_whole or (isinstance(value, int) and not isinstance(value, bool))


def _brief(error: ValidationError) -> str:
    text = str(error.message)
    return text if len(text) < 300 else f"{text[:140]} ... {text[-140:]}"


def _is_int32(value: Any) -> bool:
    return not _is_integer(None, value) or -(2**31) <= int(value) < 2**31


def _is_int64(value: Any) -> bool:
    return not _is_integer(None, value) or -(2**63) <= int(value) < 2**63


def _is_time(value: Any) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def _is_address(value: Any) -> bool:
    return not isinstance(value, str) or _SCHEME.fullmatch(value) is not None


_formats.checks("int32")(_is_int32)
_formats.checks("int64")(_is_int64)
_formats.checks("date-time", raises=ValueError)(_is_time)
_formats.checks("uri")(_is_address)
