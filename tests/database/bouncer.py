"""Debian's pgbouncer in transaction mode, in front of the run's server."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_PORT = 6432
_START_SECONDS = 10.0
# Fewer sessions than clients at a time, so that hardly a transaction has the session of the last.
_SETTINGS = """
[databases]
* = host={server} user=postgres
[pgbouncer]
unix_socket_dir = {directory}
listen_port = {port}
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
logfile = {directory}/log
pidfile = {directory}/pid
"""


@asynccontextmanager
async def bouncing(url: str) -> AsyncIterator[str]:
    """Run it in front of a database; yields the address to use instead."""
    assert PROGRAM is not None
    address = make_url(url)
    # In a short path, since a socket's has to be; it refuses to be root.
    user = "pgserver" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="pgb", dir="/tmp") as name:
        directory = Path(name)
        if user is not None:
            shutil.chown(directory, user)
        settings = directory / "pgbouncer.ini"
        values = {"server": address.query["host"], "directory": name, "port": _PORT}
        settings.write_text(_SETTINGS.format(**values))
        running = await asyncio.create_subprocess_exec(
            PROGRAM, "-q", str(settings), user=user, cwd=name, stderr=subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(_START_SECONDS):
                while not (directory / f".s.PGSQL.{_PORT}").exists():
                    assert running.returncode is None, (directory / "log").read_text()
                    await asyncio.sleep(0.02)
            pooled = address.update_query_dict({"host": name, "port": str(_PORT)})
            yield pooled.render_as_string(hide_password=False)
        finally:
            running.terminate()
            await running.wait()
