"""What Discord allows is never exceeded, people come first, and refusals stop deliveries alone."""

import asyncio
from collections import Counter

import pytest

from benchmarks.virtual import now, run_virtually
from bot.domain.lanes import AUDIT_LANE, CARD, direct_lane
from bot.pacing.deliveries import Deliveries
from bot.pacing.lane_queue import LaneQueue
from bot.pacing.requests import (
    INVALID_SECONDS,
    MAX_INVALID,
    MAX_INVALID_RETRIES,
    HeldBackError,
    RequestPace,
    in_background,
)
from bot.pacing.shares import PER_SECOND

LATENCY_SECONDS = 0.2


async def request(pace: RequestPace, *, is_refused: bool = False) -> float:
    """Make a request; returns when Discord got it."""
    is_background = await pace.begin(is_bound=True)
    sent = now()
    await asyncio.sleep(LATENCY_SECONDS)
    pace.end(is_background=is_background, is_invalid=is_refused)
    return sent


async def request_in_background(pace: RequestPace) -> float:
    with in_background():
        return await request(pace)


def busiest_second(sent: list[float]) -> int:
    sent = sorted(sent)
    return max(sum(first <= each < first + 1 for each in sent) for first in sent)


def test_no_second_has_more_requests_than_discord_allows() -> None:
    async def play() -> list[float]:
        pace = RequestPace(now)
        people = [request(pace) for _ in range(60)]
        deliveries = [request_in_background(pace) for _ in range(200)]
        return await asyncio.gather(*people, *deliveries)

    sent = run_virtually(play())
    assert busiest_second(sent) <= PER_SECOND
    assert max(sent) < 260 / (PER_SECOND - 5) + 1, "and as many are made as it does allow"


def test_who_waits_for_an_answer_comes_before_all_deliveries() -> None:
    async def play() -> tuple[float, float]:
        pace = RequestPace(now)
        deliveries = asyncio.gather(*(request_in_background(pace) for _ in range(400)))
        await asyncio.sleep(3.3)
        asked = now()
        return await request(pace) - asked, max(await deliveries) - asked

    waited, others_waited = run_virtually(play())
    assert waited == 0
    assert others_waited > 5


def test_a_share_bounds_deliveries_and_no_person() -> None:
    async def play() -> tuple[list[float], list[float]]:
        pace = RequestPace(now)
        pace.share(permits=20)
        deliveries = asyncio.gather(*(request_in_background(pace) for _ in range(10)))
        people = await asyncio.gather(*(request(pace) for _ in range(20)))
        return people, await deliveries

    people, deliveries = run_virtually(play())
    assert max(people) == 0
    assert busiest_second(deliveries) == 2


def test_a_hundred_refusals_stop_deliveries_until_the_window_clears() -> None:
    """However many are on their way when the hundredth arrives."""

    async def play() -> list[float]:
        pace, refused, tries = RequestPace(now), [], Counter[int]()

        async def deliver(guild_id: int, lane: str) -> bool:
            del lane
            tries[guild_id] += 1
            refused.append(await request(pace, is_refused=True))
            return True

        deliveries = Deliveries(pace, LaneQueue(), deliver, lambda _guild: None)
        deliveries.begin((guild, AUDIT_LANE) for guild in range(500))
        await asyncio.sleep(INVALID_SECONDS / 2)
        assert len(refused) == MAX_INVALID
        assert pace.figures().is_held
        with pytest.raises(HeldBackError), in_background():
            await pace.begin(is_bound=True)
        assert await request(pace) == now() - LATENCY_SECONDS, "people are answered as ever"
        await asyncio.sleep(INVALID_SECONDS * 3)
        await deliveries.stop()
        assert max(tries.values()) == 1, "no guild is tried twice while another waits"
        return refused

    refused = run_virtually(play())
    assert len(refused) > 3 * MAX_INVALID
    for first in refused:
        assert sum(first <= each < first + INVALID_SECONDS for each in refused) <= MAX_INVALID


def test_a_lane_that_has_to_wait_once_more_is_never_delivered_twice_at_once() -> None:
    """However soon the permit that its delivery gave back begins the next one."""

    async def play() -> int:
        pace, under_way, deliveries_made = RequestPace(now), set[int](), 0
        pace.share(permits=20)

        async def deliver(guild_id: int, lane: str) -> bool:
            nonlocal deliveries_made
            del lane
            assert guild_id not in under_way
            under_way.add(guild_id)
            deliveries_made += 1
            # The first ones find nothing to send, and give their permits back.
            await (asyncio.sleep(LATENCY_SECONDS) if deliveries_made < 20 else request(pace))
            under_way.discard(guild_id)
            return deliveries_made < 100

        deliveries = Deliveries(pace, LaneQueue(), deliver, lambda _guild: None)
        deliveries.begin([(1, AUDIT_LANE), (2, AUDIT_LANE), (3, AUDIT_LANE)])
        while deliveries.running or deliveries_made < 100:
            assert under_way <= {guild for guild, _ in deliveries.running}
            await asyncio.sleep(LATENCY_SECONDS / 7)
        return deliveries_made

    assert run_virtually(play()) >= 100


def test_lanes_in_trouble_leave_half_of_the_refusals_to_those_that_are_well() -> None:
    async def play() -> None:
        pace = RequestPace(now)
        for _ in range(MAX_INVALID_RETRIES):
            with in_background():
                await request(pace, is_refused=True)
        assert pace.room_for_retries() == 0
        assert pace.admit() is not None

    run_virtually(play())


def test_a_permit_that_was_not_needed_is_free_again() -> None:
    async def play() -> None:
        pace = RequestPace(now)
        while (permit := pace.admit()) is not None:
            last = permit
        pace.give_back(last)
        assert pace.admit() is not None
        assert pace.admit() is None

    run_virtually(play())


def test_a_lane_that_waits_gathers_lines_and_keeps_its_place() -> None:
    queue = LaneQueue()
    for guild in (1, 2, 1, 3, 1):
        queue.put((guild, AUDIT_LANE))
    assert [queue.take()[0] for _ in range(len(queue))] == [1, 2, 3]


def test_a_guild_of_many_lanes_keeps_no_other_waiting() -> None:
    queue = LaneQueue()
    for person in range(500):
        queue.put((1, direct_lane(person)))
    queue.put((2, CARD))
    for guild in range(3, 400):
        queue.put((guild, AUDIT_LANE))
    first = [queue.take() for _ in range(4)]
    assert (2, CARD) in first, "in turn with the guild that came first"
    assert sum(lane == AUDIT_LANE for _, lane in first) == 2, "and audit lines by turns"
