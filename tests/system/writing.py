"""Sixteen writers in a process of their own, which say what was acknowledged to them.

Each puts one piece after another, each under a key of its own, and writes
`done writer number record` once the answer is there. A request that the database could not serve is
sent again under the same key, and so is the first of a later process: it may be the last of the one
before.
"""

import asyncio
import json
import os
import sys
from contextlib import suppress
from decimal import Decimal

from bot.console import loop_factory
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.errors import Unavailable
from bot.services.stock import PutStock, put_stock

_AGAIN_SECONDS = 0.02


async def write(db: DatabaseService, guild_id: int, writer: int, number: int) -> None:
    """Put one piece after another for ever."""
    actor = Actor(
        guild_id=guild_id,
        user_id=5000 + writer,
        discord_role_ids=frozenset(json.loads(os.environ["WRITERS_ROLES"])),
    )
    while True:
        request = PutStock(item="BOLT-8", quantity=Decimal(1), location="A1")
        with suppress(Unavailable):
            answer = await db.run(put_stock, request, actor, f"writer-{writer}-{number}")
            os.write(1, f"done {writer} {number} {answer.record}\n".encode())
            number += 1
            continue
        await asyncio.sleep(_AGAIN_SECONDS)


async def main(url: str, guild_id: int, begin: list[int]) -> None:
    """Let everyone write until the process is killed."""
    db = DatabaseService(DatabaseSettings(url))
    await asyncio.gather(*(write(db, guild_id, *each) for each in enumerate(begin)))


if __name__ == "__main__":
    address, guild, numbers = sys.argv[1:]
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(main(address, int(guild), json.loads(numbers)))
