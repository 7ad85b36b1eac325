"""`make load`: rates and times of devices and people at once, and books that add up afterwards.

`make load ARGS="--seconds 60 --devices 40 --people 16 --engine postgresql"`
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.load.depot import (
    DATA_KEY,
    add_people,
    chat_door,
    link_devices,
    open_books,
    running_bot,
)
from benchmarks.servers import opened, postgresql
from bot.database.admin import migrate
from bot.domain.actors import system_actor
from bot.services.verification import verify_books
from simulator import LoopbackDiscord

_ROOT = Path(__file__).resolve().parents[2]
_LOCUST = _ROOT / ".venv-load" / "bin" / "locust"
_GUILDS = 2
# Links are redeemed thirty at once from one address, then one a second.
_MAX_DEVICES = 200


def main() -> None:
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--devices", type=int, default=24, choices=range(1, _MAX_DEVICES + 1))
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    wanted = parser.parse_args()
    engines = ("sqlite", "postgresql") if wanted.engine == "both" else (wanted.engine,)
    sys.exit(max(asyncio.run(_play_on(engine, wanted)) for engine in engines))


async def _play_on(engine: str, wanted: argparse.Namespace) -> int:
    print(f"\n{engine}: {wanted.devices} devices and {wanted.people} people", flush=True)
    with tempfile.TemporaryDirectory(prefix="tallyman-load-") as name:
        directory = Path(name)
        if engine == "sqlite":
            books = directory / "books.db"
            return await _play(
                f"sqlite:///{books}", f"sqlite+aiosqlite:///{books}", directory, wanted
            )
        with postgresql() as server:
            await server.create("load")
            await migrate.upgrade(server.url("load"))
            return await _play(server.dsn("load"), server.url("load"), directory, wanted)


async def _play(dsn: str, url: str, directory: Path, wanted: argparse.Namespace) -> int:
    acknowledged = directory / "acknowledged.json"
    async with LoopbackDiscord() as discord:
        people = add_people(discord, _GUILDS, wanted.people)
        async with running_bot(discord, directory, dsn) as api_url, chat_door(people) as chat_url:
            await open_books(discord)
            plan = {
                "api_url": api_url,
                "chat_url": chat_url,
                "people": len(people),
                "tokens": await link_devices(people, wanted.devices),
                "acknowledged": str(acknowledged),
            }
            (directory / "plan.json").write_text(json.dumps(plan))
            failed = await _play_users(directory / "plan.json", wanted)
        guilds = list(discord.world.guilds)
    return max(failed, await _check(url, guilds, json.loads(acknowledged.read_text())))


async def _play_users(plan: Path, wanted: argparse.Namespace) -> int:
    """Let Locust play everyone; it prints rates and percentiles, and is 0 unless it broke."""
    count = wanted.devices + wanted.people
    command = [
        *(str(_LOCUST), "--locustfile", str(_ROOT / "benchmarks" / "load" / "users.py")),
        *("--headless", "--only-summary", "--loglevel", "ERROR", "--reset-stats"),
        *("--users", str(count), "--spawn-rate", str(count)),
        *("--run-time", f"{wanted.seconds}s", "--stop-timeout", "20"),
        # What is refused under load is in its table; wrong books alone fail the run.
        *("--exit-code-on-error", "0"),
    ]
    environment = {**os.environ, "LOAD_PLAN": str(plan)}
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    return await process.wait()


async def _check(url: str, guilds: list[int], acknowledged: list[str]) -> int:
    """Recompute the books, and look for every operation that a device was told is done."""
    wrong = 0
    async with opened(url, data_key=DATA_KEY) as db:
        for guild_id in guilds:
            verified = await verify_books(db, system_actor(guild_id, "load"))
            wrong += len(verified.findings)
            print(f"{verified.last_record} records, {len(verified.findings)} findings")

        async def read(connection: AsyncConnection) -> list[str]:
            kept = await connection.execute(text("SELECT operation_id FROM sync_operation"))
            return list(kept.scalars())

        done = await db.maintenance.read(read)
    lost = set(acknowledged) - set(done)
    print(f"{len(done)} operations of devices, {len(lost)} acknowledged ones are missing")
    return int(bool(wrong or lost))


if __name__ == "__main__":
    main()
