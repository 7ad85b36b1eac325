"""The bot as it is, but for the clock on the wall: CLOCK_FILE says how many seconds it is ahead.

It counts as the machine's own, unlike a clock that the bot is given. What is due is looked for
ten times a second.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bot.app
import bot.cli.main
from bot.jobs.schedule import ScheduleJob

CLOCK_FILE = Path(os.environ["CLOCK_FILE"])
APP: Any = bot.app


def utc_now() -> datetime:
    """The time on the wall, which someone sets."""
    return datetime.now(UTC) + timedelta(seconds=float(CLOCK_FILE.read_text()))


class App(bot.app.App):
    """The bot by that clock."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, clock=utc_now)


APP.App, APP.utc_now = App, utc_now
ScheduleJob.interval_seconds = 0.1

if __name__ == "__main__":
    bot.cli.main.main()
