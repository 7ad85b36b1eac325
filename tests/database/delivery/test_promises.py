"""Promises are gathered, and what was shown is deleted off the path of every answer."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.database.admin.revisions import on_connection
from bot.database.delivery.missed_answers import Noted
from bot.database.delivery.promised_answers import PendingAnswers
from bot.database.engine import DatabaseSettings
from bot.database.models import PendingAnswer
from bot.database.service import DatabaseService
from bot.domain.records import DoneBefore
from bot.errors import Unavailable
from bot.services.stock import TakeStock, take_stock
from tests.conftest import DATA_KEY
from tests.database.books import GUILD, Warehouse, rows_of
from tests.database.clock import Clock


class Commits:
    """Counts the commits of a service's connections, durable ones and those of reads."""

    def __init__(self, db: DatabaseService) -> None:
        self.count = 0
        for engine in {db._engines.write, db._engines.background}:
            event.listen(engine.sync_engine, "commit", self._note)

    def _note(self, _connection: Any) -> None:
        self.count += 1


async def promise(pending: PendingAnswers, warehouse: Warehouse, key: str) -> Noted:
    return await pending.promise(warehouse.employee, key, 1, "token", locale="en")


async def test_promises_of_many_take_few_commits_and_each_gets_its_own(
    db: DatabaseService,
) -> None:
    warehouse = await Warehouse.open(db)
    pending, commits = PendingAnswers(db), Commits(db)
    keys = [str(number % 50) for number in range(100)]
    noted = await asyncio.gather(*(promise(pending, warehouse, key) for key in keys))
    assert [each.is_first for each in noted] == [True] * 50 + [False] * 50
    assert commits.count <= 2
    assert len(await rows_of(db, PendingAnswer, GUILD)) == 50


async def test_an_asker_that_is_cancelled_takes_no_other_along(db: DatabaseService) -> None:
    warehouse = await Warehouse.open(db)
    pending = PendingAnswers(db)
    asking = [asyncio.create_task(promise(pending, warehouse, str(n))) for n in range(5)]
    await asyncio.sleep(0)
    asking[0].cancel()
    results = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert [each.is_first for each in results[1:] if isinstance(each, Noted)] == [True] * 4


async def test_what_was_shown_is_deleted_in_one_commit(db: DatabaseService) -> None:
    warehouse = await Warehouse.open(db)
    pending = PendingAnswers(db)
    await asyncio.gather(*(promise(pending, warehouse, str(n)) for n in range(20)))
    commits = Commits(db)
    for number in range(20):
        pending.note_shown(GUILD, str(number))
    await pending.finish()
    assert commits.count == 1
    assert await rows_of(db, PendingAnswer, GUILD) == []


async def test_an_event_delivered_again_after_its_answer_was_shown_is_answered_again(
    db: DatabaseService,
) -> None:
    warehouse = await Warehouse.open(db)
    pending = PendingAnswers(db)
    assert (await promise(pending, warehouse, "k")).is_first
    assert not (await promise(pending, warehouse, "k")).is_first
    pending.note_shown(GUILD, "k")
    assert (await promise(pending, warehouse, "k")).is_first
    await pending.finish()
    assert len(await rows_of(db, PendingAnswer, GUILD)) == 1


async def test_a_token_is_encrypted_and_another_process_with_the_key_uses_it(
    db: DatabaseService, database_url: str
) -> None:
    warehouse = await Warehouse.open(db)
    await promise(PendingAnswers(db), warehouse, "1")
    (row,) = await rows_of(db, PendingAnswer, GUILD)
    assert "token" not in row.token
    for data_key, tokens in ((DATA_KEY, ["token"]), (f"another-{DATA_KEY}", [])):
        settings = DatabaseSettings(database_url, data_key=data_key)
        other = DatabaseService(settings, clock=db.clock)
        waiting = await PendingAnswers(other).list_waiting(older_than=timedelta(seconds=-1))
        await other.close()
        assert [each.token for each in waiting] == tokens


async def test_what_was_shown_is_not_asked_back_while_it_is_deleted(
    db: DatabaseService, clock: Clock
) -> None:
    warehouse = await Warehouse.open(db)
    await warehouse.put(await warehouse.add_item("NUT"), 5, await warehouse.add_shelf("A1"))
    pending, wanted = PendingAnswers(db), TakeStock(item="NUT", quantity=Decimal(1))
    await promise(pending, warehouse, "1")
    await warehouse.run(take_stock, wanted, key="1")
    clock.advance(seconds=60)
    noted = await promise(pending, warehouse, "2")
    with pytest.raises(DoneBefore):
        pending.find_missed(noted, warehouse.employee, "2", take_stock, wanted)
    pending.note_shown(GUILD, "1")
    noted = await promise(pending, warehouse, "3")
    await pending.finish()
    assert pending.find_missed(noted, warehouse.employee, "3", take_stock, wanted) == []


async def test_each_promise_that_cannot_be_noted_says_what_ails_the_database(
    own_database_url: str,
) -> None:
    db = DatabaseService(DatabaseSettings(own_database_url, data_key=DATA_KEY))
    warehouse, pending = await Warehouse.open(db), PendingAnswers(db)

    async def rename(before: str, after: str) -> None:
        statement = text(f"ALTER TABLE {before} RENAME TO {after}")
        await on_connection(own_database_url, lambda connection: connection.execute(statement))

    await rename("pending_answer", "mislaid")
    for number in range(3):
        with pytest.raises(Unavailable) as caught:
            await promise(pending, warehouse, str(number))
        assert caught.value.trouble == "wrong schema"
    await rename("mislaid", "pending_answer")
    assert (await promise(pending, warehouse, "0")).is_first
    await db.close()
