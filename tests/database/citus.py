"""Databases on the Citus that `CITUS_URL` names: its coordinator, as a superuser.

Each is made on all nodes that the named database knows.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

CITUS_URL = os.environ.get("CITUS_URL", "")
_NAMED = make_url(CITUS_URL or "postgresql+asyncpg://")
_NODES = "SELECT nodename, nodeport FROM pg_dist_node ORDER BY groupid"


@dataclass(frozen=True)
class Cluster:
    """The addresses of one database: of its coordinator, and of the same on each worker."""

    coordinator: str
    workers: tuple[str, ...]


async def make_databases(name: str) -> Cluster:
    """Make an empty database on every node, none of which knows of the others."""
    cluster = await find_databases(name)
    for url in (cluster.coordinator, *cluster.workers):
        drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
        await run(make_url(url).set(database=_NAMED.database), [drop, f"CREATE DATABASE {name}"])
    return cluster


async def find_databases(name: str) -> Cluster:
    """Return where a database is, or would be, on every node."""
    found = [
        _NAMED.set(host=host, port=port, database=name).render_as_string(hide_password=False)
        for host, port in await run(_NAMED, [_NODES])
    ]
    return Cluster(found[0], tuple(found[1:]))


async def join(cluster: Cluster) -> None:
    """Make Citus of them."""
    for url in (cluster.coordinator, *cluster.workers):
        await run(url, ["CREATE EXTENSION citus"])
    first = f"SELECT citus_set_coordinator_host({_place(cluster.coordinator)})"
    others = [f"SELECT citus_add_node({_place(url)})" for url in cluster.workers]
    await run(cluster.coordinator, [first, *others])


async def remove_cluster(name: str) -> None:
    """Drop a database on every node."""
    for host, port in await run(_NAMED, [_NODES]):
        await run(_NAMED.set(host=host, port=port), [f"DROP DATABASE {name} WITH (FORCE)"])


async def run(place: URL | str, statements: Iterable[str]) -> list[Any]:
    """Run statements as they are, each in its own transaction; returns the last one's rows."""
    engine = create_async_engine(place, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    found: list[Any] = []
    try:
        async with engine.connect() as connection:
            for statement in statements:
                result = await connection.execute(text(statement))
                found = list(result) if result.returns_rows else []
    finally:
        await engine.dispose()
    return found


def _place(url: str) -> str:
    place = make_url(url)
    return f"'{place.host}', {place.port}"
