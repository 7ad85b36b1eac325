"""Who waits for a connection gets one before those who come again."""

import asyncio

from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from bot.database.service import DatabaseService
from bot.database.transactions import transaction

_TIMES = 30
_ONE = text("SELECT 1")


async def test_who_comes_again_at_once_does_not_overtake_who_waits(db: DatabaseService) -> None:
    """On SQLite all writes share one connection; SQLAlchemy's pool lets the first who asks in."""
    engine = db._engines.background
    assert isinstance(engine.pool, QueuePool)
    others = engine.pool.size()
    all_out = asyncio.Barrier(others + 1)
    rounds = 0
    waits_since: list[int] = []

    async def come_again() -> None:
        nonlocal rounds
        async with transaction(engine):
            await all_out.wait()
        for _ in range(_TIMES):
            async with transaction(engine) as connection:
                await connection.execute(_ONE)
            rounds += 1

    async def wait() -> int:
        waits_since.append(rounds)
        async with transaction(engine):
            return rounds

    coming = [asyncio.create_task(come_again()) for _ in range(others)]
    await all_out.wait()
    waiting = [asyncio.create_task(wait()) for _ in range(3)]
    had_turn_at = await asyncio.gather(*waiting)
    await asyncio.gather(*coming)
    # Otherwise all of them come last.
    assert max(had_turn_at) - min(waits_since) < others * _TIMES / 2
