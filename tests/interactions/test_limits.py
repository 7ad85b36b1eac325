import asyncio
import itertools
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bot.errors import TooManyAtOnce
from bot.interactions.limits import BUSY_AT, GUILD_UNDER_WAY, PERSON_UNDER_WAY, Buckets, Limits


class Ticking:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def ticking() -> Ticking:
    return Ticking()


@pytest.fixture
def limits(ticking: Ticking) -> Limits:
    return Limits(ticking)


@pytest.fixture
def under_way() -> Iterator[ExitStack]:
    """What was let in and has not ended."""
    with ExitStack() as stack:
        yield stack


def load(limits: Limits, under_way: ExitStack) -> None:
    """Let so many others in, each of a guild of its own, that the process has no time left."""
    for number in range(BUSY_AT):
        under_way.enter_context(limits.entered(1000 + number, number))


def let_in(limits: Limits, times: int, guild_id: int = 1, user_id: int = 1) -> int:
    """Try to enter, one after the other; return how often that was allowed."""
    allowed = 0
    for _ in range(times):
        try:
            with limits.entered(guild_id, user_id):
                allowed += 1
        except TooManyAtOnce:
            pass
    return allowed


def test_a_bucket_never_holds_less_than_nothing_or_more_than_its_burst(ticking: Ticking) -> None:
    buckets = Buckets(2.0, 3.0, ticking)
    for _ in range(9):
        buckets.charge("key", 1.0)
    assert buckets.level("key") == 0
    ticking.seconds += 1
    assert buckets.level("key") == 2
    ticking.seconds += 60
    assert buckets.level("key") == 3


def test_full_buckets_are_dropped_and_there_are_never_too_many(ticking: Ticking) -> None:
    buckets = Buckets(1.0, 1.0, ticking)
    for number in range(10_050):
        buckets.charge(number, 1.0)
    assert len(buckets) == 10_000
    ticking.seconds += 2
    buckets.charge("last", 1.0)
    assert len(buckets) == 1


def test_one_person_alone_is_never_refused(limits: Limits) -> None:
    assert let_in(limits, 5000) == 5000


def test_under_load_a_person_gets_a_burst_and_then_their_rate(
    limits: Limits, ticking: Ticking, under_way: ExitStack
) -> None:
    load(limits, under_way)
    assert let_in(limits, 500) == 120
    ticking.seconds += 1
    assert let_in(limits, 500) == 10


def test_under_load_many_people_of_a_guild_share_its_bucket(
    limits: Limits, under_way: ExitStack
) -> None:
    load(limits, under_way)
    assert sum(let_in(limits, 30, user_id=number) for number in range(20)) == 160
    assert let_in(limits, 1, guild_id=2) == 1


async def test_a_burst_that_arrives_in_one_turn_is_cut_before_it_is_read(limits: Limits) -> None:
    passed = sum(not limits.drops(1, 1) for _ in range(3000))
    # Their burst, and one that is told.
    assert passed == 120 + 1
    assert not limits.drops(2, 2)
    await asyncio.sleep(0)
    assert not limits.drops(1, 1)


async def test_a_burst_of_many_people_is_cut_at_the_share_of_their_guild(limits: Limits) -> None:
    """Read one by one, each of them would still be far from their own share."""
    passed = [
        user_id
        for user_id in itertools.islice(itertools.cycle(range(100)), 3000)
        if not limits.drops(1, user_id)
    ]
    # Their guild's burst, and those of a hundred who are told.
    assert len(passed) == 160 + 20
    assert not limits.drops(2, 2)


def test_of_the_people_of_one_guild_a_few_are_told_at_once(
    limits: Limits, ticking: Ticking, under_way: ExitStack
) -> None:
    def count_told(guild_id: int) -> int:
        limits._guilds.charge(guild_id, 160.0)
        told = 0
        for user_id in range(100):
            with pytest.raises(TooManyAtOnce) as caught:
                limits.entered(guild_id, user_id).__enter__()
            told += caught.value.is_told
        return told

    load(limits, under_way)
    assert [count_told(1), count_told(1), count_told(2)] == [20, 0, 20]
    ticking.seconds += 1
    assert count_told(1) == 2


def test_what_was_used_on_a_quiet_bot_is_missing_under_load(
    limits: Limits, under_way: ExitStack
) -> None:
    let_in(limits, 5000)
    load(limits, under_way)
    assert let_in(limits, 1) == 0


@pytest.mark.parametrize(
    ("people", "allowed"), [(1, PERSON_UNDER_WAY), (100, GUILD_UNDER_WAY)], ids=["one", "many"]
)
def test_under_load_what_is_under_way_is_bounded(
    limits: Limits, people: int, allowed: int, under_way: ExitStack
) -> None:
    load(limits, under_way)
    users = itertools.cycle(range(people))
    for _ in range(allowed):
        under_way.enter_context(limits.entered(1, next(users)))
    with pytest.raises(TooManyAtOnce):
        limits.entered(1, next(users)).__enter__()


def test_an_answer_is_due_every_ten_seconds(
    limits: Limits, ticking: Ticking, under_way: ExitStack
) -> None:
    let_in(limits, 5000)
    load(limits, under_way)

    def is_told() -> bool:
        limits._people.charge((1, 1), 120.0)
        with pytest.raises(TooManyAtOnce) as caught:
            limits.entered(1, 1).__enter__()
        return caught.value.is_told

    assert [is_told() for _ in range(3)] == [True, False, False]
    ticking.seconds += 10
    assert [is_told() for _ in range(2)] == [True, False]


def test_people_of_one_guild_who_wait_for_their_answers_are_never_refused(limits: Limits) -> None:
    """Sixteen of them, each as fast as the bot answers."""
    for _ in range(200):
        with ExitStack() as together:
            for user_id in range(16):
                together.enter_context(limits.entered(1, user_id))
