"""`tallyman audit verify`: what an operator, or a nightly script, is told of all books."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.database.engine import DatabaseSettings
from bot.database.models import metadata
from bot.database.service import DatabaseService
from bot.domain.permissions import DEFAULT_ROLES
from bot.services.setup import SetUpGuild, set_up_guild
from tests.conftest import SOAK
from tests.database.books import GUILD, OTHER_GUILD, Warehouse
from tests.database.tampering import tamper, write_chain_again
from tests.services.test_verification import execute
from tests.system.conftest import Office


async def set_up(db: DatabaseService, guild_id: int) -> Warehouse:
    """Open a guild's books by an operation that every process knows."""
    warehouse = Warehouse(db, guild_id)
    bound = {role.name: 100 + role.id for role in DEFAULT_ROLES}
    owner = replace(warehouse.owner, is_administrator=True)
    await warehouse.run(set_up_guild, SetUpGuild(discord_role_ids=bound), owner)
    return warehouse


@pytest.mark.only_on("sqlite")
async def test_all_guilds_are_verified_beside_the_bot_and_a_broken_one_fails(
    office: Office,
) -> None:
    db = DatabaseService(DatabaseSettings(office.ledger.url))
    for guild_id in (GUILD, OTHER_GUILD):
        warehouse = await set_up(db, guild_id)
        await warehouse.put(await warehouse.add_item(), 5, await warehouse.add_shelf())
    head = await execute(db, f"SELECT chain_head FROM book WHERE guild_id = {GUILD}")
    async with office.bot() as bot:
        await office.ready(bot)
        code, said = await office.tallyman("audit", "verify", is_fresh=SOAK)
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


@pytest.mark.soak_on("postgresql")
async def test_heads_that_were_kept_outside_find_what_the_books_cannot_show(
    office: Office, tmp_path: Path
) -> None:
    """A cut tail, a rewritten chain and a deleted guild are sound in themselves."""
    url = office.ledger.url
    db = DatabaseService(DatabaseSettings(url))
    for guild_id in (GUILD, OTHER_GUILD):
        warehouse = await set_up(db, guild_id)
        await warehouse.put(await warehouse.add_item(), 5, await warehouse.add_shelf())
    kept = tmp_path / "heads"
    code, said = await office.tallyman("audit", "verify", "--write-anchor", str(kept))
    assert code == 0, said
    heads = kept.read_text().splitlines()
    assert [line.split()[:2] for line in heads] == [[str(GUILD), "4"], [str(OTHER_GUILD), "4"]]
    assert (await office.tallyman("audit", "verify", "--anchor", str(kept)))[0] == 0

    await tamper(url, "UPDATE stock_move SET actor_id = 1 WHERE guild_id = :g", g=OTHER_GUILD)
    await write_chain_again(db, OTHER_GUILD)
    assert (await office.tallyman("audit", "verify"))[0] == 0
    code, said = await office.tallyman("audit", "verify", "--anchor", str(kept))
    assert (code, "  #4 has another hash than its copy outside" in said) == (1, True)

    for number in (GUILD, OTHER_GUILD):
        await tamper(url, "DELETE FROM stock_level WHERE guild_id = :g", g=number)
        await write_chain_again(db, number, last=3)
    code, said = await office.tallyman("audit", "verify", "--anchor", str(kept))
    assert code == 1
    assert "  a copy outside knows #4, but the books end before it" in said

    for table in reversed(metadata.sorted_tables):
        if "guild_id" in table.c:
            await tamper(url, f"DELETE FROM {table.name} WHERE guild_id = :g", g=OTHER_GUILD)
    await db.close()
    assert (await office.tallyman("audit", "verify"))[0] == 0
    code, said = await office.tallyman("audit", "verify", "--anchor", str(kept))
    assert code == 1
    assert f"{OTHER_GUILD}: a copy outside knows this guild, but it has no books here" in said
