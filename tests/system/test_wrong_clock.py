"""A machine whose clock is set to another day while its bot runs."""

from pathlib import Path

import pytest

from tests.system.conftest import Office
from tests.system.depots import OPENING_RECORDS, TAKING, record_of
from tests.system.health import port_of, until_ready, until_unready
from tests.system.ledger import require_sound

pytestmark = pytest.mark.only_on("sqlite")  # none of this is the engine's

SCRIPT = Path(__file__).parent / "clocking.py"
DAY_SECONDS = 86_400


@pytest.mark.parametrize(("seconds", "word"), [(DAY_SECONDS, "ahead"), (-DAY_SECONDS, "behind")])
async def test_a_clock_that_is_not_discords_is_noticed_before_anything_is_written(
    office: Office, tmp_path: Path, seconds: int, word: str
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    async with office.process(SCRIPT, "run", CLOCK_FILE=str(clock)) as bot:
        await office.ready(bot)
        depot, port = await office.depot(), await port_of(bot)
        await depot.told(OPENING_RECORDS)
        await until_ready(port)

        clock.write_text(str(seconds))
        # No one taps and nothing asks: the jobs alone meet with it.
        await bot.wait_for_output("This machine's clock is wrong; nothing is changed")
        said = await until_unready(port)
        assert said == {
            "ready": False,
            "checks": {"database": f"clock {word}", "gateway": "ok", "deliveries": "ok"},
        }
        refused = await depot.clerk.slash("take", **TAKING)
        assert f"My clock is {word}" in refused.text, refused.text
        assert refused.ephemeral
        assert await require_sound(depot.ledger, depot.guild.id) == OPENING_RECORDS
        assert bot.output.count("This machine's clock is wrong") == 1

        clock.write_text("0")
        taken = await depot.clerk.slash("take", **TAKING)
        assert record_of(taken) == OPENING_RECORDS + 1, taken.text
        await until_ready(port)
        await depot.require_in_order(OPENING_RECORDS + 1)
        assert await bot.terminate() == 0
        assert "Traceback" not in bot.output
