"""PostgreSQL's own programs: finding them, and calling them without a password in sight."""

import asyncio
import os
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

from bot.errors import BackupRefused

_DEBIAN: Final = Path("/usr/lib/postgresql")
_LONGEST_LINE: Final = 64 << 20
_SSL_MODES: Final = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}


async def find_tool(name: str, server_version: int) -> str:
    """Return a program that is as new as the server: on PATH, else where Debian keeps them."""
    found = []
    for path in _candidates(name):
        version = await _version_of(path)
        if version >= server_version:
            return path
        if version:
            found.append(version)
    package = f"postgresql-client-{server_version}"
    if found:
        raise BackupRefused(
            f"{name} here is of version {max(found)}, the server of {server_version}: install "
            f"{package} (from apt.postgresql.org if Debian's own is older)."
        )
    raise BackupRefused(f"{name} is not installed; on Debian it comes with {package}.")


def environment_of(url: URL) -> dict[str, str]:
    """Say by environment how to reach a database: other users see every command line."""
    hosts, ports = _places_of(url)
    named = {
        "PGHOST": ",".join(hosts),
        "PGPORT": ",".join(ports),
        "PGUSER": url.username or "",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": url.database or "",
        "PGSSLMODE": next((m for m in _values(url, "ssl") if m in _SSL_MODES), ""),
        "PGPASSFILE": next(iter(_values(url, "passfile")), ""),
        # Not as the bot's begins, to which Citus shows the tables of its shards.
        "PGAPPNAME": "backup of tallyman",
        "PGCONNECT_TIMEOUT": "10",
    }
    return {**os.environ, **{name: value for name, value in named.items() if value}}


@asynccontextmanager
async def started(
    *command: str,
    url: URL | None = None,
    session: str = "",
    stdin: int = DEVNULL,
    stdout: int = DEVNULL,
) -> AsyncIterator[Process]:
    """Start a program, which does not outlive the block; `session` are options of its session.

    It may write lines as long as a row with a picture.
    """
    options = {"PGOPTIONS": session} if session else {}
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=stdin,
        stdout=stdout,
        stderr=PIPE,
        limit=_LONGEST_LINE,
        env=environment_of(url) | options if url else None,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run(*command: str, url: URL | None = None, session: str = "") -> tuple[int, bytes, str]:
    """Run a program to its end; returns its exit code, its output and its complaint."""
    async with started(*command, url=url, session=session, stdout=PIPE) as process:
        output, complaint = await process.communicate()
        assert process.returncode is not None
        return process.returncode, output, complaint_of(complaint)


def complaint_of(stderr: bytes) -> str:
    """Return the line that says what was wrong."""
    lines = [line.strip() for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"\b(error|ERROR|FATAL)\b", line)]
    return (telling or lines or ["it did not say why"])[0].rstrip(".")


def _candidates(name: str) -> Iterator[str]:
    on_path = shutil.which(name)
    if on_path is not None:
        yield on_path
    kept = [path for path in _DEBIAN.glob(f"*/bin/{name}") if path.parts[-3].isdecimal()]
    for path in sorted(kept, key=lambda path: int(path.parts[-3]), reverse=True):
        yield str(path)


async def _version_of(path: str) -> int:
    code, output, _ = await run(path, "--version")
    found = re.search(rb"(\d+)", output)
    return int(found[1]) if code == 0 and found else 0


def _places_of(url: URL) -> tuple[list[str], list[str]]:
    hosts = [url.host] if url.host else []
    ports = [str(url.port)] if url.port else _values(url, "port")
    for place in _values(url, "host"):
        host, colon, port = place.rpartition(":")
        if colon and port.isdecimal() and not place.startswith("/"):
            hosts.append(host)
            ports.append(port)
        else:
            hosts.append(place)
    return hosts, ports


def _values(url: URL, name: str) -> list[str]:
    value = url.query.get(name, ())
    return [value] if isinstance(value, str) else list(value)
