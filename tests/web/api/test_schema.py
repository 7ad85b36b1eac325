"""Whether the API does what its description says, whatever it is sent (`make soak`: for longer)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks, negative_data_rejection
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.conftest import SOAK
from tests.web.api.client import Api

pytestmark = [pytest.mark.slow, pytest.mark.only_on("sqlite")]
EXAMPLES = 2_000 if SOAK else 5
PATHS = {"/api/v1/devices", "/api/v1/sync", "/api/v1/me", "/api/v1/device", "/api/v1/orders"}
TOO_LARGE = 413

load_all_checks()


@pytest.fixture(autouse=True)
def _without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hundreds of requests a second in; the limits have tests of their own."""
    for name in ("DEVICE_BURST", "ADDRESS_BURST", "LINK_BURST"):
        monkeypatch.setattr(f"bot.web.api.limits.{name}", 1e9)


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


async def test_every_answer_is_documented(api: Api) -> None:
    known = {"Authorization": f"Bearer {api.token}"}
    assert await asyncio.to_thread(play, api.base, known, is_known=True) == PATHS - {
        "/api/v1/device"
    }
    assert await asyncio.to_thread(play, api.base, {}, is_known=False) == PATHS
