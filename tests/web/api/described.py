"""Requests that the description of the API allows and forbids, each answer checked against it."""

from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks, negative_data_rejection
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.conftest import SOAK

EXAMPLES = 2_000 if SOAK else 2
TOO_LARGE = 413

load_all_checks()


def play(base: str, headers: dict[str, str], *, is_known: bool) -> set[str]:
    """Send what the description allows and what it does not, and check each answer against it."""
    schema = schemathesis.openapi.from_url(f"{base}/api/v1/openapi.json")
    played = set()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        if is_known and operation.method == "delete":
            continue  # it ends the device
        played.add(operation.path)
        for mode in GenerationMode:
            cases = operation.as_strategy(generation_mode=mode)
            run(cases, lambda case: check(case, base, headers))
    return played


def run(cases: Any, check_one: Callable[[Case[Any]], None]) -> None:
    """Check examples of these cases."""

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(cases)
    def claim(case: Case[Any]) -> None:
        check_one(case)

    claim()


def check(case: Case[Any], base: str, headers: dict[str, str]) -> None:
    """Send one request; whatever it is, the answer is documented, and no failure of the server."""
    response = case.call(base_url=base, headers=headers)
    assert response.status_code < 500
    # A schema cannot say which links there are, or which protocol is spoken.
    excluded: list[Any] = [positive_data_acceptance]
    if response.status_code == TOO_LARGE:
        # It is refused before it is known to be wrong.
        excluded.append(negative_data_rejection)
    case.validate_response(response, excluded_checks=excluded)
