"""What people read who wait too long for a database: why it did not answer the last time."""

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.database.engine import DatabaseSettings
from bot.database.last_trouble import LastTrouble
from bot.database.service import DatabaseService
from tests.database.test_condition import move, trouble_of


def test_a_pool_that_is_used_up_says_nothing_new() -> None:
    last = LastTrouble()
    last.note(ConnectionRefusedError())
    last.note(PoolTimeout())
    assert last.refuse().trouble == "unreachable"
    last.clear()
    assert last.refuse().trouble == "busy"


@pytest.mark.only_on("sqlite")
async def test_what_takes_too_long_is_refused_with_what_ailed_the_database_last(
    own_database_url: str, tmp_path: Path
) -> None:
    file = Path(str(make_url(own_database_url).database))
    db = DatabaseService(DatabaseSettings(own_database_url))
    assert await trouble_of(db) == "ok"
    assert db.condition.refuse_late().trouble == "busy"
    move(file, tmp_path / "elsewhere.db")
    assert await trouble_of(db) == "unreachable"
    assert db.condition.refuse_late().trouble == "unreachable"
    move(tmp_path / "elsewhere.db", file)
    assert await trouble_of(db) == "ok"
    assert db.condition.refuse_late().trouble == "busy"
    await db.close()
