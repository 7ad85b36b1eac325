"""What Prometheus is told, and what it is never told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from bot.database.delivery.backlog import Backlog, Waiting
from bot.database.engine import PoolFigures
from bot.database.outcomes import Outcome
from bot.domain.actors import Actor
from bot.errors import Unavailable
from bot.pacing.requests import PaceFigures
from bot.web.health import WebServer, build_web
from bot.web.metrics import Metrics, ShardFigures, Sources
from tests.web.test_health import HOST, request

BACKLOG = Backlog(due=Waiting(3, 12.5), blocked=Waiting(7, 900.0), pending_answers=2)
Samples = dict[tuple[str, tuple[str, ...]], float]


@dataclass
class Books:
    """A backlog that can be asked for, or not."""

    errors: list[BaseException] = field(default_factory=list)
    is_silent: bool = False
    asked: int = 0

    async def read(self) -> Backlog:
        self.asked += 1
        if self.is_silent:
            await asyncio.Event().wait()
        if self.errors:
            raise self.errors[0]
        return BACKLOG


def run_of(kind: str) -> Outcome:
    """A run of an operation that ended so."""
    return Outcome(
        at=datetime(2026, 1, 5, tzinfo=UTC),
        actor=Actor(guild_id=1, user_id=2),
        key="key",
        operation="take_stock",
        request=b"{}",
        kind=kind,
        record=None,
        seconds=0.1,
    )


def metrics_of(books: Books) -> Metrics:
    return Metrics(
        Sources(
            pools=lambda: [PoolFigures("write", 10, 4)],
            shards=lambda: [ShardFigures(0, True, 0.04), ShardFigures(1, False, None)],
            backlog=books.read,
            pace=lambda: PaceFigures(11.2, 100, is_held=True),
        )
    )


async def samples_of(metrics: Metrics) -> Samples:
    text = (await metrics.write()).decode()
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_what_was_counted_and_how_things_stand() -> None:
    metrics = metrics_of(Books())
    for outcome in ("ok", "ok", "refused"):
        metrics.count_interaction("command", "take", outcome, 0.07)
    metrics.count_operation(run_of("committed"))
    found = await samples_of(metrics)
    wanted: Samples = {
        ("tallyman_discord_permits_per_second", ()): 11.2,
        ("tallyman_discord_invalid_requests", ()): 100,
        ("tallyman_deliveries_held", ()): 1,
        ("tallyman_interactions_total", ("take", "command", "ok")): 2,
        ("tallyman_interactions_total", ("take", "command", "refused")): 1,
        ("tallyman_answer_seconds_count", ("take", "command")): 3,
        ("tallyman_answer_seconds_bucket", ("take", "command", "0.05")): 0,
        ("tallyman_answer_seconds_bucket", ("take", "command", "0.1")): 3,
        ("tallyman_operations_total", ("take_stock", "ok")): 1,
        ("tallyman_pool_size", ("write",)): 10,
        ("tallyman_pool_in_use", ("write",)): 4,
        ("tallyman_gateway_connected", ("0",)): 1,
        ("tallyman_gateway_connected", ("1",)): 0,
        ("tallyman_gateway_latency_seconds", ("0",)): 0.04,
        ("tallyman_database_up", ()): 1,
        ("tallyman_outbox_rows", ("due",)): 3,
        ("tallyman_outbox_oldest_seconds", ("due",)): 12.5,
        ("tallyman_outbox_rows", ("blocked",)): 7,
        ("tallyman_outbox_oldest_seconds", ("blocked",)): 900,
        ("tallyman_pending_answers", ()): 2,
    }
    assert {name: found.get(name) for name in wanted} == wanted
    assert ("tallyman_gateway_latency_seconds", ("1",)) not in found
    names = {name for name, _ in found}
    assert {"process_resident_memory_bytes", "process_start_time_seconds"} <= names
    assert "tallyman_build_info" in names


async def test_two_bots_in_a_process_count_apart_and_leave_no_trace() -> None:
    one, other = metrics_of(Books()), metrics_of(Books())
    one.count_operation(run_of("committed"))
    name = ("tallyman_operations_total", ("take_stock", "ok"))
    assert (await samples_of(one))[name] == 1
    assert name not in await samples_of(other)
    assert not [family for family in REGISTRY.collect() if family.name.startswith("tallyman")]


async def test_many_who_ask_at_once_cost_one_look() -> None:
    books = Books()
    metrics = metrics_of(books)
    await asyncio.gather(*(metrics.write() for _ in range(20)))
    assert books.asked == 1


async def test_without_a_database_the_rest_is_told() -> None:
    for books in (Books(errors=[Unavailable()]), Books(is_silent=True)):
        metrics = metrics_of(books)
        metrics.count_operation(run_of("Unavailable"))
        found = await samples_of(metrics)
        assert found["tallyman_database_up", ()] == 0
        assert found["tallyman_operations_total", ("take_stock", "failed")] == 1
        assert ("tallyman_pending_answers", ()) not in found
        assert ("tallyman_outbox_rows", ("due",)) not in found


@contextlib.asynccontextmanager
async def serving(metrics: Metrics | None) -> AsyncIterator[int]:
    server = WebServer(build_web({}, metrics.write if metrics else None), HOST, 0)
    try:
        yield await server.start()
    finally:
        await server.stop()


async def test_figures_are_served_beside_health() -> None:
    async with serving(metrics_of(Books())) as port:
        status, body, headers = await asyncio.to_thread(request, port, "/metrics")
        assert status == 200
        assert headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert headers["cache-control"] == "no-store"
        assert b"tallyman_database_up 1.0" in body
        assert (await asyncio.to_thread(request, port, "/metrics", "POST"))[0] == 405
    async with serving(None) as port:
        assert (await asyncio.to_thread(request, port, "/metrics"))[0] == 404
