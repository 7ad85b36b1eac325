"""Twelve devices with wrong clocks and a bad network end with the same books, and those are right.

What the books took is replayed by when it happened: every level must be as that says, and every
operation must have been done once or been refused.
"""

from random import Random

import pytest

from tests.conftest import SOAK
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.services.sync.converged import require_converged
from tests.services.sync.network import Network

pytestmark = pytest.mark.slow


DEVICES = 12
OPERATIONS = 10_000 if SOAK else 150


@pytest.mark.both_engines
@pytest.mark.soak_on("sqlite")
async def test_devices_converge_and_nothing_is_lost_or_done_twice(
    warehouse: Warehouse, clock: Clock
) -> None:
    network = Network(warehouse, clock, Random(14))
    await network.furnish()
    network.add_devices(DEVICES)
    await network.play(OPERATIONS)
    await network.settle()
    await require_converged(network)
