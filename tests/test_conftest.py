import socket

import pytest

from bot.database.admin import revisions
from bot.database.service import DatabaseService


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_nothing_reaches_beyond_this_machine(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as sock, pytest.raises(RuntimeError, match="tried to reach"):
        sock.connect((address, 80))


async def test_a_database_is_empty_and_migrated(
    database_url: str, db: DatabaseService, engine: str
) -> None:
    await db.ping()
    await revisions.require_current(database_url)
    assert db.is_sqlite == (engine == "sqlite")


@pytest.mark.only_on("postgresql")
async def test_a_claim_about_one_engine_runs_there_alone(db: DatabaseService) -> None:
    assert not db.is_sqlite
