"""What Discord's description says of a recorded call, and of what an interaction brought."""

from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import unquote

from simulator import Call, Interaction
from tests.contract.description import Description, Json, Operation, load
from tests.contract.differences import amend
from tests.contract.schemas import Schemas

_SCHEMA = "#/components/schemas/"
_BOOLEANS = {"1", "0", "true", "false", "True", "False"}


class Contract:
    """Judges calls; a judgement is a list of faults, each with the place it was found at."""

    def __init__(self, document: Json) -> None:
        document = amend(document)
        self._description = Description(document)
        self._schemas = Schemas(document)
        self.covered: set[str] = set()

    def judge(self, call: Call) -> list[str]:
        """The faults of a request, and of its answer if it has one."""
        found = self._description.find(call.method, call.path)
        title = f"{call.method} {call.path}"
        if found is None:
            return [f"{title}: no such route"]
        operation, parameters = found
        self.covered.add(operation.name)
        faults = [
            *self._judge_parameters(operation, "path", parameters),
            *self._judge_parameters(operation, "query", call.query),
            *self._judge_body(operation, call),
            *self._judge_answer(operation, call),
        ]
        return [f"{title} ({operation.name}) {fault}" for fault in faults]

    def _judge_parameters(
        self, operation: Operation, place: str, given: dict[str, str]
    ) -> Iterator[str]:
        for name, text in given.items():
            pointer = operation.parameters.get((place, name))
            value = text.lower() in {"1", "true"} if text in _BOOLEANS else unquote(text)
            if pointer is None:
                yield f"{place}: {name!r} is not described"
            # Texts of a query say nothing of their type, so one that fits as either is right.
            elif self._schemas.fault(pointer, text) and self._schemas.fault(pointer, value):
                yield f"{place}: {name}: {self._schemas.fault(pointer, text)}"

    def _judge_body(self, operation: Operation, call: Call) -> Iterator[str]:
        if call.body is None and not call.status:
            return  # its body has not arrived yet
        if operation.body is None:
            if call.body:
                yield "request: a body is not described"
        elif fault := self._schemas.fault(operation.body, call.body):
            yield f"request {fault}"

    def _judge_answer(self, operation: Operation, call: Call) -> Iterator[str]:
        # The description leaves out what Discord says when it is in trouble itself.
        if not call.status or call.status >= 500:
            return
        is_described, pointer = operation.answer(call.status)
        if not is_described:
            yield f"answer {call.status}: this status is not described"
        elif pointer is None:
            if call.answer is not None:
                yield f"answer {call.status}: a body is not described"
        elif fault := self._schemas.fault(pointer, call.answer):
            yield f"answer {call.status} {fault}"

    def judge_event(self, interaction: Interaction) -> list[str]:
        """The faults of INTERACTION_CREATE: the gateway is not described, its objects are."""
        payload = interaction.payload or {}
        given = payload.get("data", {}).get("resolved", {})
        values: list[tuple[str, Any]] = [
            ("MessageResponse", payload.get("message")),
            ("UserResponse", payload.get("user") or payload.get("member", {}).get("user")),
            *(("UserResponse", user) for user in given.get("users", {}).values()),
            *(("GuildRoleResponse", role) for role in given.get("roles", {}).values()),
        ]
        faults = [
            (name, self._schemas.fault(_SCHEMA + name, value)) for name, value in values if value
        ]
        return [f"INTERACTION_CREATE {name} {fault}" for name, fault in faults if fault]


@cache
def contract() -> Contract:
    """The contract of this process; raises Absent when there is no description."""
    return Contract(load())
