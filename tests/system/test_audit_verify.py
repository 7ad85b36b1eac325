"""`tallyman audit verify`: what an operator, or a nightly script, is told of all books."""

import pytest

from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from tests.database.books import GUILD, OTHER_GUILD, Warehouse
from tests.services.test_verification import execute
from tests.system.conftest import Office


@pytest.mark.only_on("sqlite")
async def test_all_guilds_are_verified_beside_the_bot_and_a_broken_one_fails(
    office: Office,
) -> None:
    db = DatabaseService(DatabaseSettings(office.ledger.url))
    for guild_id in (GUILD, OTHER_GUILD):
        warehouse = await Warehouse.open(db, guild_id)
        await warehouse.put(await warehouse.add_item(), 5, await warehouse.add_shelf())
    head = await execute(db, f"SELECT chain_head FROM book WHERE guild_id = {GUILD}")
    async with office.bot() as bot:
        await office.ready(bot)
        code, said = await office.tallyman("audit", "verify", is_fresh=True)
        assert code == 0, said
        assert f"{GUILD}: verified, 4 records, head {head}" in said.splitlines()
        await execute(
            db, f"UPDATE stock_move SET actor_id = 1 WHERE guild_id = {OTHER_GUILD} AND record = 4"
        )
        code, said = await office.tallyman("audit", "verify")
        assert await bot.terminate() == 0
    await db.close()
    lines = said.splitlines()
    assert code == 1
    assert f"{GUILD}: verified, 4 records, head {head}" in lines
    start = f"{OTHER_GUILD}: problems found"
    number = next(n for n, line in enumerate(lines) if line.startswith(start))
    assert lines[number + 1] == "  #4 or its moves were changed"
    assert "Traceback" not in said
