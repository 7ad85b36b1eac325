"""Whether the API does what its description says, whatever it is sent (`make soak`: for longer)."""

import asyncio

import pytest

from tests.web.api.client import Api

pytestmark = [pytest.mark.slow, pytest.mark.only_on("sqlite")]
PATHS = {"/api/v1/devices", "/api/v1/sync", "/api/v1/me", "/api/v1/device", "/api/v1/orders"}


@pytest.fixture(autouse=True)
def _without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hundreds of requests a second in; the limits have tests of their own."""
    for name in ("DEVICE_BURST", "UNSEEN_BURST", "LINK_BURST"):
        monkeypatch.setattr(f"bot.web.api.limits.{name}", 1e9)


async def test_every_answer_is_documented(api: Api) -> None:
    # Not when the tests are collected: schemathesis takes a second, in each of a run's processes.
    from tests.web.api.described import play  # noqa: PLC0415

    known = {"Authorization": f"Bearer {api.token}"}
    assert await asyncio.to_thread(play, api.base, known, is_known=True) == PATHS - {
        "/api/v1/device"
    }
    assert await asyncio.to_thread(play, api.base, {}, is_known=False) == PATHS
