"""`python -m simulator`: a simulated Discord with its page, until it is stopped.

It says lines, each a JSON object: where everything is, that a bot is there, and, when the visitor
wants to see that, that the bot is to be killed. With `--until-eof` it hears lines as well: a tour.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import secrets
import signal
import sys
from typing import TYPE_CHECKING, Any

from simulator import LoopbackDiscord
from simulator.page import opening, shown
from simulator.page.server import PageServer
from simulator.page.stage import Stage
from simulator.page.tour import Tour
from simulator.presets import WORLDS

if TYPE_CHECKING:
    from collections.abc import Sequence

CALLS_KEPT = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until SIGTERM or SIGINT; the first line of the output says where everything is."""
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="the page's port (0: a free one)")
    parser.add_argument("--world", choices=sorted(WORLDS), default="demo", help="who is there")
    parser.add_argument(
        "--until-eof",
        action="store_true",
        help="read a guided tour from the input, as simulator/page/tour.py says; end with it",
    )
    parser.add_argument(
        "--backdate", action="store_true", help="date messages as the past moments in them"
    )
    try:
        asyncio.run(_serve(parser.parse_args(arguments)))
    except OSError as error:
        sys.exit(f"The simulator cannot start: {error.strerror or error}.")


async def _serve(wanted: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with LoopbackDiscord(token=secrets.token_urlsafe(24), calls_kept=CALLS_KEPT) as discord:
        guild = WORLDS[wanted.world](discord)
        discord.world.backdates = wanted.backdate
        kill = (lambda: _say({"kill": "bot"})) if wanted.until_eof else None
        stage = Stage(discord, guild, Tour(), kill)
        async with PageServer(stage, port=wanted.port) as page:
            ready = {
                "page": page.address,
                "api_url": discord.api_url,
                "gateway_url": discord.gateway_url,
                "environment": discord.environment,
                "guild": shown.guild_ids(guild),
            }
            _say(ready)
            heard = asyncio.Event()
            if wanted.until_eof:
                loop.add_reader(sys.stdin.fileno(), _hear, stage, heard, stop)
            else:
                heard.set()
            telling = asyncio.create_task(_tell_of_the_bot(discord, stage, heard))
            await stop.wait()
            telling.cancel()
        _report(discord)


async def _tell_of_the_bot(discord: LoopbackDiscord, stage: Stage, heard: asyncio.Event) -> None:
    """Say that the bot is there, and play what the tour opens with."""
    await heard.wait()
    await discord.bot_ready(timeout=math.inf)
    _say({"bot": "ready"})
    if stage.tour.opening:
        await opening.settle(stage)
        await opening.play(stage, stage.tour.opening)


def _hear(stage: Stage, heard: asyncio.Event, stop: asyncio.Event) -> None:
    """Take the tour that the starting process writes, or its end."""
    line = sys.stdin.readline()
    if not line:
        stop.set()
        return
    tour = Tour.read(json.loads(line))
    opening.write_past(stage, tour.opening)
    stage.begin(tour)
    heard.set()


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _report(discord: LoopbackDiscord) -> None:
    """List the routes that are not simulated; they are no reason for the simulator to fail."""
    for route in sorted(set(discord.unknown_routes)):
        sys.stderr.write(f"not simulated: {route}\n")
    discord.unknown_routes.clear()


if __name__ == "__main__":
    main()
