"""The distributed database that all tests of a run share, one after another."""

import asyncio
from typing import Final, Self

from sqlalchemy.engine import make_url

from bot.database.admin import migrate
from bot.database.admin.citus_roles import Role
from bot.database.admin.distribution import distribute, list_problems
from bot.database.admin.revisions import current_revision, newest_revision
from bot.errors import Unavailable
from tests.database.citus import Cluster, find_databases, join, make_databases, run

USERS: Final[dict[str, Role]] = {"postgres": "app"}
# Of the shards that a node has: as a replica, else the triggers would keep ledger and audit.
_EMPTY: Final = """
SELECT * FROM run_command_on_all_nodes($command$
DO $$
DECLARE shard record;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR shard IN
        SELECT shard_name(logicalrelid, shardid) AS name
        FROM pg_dist_shard JOIN pg_dist_placement USING (shardid)
        JOIN pg_dist_node USING (groupid)
        WHERE groupid = (SELECT groupid FROM pg_dist_local_group) AND noderole = 'primary'
        AND logicalrelid <> 'alembic_version'::regclass
    LOOP
        EXECUTE 'DELETE FROM ' || shard.name;
    END LOOP;
END $$
$command$)
"""

_PORT_OF: Final = (
    "SELECT nodeport FROM pg_dist_placement JOIN pg_dist_node USING (groupid) "
    "WHERE shardid = get_shard_id_for_distribution_column('book', {})"
)


class SharedCluster:
    """A cluster's database, emptied after each test; `through` says which node a bot asks."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._directories: dict[str, str] = {}

    @classmethod
    def kept(cls, name: str) -> Self:
        """Return a distributed database of the newest schema; what is left of a run is taken up.

        To distribute takes a minute, so it stays for the next run.
        """
        kept = cls(asyncio.run(find_databases(name)))
        if not asyncio.run(_is_usable(kept.cluster.coordinator)):
            asyncio.run(make_databases(name))
            asyncio.run(_distribute(kept.cluster))
        kept.empty()
        return kept

    def through(self, node: str) -> str:
        """Return the address at the coordinator, or at one of the workers."""
        return self.cluster.coordinator if node == "coordinator" else self.cluster.workers[0]

    async def worker_of(self, guild_id: int) -> str:
        """Return the address of the worker that has a guild's books."""
        ((port,),) = await run(self.cluster.coordinator, [_PORT_OF.format(guild_id)])
        return next(url for url in self.cluster.workers if make_url(url).port == port)

    async def stop(self, worker: str) -> None:
        """Stop a worker's server as if it crashed."""
        ((self._directories[worker],),) = await run(worker, ["SHOW data_directory"])
        await self._control(worker, "stop -m immediate")

    async def start(self, worker: str) -> None:
        """Start it again."""
        await self._control(worker, "start -l {0}.log")

    async def _control(self, worker: str, what: str) -> None:
        """Let the coordinator's server do it, which is on the same machine as the same user."""
        ((programs,),) = await run(
            self.cluster.coordinator, ["SELECT setting FROM pg_config WHERE name = 'BINDIR'"]
        )
        directory = self._directories[worker]
        # Without what it would inherit: our own connection would never be seen to close.
        alone = 'for fd in $(ls /proc/self/fd); do (( fd > 2 )) && eval "exec $fd>&-"; done'
        order = f"{programs}/pg_ctl -w -s -D {directory} {what.format(directory)} >&- 2>&-"
        program = f"bash -c ''{alone}; exec {order}''"
        await run(self.cluster.coordinator, [f"COPY (SELECT 1) TO PROGRAM '{program}'"])

    def empty(self) -> None:
        """Delete every row on every node."""
        done = asyncio.run(run(self.cluster.coordinator, [_EMPTY]))
        assert all(node.success for node in done), done


async def _distribute(cluster: Cluster) -> None:
    await join(cluster)
    await migrate.upgrade(cluster.coordinator)
    await distribute(cluster.coordinator, USERS)


async def _is_usable(url: str) -> bool:
    try:
        return await current_revision(url) == newest_revision() and not await list_problems(
            url, USERS
        )
    except Unavailable:  # there is no such database
        return False
