"""People survive the way back to where only registration made one, and up again."""

from datetime import timedelta
from typing import Any

import pytest

from bot.database.admin import migrate
from bot.database.engine import DatabaseSettings
from bot.database.models import Member
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from tests.conftest import DATA_KEY
from tests.database.admin.test_migrate import before
from tests.database.books import GUILD, Warehouse, rows_of
from tests.database.clock import Clock

pytestmark = pytest.mark.slow


REVISION = "0005"


async def test_migrating_gives_no_one_access_back(own_database_url: str, clock: Clock) -> None:
    off_at = clock.now + timedelta(days=1)
    people: dict[int, dict[str, Any]] = {
        1: {"name": "Ann", "name_key": "ann", "registered_at": clock.now, "email": "a@example.com"},
        2: {"name": "Bob", "name_key": "bob", "deactivated_at": off_at},
        3: {"name": "Cyd", "name_key": "cyd"},
    }

    async def add(uow: UnitOfWork) -> None:
        for user_id, values in people.items():
            await uow.members.create(user_id=user_id, **values)

    settings = DatabaseSettings(own_database_url, data_key=DATA_KEY)
    db = DatabaseService(settings, clock=clock)
    await (await Warehouse.open(db)).change(add)
    await db.close()
    await migrate.downgrade(own_database_url, before(REVISION))
    await migrate.upgrade(own_database_url)
    db = DatabaseService(settings, clock=clock)
    kept = {row.user_id: row for row in await rows_of(db, Member, GUILD)}
    await db.close()
    assert kept.keys() == {1, 2}
    assert (kept[1].name_key, kept[1].registered_at) == ("ann", clock.now)
    assert kept[1].email is None
    assert (kept[2].deactivated_at, kept[2].registered_at) == (off_at, off_at)
