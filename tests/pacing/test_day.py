"""More lines than Discord takes messages: they wait, share messages, and are not late.

`make bench ARGS=day` plays the whole day of a hundred thousand guilds.
"""

import pytest

from benchmarks.day import DISCORD_A_SECOND, Load, play
from benchmarks.virtual import run_virtually

pytestmark = pytest.mark.slow


def test_lines_share_messages_while_more_are_written_than_discord_takes() -> None:
    """Four processes, eighty lines a second for two minutes."""
    told = run_virtually(play(Load(guilds=1000, hours=1 / 30, peak=0)))
    assert len(told.lags) == 10_000
    assert told.refused == 0
    assert told.busiest_second <= DISCORD_A_SECOND
    assert told.messages < 0.9 * len(told.lags)
    assert told.share(0.99) < 60


def test_at_rest_a_line_goes_out_at_once_and_alone() -> None:
    told = run_virtually(play(Load(guilds=50, hours=1, peak=0), processes=1))
    assert told.messages > 0.99 * len(told.lags)
    assert told.share(0.99) < 0.5
