"""Closed days are signed under a key outside of the database: who changes it cannot sign again."""

import json
import os

import pytest

from bot.database.admin.keys import find_lost_signer
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.services.audit import CloseDay, close_day
from bot.services.verification import verify_books
from tests.database.books import GUILD, Warehouse
from tests.database.clock import Clock
from tests.database.tampering import tamper, write_chain_again
from tests.services.test_verification import execute

pytestmark = pytest.mark.only_on("sqlite")

_DETAIL = "UPDATE audit_event SET detail = :d WHERE record = :r"


@pytest.fixture
async def worked(warehouse: Warehouse) -> Warehouse:
    """Books with a few records of a day."""
    await warehouse.put(await warehouse.add_item(), 10, await warehouse.add_shelf("A1"))
    return warehouse


async def close_today(db: DatabaseService) -> int:
    today = db.clock().date()
    closed = await db.run(close_day, CloseDay(day=today), system_actor(GUILD, "job"), f"{today}")
    return closed.record


async def findings(warehouse: Warehouse) -> list[tuple[str, int | None]]:
    verified = await verify_books(warehouse.db, warehouse.auditor)
    return [(each.code, each.record) for each in verified.findings if each.code != "no_line"]


async def rewrite(db: DatabaseService, url: str, closed: int, *, is_signed: bool) -> None:
    """Change a record, write the chain again, and let the closed day name the new head."""
    await tamper(url, "UPDATE audit_event SET subject = 'x' WHERE record = 3")
    await write_chain_again(db, GUILD)
    one = {"r": closed}
    detail = json.loads(
        await execute(db, "SELECT detail FROM audit_event WHERE record = :r", **one)
    )
    head = await execute(db, "SELECT hash FROM audit_event WHERE record = :r", r=closed - 1)
    detail["after"]["chain"] = f"{head} (#{closed - 1})"
    if not is_signed:
        del detail["after"]["signature"]
    await tamper(url, _DETAIL, d=json.dumps(detail, separators=(",", ":")), **one)
    await write_chain_again(db, GUILD)


async def test_who_writes_the_chain_again_cannot_sign_the_closed_days_in_it(
    worked: Warehouse, database_url: str
) -> None:
    closed = await close_today(worked.db)
    await rewrite(worked.db, database_url, closed, is_signed=True)
    assert await findings(worked) == [("bad_signature", closed - 1)]


async def test_who_writes_the_chain_again_cannot_leave_the_signatures_out(
    worked: Warehouse, database_url: str, clock: Clock
) -> None:
    """A day that is signed later does not hide it."""
    closed = await close_today(worked.db)
    file = worked.db.signing.file
    assert file is not None
    # The clock of these books is not that of the file system.
    os.utime(file, times=(clock().timestamp(), clock().timestamp()))
    await rewrite(worked.db, database_url, closed, is_signed=False)
    assert await findings(worked) == [("unsigned_day", closed)]
    clock.advance(hours=24)
    await worked.add_item("NUT-8")
    await close_today(worked.db)
    assert await findings(worked) == [("unsigned_day", closed)]


async def test_days_that_were_closed_before_there_was_a_key_need_no_signature(
    worked: Warehouse, database_url: str, clock: Clock
) -> None:
    """Its file is younger than they are."""
    first = await close_today(worked.db)
    await rewrite(worked.db, database_url, first, is_signed=False)
    clock.advance(hours=24)
    await worked.add_item("NUT-8")
    await close_today(worked.db)
    assert await findings(worked) == []


async def test_a_signing_key_that_is_gone_is_said_and_never_replaced(
    worked: Warehouse, database_url: str, clock: Clock
) -> None:
    await close_today(worked.db)
    file = worked.db.signing.file
    assert file is not None
    kept = file.read_text()
    file.unlink()
    assert await find_lost_signer(database_url, None) is not None
    clock.advance(hours=24)
    again = DatabaseService(DatabaseSettings(database_url), clock=clock)
    await Warehouse(again, GUILD).add_item("NUT-8")
    later = await close_today(again)
    await again.close()
    assert not file.exists()
    file.write_text(kept)
    assert await findings(worked) == [("unsigned_day", later)]


async def test_another_signing_key_is_noticed(worked: Warehouse, database_url: str) -> None:
    assert await find_lost_signer(database_url, None) is None
    await close_today(worked.db)
    assert await find_lost_signer(database_url, None) is None
    assert await find_lost_signer(database_url, "another-signing-key-0123456789") is not None
