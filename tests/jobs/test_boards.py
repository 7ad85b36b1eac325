"""Boards that follow the books: few edits, one writer, nothing asked where there is none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from simcord.components import walk_components

from bot.database.engine import DatabaseSettings
from bot.database.models import BoardMessage, OutboxLane
from bot.database.service import DatabaseService
from bot.domain.boards import EDIT_EVERY
from bot.domain.shards import ALL_GUILDS
from bot.jobs.boards import BoardJob
from bot.jobs.delivery.boards import BoardDrawing
from bot.jobs.delivery.outbox import OutboxJob
from bot.jobs.delivery.wiring import build_outbox
from bot.pacing.requests import RequestPace
from bot.services.stock import PutStock, put_stock
from tests.cogs.boards import board, board_job, create, follow, look
from tests.cogs.world import House
from tests.conftest import DATA_KEY, SOAK
from tests.database.books import new_key, rows_of
from tests.database.plans import trace

ONE = Decimal(1)
UNKNOWN_CHANNEL, MISSING_ACCESS = 10003, 50001
# Moves in forty seconds.
BURST = 200 if SOAK else 80


def edits(house: House) -> list[str]:
    """Return what each edit of a message on the floor showed."""
    path = f"/channels/{house.channel.id}/messages/*"
    shown = []
    for request in house.world.requests("PATCH", path):
        parts: Any = request.json
        texts = [it["content"] for it in walk_components(parts["components"]) if "content" in it]
        shown.append("\n".join(texts))
    return shown


async def put(house: House, db: DatabaseService | None = None) -> None:
    request = PutStock(item="BOLT-8", quantity=ONE, location="Shelf A1")
    actor = house.actor_of(house.employee)
    await (db or house.world.db).run(put_stock, request, actor, new_key())


Process = tuple[DatabaseService, BoardJob, OutboxJob]


@asynccontextmanager
async def second_process(house: House) -> AsyncIterator[Process]:
    """Open the same books once more, with jobs of their own."""
    world = house.world
    settings = DatabaseSettings(url=world.url, data_key=DATA_KEY)
    db = DatabaseService(settings, clock=world.clock)
    drawing = BoardDrawing(world.bot, db)
    outbox = build_outbox(world.bot, db, ALL_GUILDS, RequestPace(), drawing)
    job = BoardJob(db, ALL_GUILDS, outbox.wake_for)
    drawing.on_drawn.append(job.note_drawn)
    db.on_commit.append(job.note)
    yield db, job, outbox
    await db.close()


async def test_a_burst_of_moves_takes_at_most_ten_edits_and_ends_true(house: House) -> None:
    await create(house, "stock")
    for number in range(BURST):
        await put(house)
        house.world.clock.advance(seconds=40 / BURST)
        if number % (BURST // 40) == 0:
            await follow(house.world)
    for _ in range(3):
        house.world.clock.advance(seconds=5)
        await follow(house.world)
    shown = edits(house)
    assert 5 <= len(shown) <= 10
    assert f"**{14 + BURST} pcs**" in shown[-1]
    assert f"**{14 + BURST} pcs**" in board(house).text


async def test_a_timer_that_comes_early_is_set_once_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """uvloop rounds timers to milliseconds, and the clock on the wall is another one."""
    await create(house, "stock")
    await put(house)
    world, loop, asked = house.world, asyncio.get_running_loop(), asyncio.Event()
    call_at = loop.call_at
    monkeypatch.setattr(
        loop, "call_at", lambda at, *args, **more: call_at(at - 0.05, *args, **more)
    )
    began, start = loop.time(), world.clock.now + EDIT_EVERY

    def slow_clock() -> datetime:
        return start + 0.9 * timedelta(seconds=loop.time() - began)

    db = DatabaseService(DatabaseSettings(url=world.url, data_key=DATA_KEY), clock=slow_clock)
    job = BoardJob(db, ALL_GUILDS, lambda _guild: asked.set())
    job.note_drawn(house.guild.id)
    job._guilds[house.guild.id].next_look = start + timedelta(seconds=0.2)
    job.start()
    async with asyncio.timeout(job.interval_seconds / 2):
        await asked.wait()
    await job.stop()
    await db.close()


@pytest.mark.slow
@pytest.mark.both_engines
@pytest.mark.soak_on("sqlite")
async def test_two_processes_never_edit_against_each_other(house: House) -> None:
    await create(house, "stock")
    world, seen = house.world, list[tuple[datetime, Decimal]]()
    async with second_process(house) as (db, second, outbox):
        first, others = board_job(world), [board_job(world), second]
        for job in others:
            job.interval_seconds = 0  # the heads are read in each round
        mine = next(job for job in world.app.jobs if isinstance(job, OutboxJob))
        for number in range(60):
            await put(house, db if number % 2 else None)
            world.clock.advance(seconds=0.7)
            before = len(edits(house))
            with world.env.time_context():
                await asyncio.gather(*(job.run_round() for job in (first, second)))
                await asyncio.gather(mine.run_round(), outbox.run_round())
                await asyncio.gather(mine._deliveries.wait(), outbox._deliveries.wait())
            await world.env.settle()
            seen += [(world.clock.now, _quantity(text)) for text in edits(house)[before:]]
        for _ in range(4):
            world.clock.advance(seconds=5)
            await follow(world)
    quantities = [quantity for _, quantity in seen]
    assert quantities == sorted(set(quantities)), "no edit shows an older state"
    times = [at for at, _ in seen]
    waits = [after - at for at, after in pairwise(times)]
    assert len(times) > 5
    assert min(waits) >= timedelta(seconds=5)
    assert "**74 pcs**" in board(house).text


def _quantity(text: str) -> Decimal:
    (found,) = [part for part in text.split("**") if part.endswith(" pcs")]
    return Decimal(found.removesuffix(" pcs"))


async def test_a_move_takes_the_same_statements_with_boards_and_without(house: House) -> None:
    world = house.world
    await world.tell_audit()
    await put(house)
    with trace(world.db._engines) as without:
        await put(house)
    for kind in ("stock", "low", "orders"):
        await create(house, kind)
    await look(world)
    with trace(world.db._engines) as with_boards:
        await put(house)
    assert without
    assert with_boards == without


async def test_a_guild_without_boards_is_never_asked(house: House) -> None:
    world = house.world
    other = await world.open_house("Other")
    await create(other, "stock")
    await look(world)
    await look(world)
    with trace(world.db._engines) as asked:
        await board_job(world).run_once()
    assert len(asked) == 1, "one question for the guilds with boards, whose books did not move"
    await put(house)
    job = board_job(world)
    job.interval_seconds = 3600
    await job.run_round()
    with trace(world.db._engines) as asked:
        await put(house)
        count = len(asked)
        await job.run_round()
        assert len(asked) == count


async def test_a_message_that_was_deleted_is_posted_again(house: House) -> None:
    await create(house, "stock")
    await board(house).message.delete()
    await put(house)
    await look(house.world)
    assert "**15 pcs**" in board(house).text
    await board(house).message.delete()
    # Nothing changes any more: it is noticed by the edit of the next day.
    await look(house.world)
    assert not house.channel.history()
    await look(house.world, after_seconds=24 * 3600)
    assert "**15 pcs**" in board(house).text


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(403, MISSING_ACCESS, "I cannot write there"), (404, UNKNOWN_CHANNEL, "was deleted")],
)
async def test_a_lost_channel_is_said_once_and_the_board_goes_on_when_it_is_back(
    house: House, status: int, code: int, said: str
) -> None:
    world = house.world
    await create(house, "stock")
    path = f"/channels/{house.channel.id}/messages/*"
    world.break_route("PATCH", path, status=status, code=code)
    await put(house)
    for _ in range(4):
        await look(world, after_seconds=120)
    shown = await house.owner.type("settings show")
    assert f"The board in <#{house.channel.id}> is not kept current" in shown.text
    assert said in shown.text
    told = [text for text in house.direct_messages(house.owner) if "board" in text]
    assert len(told) == 1
    assert said in told[0]
    world.heal()
    await look(world, after_seconds=3600)
    assert "**15 pcs**" in board(house).text
    shown = await house.owner.type("settings show")
    assert "is not kept current" not in shown.text
    lanes = await rows_of(world.db, OutboxLane, house.guild.id)
    assert not [lane for lane in lanes if lane.blocked_reason]


async def test_a_board_is_drawn_in_the_language_of_its_guild_and_hashes_equal(
    house: House,
) -> None:
    await create(house, "stock")
    (before,) = await rows_of(house.world.db, BoardMessage, house.guild.id)
    await look(house.world)
    await look(house.world, after_seconds=600)
    (after,) = await rows_of(house.world.db, BoardMessage, house.guild.id)
    assert after == before
    assert not edits(house)
