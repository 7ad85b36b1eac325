"""Figures for Prometheus, of this process alone, without a word that a person typed.

Everything counts into a registry of its own. What is expensive to know is asked for when it is
scraped, every few seconds at most, and left out while the database is away.
"""

import asyncio
import importlib.metadata
import platform
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from bot.database.outcomes import Outcome
from bot.errors import Unavailable

if TYPE_CHECKING:
    from prometheus_client import Metric

    from bot.database.delivery.backlog import Backlog
    from bot.database.engine import PoolFigures
    from bot.pacing.requests import PaceFigures

_FRESH_SECONDS: Final = 5.0
_PATIENCE_SECONDS: Final = 1.0
_BUCKETS: Final = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class ShardFigures:
    """The state of one connection to Discord; the latency is None until the first heartbeat."""

    shard_id: int
    is_connected: bool
    latency_seconds: float | None


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of the figures that are not counted here."""

    pools: Callable[[], Iterable["PoolFigures"]]
    shards: Callable[[], Iterable[ShardFigures]]
    backlog: Callable[[], Awaitable["Backlog"]]
    pace: Callable[[], "PaceFigures"]


class Metrics:
    """What this process has counted, and what it looks up when it is asked."""

    def __init__(self, sources: Sources) -> None:
        self._registry = CollectorRegistry()
        self._interactions = Counter(
            "tallyman_interactions",
            "Interactions by what they were and how they ended.",
            ("kind", "command", "outcome"),
            registry=self._registry,
        )
        self._answers = Histogram(
            "tallyman_answer_seconds",
            "From taking an interaction to having answered it.",
            ("kind", "command"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._operations = Counter(
            "tallyman_operations",
            "Changes of the books by operation and how they ended.",
            ("operation", "outcome"),
            registry=self._registry,
        )
        build = Gauge(
            "tallyman_build_info", "What runs.", ("version", "python"), registry=self._registry
        )
        build.labels(importlib.metadata.version("tallyman-bot"), platform.python_version()).set(1)
        ProcessCollector(registry=self._registry)
        self._state = _State(sources)
        self._registry.register(self._state)

    def count_interaction(self, kind: str, command: str, outcome: str, seconds: float) -> None:
        """Count an interaction that has been answered; every word of it is the program's own."""
        self._interactions.labels(kind, command, outcome).inc()
        self._answers.labels(kind, command).observe(seconds)

    def count_operation(self, outcome: Outcome) -> None:
        """Count a change that was made, refused, or failed."""
        if outcome.is_read:
            return
        self._operations.labels(outcome.operation, outcome.figure).inc()

    async def write(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        await self._state.refresh()
        return generate_latest(self._registry)


class _State(Collector):
    """The figures of the moment."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._backlog: Backlog | None = None
        self._looked_at = -_FRESH_SECONDS
        self._looking = asyncio.Lock()

    async def refresh(self) -> None:
        """Look at the backlog again, unless that was done a moment ago."""
        async with self._looking:
            if time.monotonic() - self._looked_at < _FRESH_SECONDS:
                return
            self._backlog = None
            with suppress(Unavailable, TimeoutError):
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    self._backlog = await self._sources.backlog()
            self._looked_at = time.monotonic()

    def collect(self) -> "Iterator[Metric]":
        """Yield every figure that is known now."""
        yield from self._collect_pools()
        yield from self._collect_shards()
        yield from self._collect_pace()
        yield from self._collect_backlog()

    def _collect_pools(self) -> "Iterator[Metric]":
        size = _gauge("tallyman_pool_size", "Connections that a pool may hold.", "pool")
        in_use = _gauge("tallyman_pool_in_use", "Connections that are out of a pool.", "pool")
        for pool in self._sources.pools():
            size.add_metric([pool.name], pool.size)
            in_use.add_metric([pool.name], pool.in_use)
        yield from (size, in_use)

    def _collect_shards(self) -> "Iterator[Metric]":
        connected = _gauge("tallyman_gateway_connected", "Whether a shard is connected.", "shard")
        latency = _gauge(
            "tallyman_gateway_latency_seconds", "A shard's last heartbeat, there and back.", "shard"
        )
        for shard in self._sources.shards():
            connected.add_metric([str(shard.shard_id)], shard.is_connected)
            if shard.latency_seconds is not None:
                latency.add_metric([str(shard.shard_id)], shard.latency_seconds)
        yield from (connected, latency)

    def _collect_pace(self) -> "Iterator[Metric]":
        pace = self._sources.pace()
        yield GaugeMetricFamily(
            "tallyman_discord_permits_per_second",
            "Requests a second that deliveries of this process may make.",
            pace.permits_per_second,
        )
        yield GaugeMetricFamily(
            "tallyman_discord_invalid_requests",
            "Requests that Discord refused within ten minutes (401, 403, 429).",
            pace.invalid_requests,
        )
        yield GaugeMetricFamily(
            "tallyman_deliveries_held",
            "Whether deliveries wait because so much was refused.",
            pace.is_held,
        )

    def _collect_backlog(self) -> "Iterator[Metric]":
        backlog = self._backlog
        yield GaugeMetricFamily(
            "tallyman_database_up", "Whether the database answered.", float(backlog is not None)
        )
        if backlog is None:
            return
        rows = _gauge("tallyman_outbox_rows", "Messages that are still to be delivered.", "state")
        age = _gauge("tallyman_outbox_oldest_seconds", "How long the oldest has waited.", "state")
        for state, waiting in (("due", backlog.due), ("blocked", backlog.blocked)):
            rows.add_metric([state], waiting.rows)
            age.add_metric([state], waiting.oldest_age_seconds)
        yield from (rows, age)
        yield GaugeMetricFamily(
            "tallyman_pending_answers", "People who wait for an answer.", backlog.pending_answers
        )


def _gauge(name: str, documentation: str, label: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, documentation, labels=(label,))
