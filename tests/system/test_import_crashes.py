"""kill -9 while an import is applied: all of its lines are there, or none and it can be applied."""

from typing import Final

import pytest

from simulator.messages import File
from tests.system.depots import OPENING_RECORDS, record_of
from tests.system.ledger import require_sound
from tests.system.test_crashes import FORGETFUL_SECONDS, Ward, ward

__all__ = ["ward"]  # a fixture
pytestmark = pytest.mark.asyncio(loop_scope="module")

_SHEET: Final = b"sku;name;menge;ort\nBOLT-8;;70;A1\nNUT-8;Nut;40;B2\nPIN-8;Pin;30;A1\n"


@pytest.mark.parametrize(
    ("point", "is_committed"),
    [
        pytest.param("after the lock", False, marks=pytest.mark.soak_on("postgresql")),
        ("before commit", False),
        ("after commit", True),
    ],
)
async def test_an_import_that_dies_is_applied_whole_or_can_be_applied_again(
    ward: Ward,  # the fixture
    point: str,
    is_committed: bool,  # noqa: FBT001  # the other half of the claim
) -> None:
    depot = await ward.depot()
    world = depot.discord.world
    sheet = world.files.keep(File(world.next_id(), "count.csv", _SHEET, "text/csv"))
    shown = await depot.boss.slash("import", kind="stock", file=sheet)
    assert "Apply" in shown.buttons, shown.text
    ward.die_at(point)
    reply = depot.boss.send_click(shown, "Apply")
    await ward.death()
    records = OPENING_RECORDS + is_committed
    assert await require_sound(depot.ledger, depot.guild.id) == records
    depot.discord.advance(FORGETFUL_SECONDS)
    await ward.rise()
    if not is_committed:
        # What was pressed says meanwhile that it was interrupted; the file is previewed once more.
        shown = await depot.boss.slash("import", kind="stock", file=sheet)
        reply = await depot.boss.click(shown, "Apply")
    await depot.require_in_order(OPENING_RECORDS + 1)
    assert await require_sound(depot.ledger, depot.guild.id) == OPENING_RECORDS + 1
    again = await depot.boss.slash("import", kind="stock", file=sheet)
    assert f"#{OPENING_RECORDS + 1}" in again.text
    assert "**0** new" in again.text
    found = await depot.boss.slash("find", query="BOLT-8")
    assert "70 pcs" in found.text
    if not is_committed:
        assert record_of(reply) == OPENING_RECORDS + 1
