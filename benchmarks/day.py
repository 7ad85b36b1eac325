"""A day of a hundred thousand guilds, and how long their audit lines take to be told.

The pace, the shares and the queue of lanes are the bot's own, in a loop whose time passes at once;
Discord is a delay, a limit a second for the token and one for each channel. Neither books nor
network take time here.
"""

import asyncio
import itertools
import random
import statistics
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.pairs import Figure
from benchmarks.virtual import now, run_virtually
from bot.domain.lanes import AUDIT_LANE, CARD, channel_lane
from bot.pacing.deliveries import Deliveries
from bot.pacing.lane_queue import LaneQueue
from bot.pacing.requests import RequestPace
from bot.pacing.shares import SLICE_SECONDS, Holder, grant
from bot.pacing.windows import Window

HOUR = 3600.0
PROCESSES = 4
# What Discord allows a token, and how many messages a channel takes.
DISCORD_A_SECOND = 50
CHANNEL_MESSAGES, CHANNEL_SECONDS = 5, 5.0
MESSAGE_LINES, MESSAGE_CHARACTERS = 20, 2000
LINE_CHARACTERS = (60, 130)
# Of the commands: those that also post a card, which shares its message with no other.
CARDS = 0.03


@dataclass(frozen=True)
class Load:
    """Who works when. A session is what one guild does in one go, command after command.

    In the busiest hour sessions begin `peak` times as often as on average; 0 lets them begin
    evenly. `gap_seconds` is the mean time between two commands.
    """

    guilds: int = 100_000
    commands: int = 10
    session: int = 5
    gap_seconds: float = 30.0
    hours: float = 24.0
    peak: float = 5.0

    def lines(self, chance: random.Random) -> Iterator[tuple[float, int]]:
        """Yield when which guild does a command, in no order."""
        for guild in range(self.guilds):
            for _ in range(self.commands // self.session):
                at = self._begin(chance)
                for _ in range(self.session):
                    yield at, guild
                    at += chance.expovariate(1 / self.gap_seconds)

    def _begin(self, chance: random.Random) -> float:
        """Draw when a session begins: a fifth at any time, the others around the middle."""
        if not self.peak or chance.random() < 0.2:
            return chance.random() * self.hours * HOUR
        spread = 0.8 / ((self.peak - 0.2) / self.hours * 2.5066)
        return (chance.gauss(self.hours / 2, spread) % self.hours) * HOUR


@dataclass
class Told:
    """What came out: how long each line waited, when messages were sent, what was one too many."""

    lags: list[float] = field(default_factory=list)
    cards: list[float] = field(default_factory=list)
    messages: int = 0  # of lines
    refused: int = 0
    busiest_second: int = 0

    def share(self, part: float) -> float:
        """Return the lag that this part of all lines stayed below."""
        return statistics.quantiles(self.lags, n=1000)[round(part * 1000) - 1]


class Discord:
    """The limits of the token and of channels, and the time that a request takes."""

    def __init__(self, told: Told, chance: random.Random) -> None:
        self._told = told
        self._chance = chance
        self._token = Window(DISCORD_A_SECOND, 1.0)
        self._channels: dict[int, Window] = {}

    async def send(self, channel: int) -> None:
        """Take a message; who sends too fast waits in the library, as discord.py does."""
        limit = self._channels.setdefault(channel, Window(CHANNEL_MESSAGES, CHANNEL_SECONDS))
        while (wait := limit.seconds_until_room(now())) > 0:  # noqa: ASYNC110  # time is virtual
            await asyncio.sleep(wait)
        limit.note(now())
        self._told.refused += self._token.room(now()) == 0
        self._token.note(now())
        self._told.busiest_second = max(self._told.busiest_second, self._token.count(now()))
        await asyncio.sleep(self._chance.uniform(0.08, 0.35))


class Teller:
    """One process: lines that wait by guild, and the bot's own pace and queue."""

    def __init__(self, discord: Discord, told: Told, chance: random.Random) -> None:
        self.pace = RequestPace(now)
        self.permits = 0
        self.queue = LaneQueue()
        self._discord = discord
        self._told = told
        self._chance = chance
        self._lines: dict[int, deque[float]] = {}
        self._cards: dict[int, deque[float]] = {}
        self.deliveries = Deliveries(self.pace, self.queue, self._deliver, lambda _guild: None)

    def write(self, guild: int) -> None:
        """Note that a command was done."""
        self._lines.setdefault(guild, deque()).append(now())
        self.deliveries.begin([(guild, AUDIT_LANE)])
        if self._chance.random() < CARDS:
            self._cards.setdefault(guild, deque()).append(now())
            self.deliveries.begin([(guild, channel_lane(CARD))])

    async def _deliver(self, guild: int, lane: str) -> bool:
        """Send what waits, a message at a time; while others wait, one a turn."""
        is_lines = lane == AUDIT_LANE
        waiting = (self._lines if is_lines else self._cards).get(guild, deque())
        while waiting:
            batch = self._batch(waiting) if is_lines else 1
            begun = await self.pace.begin(is_bound=True)
            try:
                await self._discord.send(guild if is_lines else -guild)
            finally:
                self.pace.end(is_background=begun, is_invalid=False)
            lags = self._told.lags if is_lines else self._told.cards
            lags += (now() - waiting.popleft() for _ in range(batch))
            self._told.messages += is_lines
            if waiting and self.queue:
                return True
        return False

    def _batch(self, waiting: deque[float]) -> int:
        characters = 0
        for number in range(min(len(waiting), MESSAGE_LINES)):
            characters += self._chance.randint(*LINE_CHARACTERS)
            if characters > MESSAGE_CHARACTERS:
                return number
        return min(len(waiting), MESSAGE_LINES)


async def play(load: Load, processes: int = PROCESSES, seed: int = 1) -> Told:
    """Play a day; processes share the token as those of a real one do."""
    chance, told = random.Random(seed), Told()
    discord = Discord(told, chance)
    tellers = [Teller(discord, told, chance) for _ in range(processes)]
    renewing = asyncio.create_task(_renew(tellers)) if processes > 1 else None
    for at, guild in sorted(load.lines(chance)):
        if at > now():
            await asyncio.sleep(at - now())
        tellers[guild % processes].write(guild)
    while any(t.queue or t.deliveries.running for t in tellers):  # noqa: ASYNC110
        await asyncio.sleep(1)
    if renewing is not None:
        renewing.cancel()
    return told


async def _renew(tellers: list[Teller]) -> None:
    """Let each process take its share in turn, within ten seconds."""
    for teller in itertools.cycle(tellers):
        others = [Holder(t.permits, len(t.queue)) for t in tellers if t is not teller]
        teller.permits = grant(len(teller.queue), others)
        teller.pace.share(teller.permits)
        await asyncio.sleep(SLICE_SECONDS / len(tellers))


async def measure() -> list[Figure]:
    """Play a day with a busy hour, and an even one in which every command comes alone."""
    figures = []
    loads = {"a peak of 5": Load(), "even, alone": Load(peak=0, session=1)}
    for name, load in loads.items():
        told = await asyncio.to_thread(run_virtually, play(load))
        figures += [
            Figure(f"lag of audit lines, {name}: p50", told.share(0.5), "s"),
            Figure(f"lag of audit lines, {name}: p99", told.share(0.99), "s", ceiling=60),
            Figure(f"lag of audit lines, {name}: longest", max(told.lags), "s"),
            Figure(f"lag of cards, {name}: longest", max(told.cards), "s"),
            Figure(f"messages a line, {name}", told.messages / len(told.lags)),
            Figure(f"requests in the busiest second, {name}", told.busiest_second, ceiling=51),
            Figure(f"requests refused, {name}", told.refused, ceiling=1),
        ]
    return figures
