"""A depot's day, from the first start to the second, as people, operators and auditors see it."""

import re

import pytest

from simulator import LoopbackDiscord
from tests.conftest import SOAK
from tests.system.conftest import Office
from tests.system.depots import Depot, lines_in, record_of

STORY = """\
#1 owner set up this server:
#2 boss added location **A1**
#3 boss added location **B2**
#4 boss added item **BOLT-8**
#5 boss put 100 pcs **BOLT-8** _supplier_ → A1 (0 → 100)
#6 clerk took 2 pcs **BOLT-8** A1 (100 → 98) → _out_ — for the gate
#7 clerk moved 10 pcs **BOLT-8** A1 (98 → 88) → B2 (0 → 10)
#8 clerk reversed #7: 10 pcs **BOLT-8** B2 (10 → 0) → A1 (88 → 98)
#9 clerk moved 10 pcs **BOLT-8** A1 (98 → 88) → B2 (0 → 10)
#10 boss adjusted 8 pcs **BOLT-8** A1 (88 → 80) → _loss_ — miscounted
#11 boss took 1 pcs **BOLT-8** A1 (80 → 79) → _out_ — in a hurry
#12 boss reversed #11: 1 pcs **BOLT-8** _out_ → A1 (79 → 80)"""


def count_syncs(discord: LoopbackDiscord) -> int:
    return sum(c.method == "PUT" and c.path.endswith("/commands") for c in discord.calls)


def retold(depot: Depot) -> list[str]:
    """The audit channel with names for ids, and without times and the fields of changes."""
    names = {each.user.id: each.user.name for each in (depot.boss, depot.clerk)}
    names[depot.owner.user.id] = "owner"
    lines = []
    for line in lines_in(depot.audit):
        found = re.fullmatch(r"<t:\d+:t> `(#\d+)` <@(\d+)> (.+)", line)
        assert found, line
        number, who, what = found.groups()
        lines.append(f"{number} {names[int(who)]} {what}")
    return lines


@pytest.mark.soak_on("postgresql")
async def test_a_day_is_kept_told_and_survives_the_night(office: Office, engine: str) -> None:
    discord, is_fresh = office.discord, SOAK and engine == "sqlite"
    async with office.bot(is_fresh=is_fresh, DATABASE_ECHO="true") as bot:
        await office.ready(bot)
        depot = await office.depot()
        clerk = depot.clerk
        took = await clerk.slash("take", item="bolt-8", quantity="2", note="for the gate")
        assert took.ephemeral
        assert took.content.endswith("A1: 100 → 98 pcs\nNote: for the gate\n`#6`")
        moved = await clerk.slash("move", item="BOLT-8", quantity="10", from_="A1", to="B2")
        assert moved.buttons == ["Undo", "Again"]
        undone = await clerk.click(moved, "Undo")
        assert record_of(await clerk.click(undone, "Again")) == 9
        await depot.boss.slash(
            "adjust", item="BOLT-8", location="A1", counted="80", reason="miscounted"
        )
        asked = await depot.boss.slash("take", item="BOLT-8", note="in a hurry")
        assert "do you take" in asked.text
        last = await depot.boss.click(asked, "A1 · 80 pcs")
        await depot.told(11)
        assert count_syncs(discord) == 1
        assert await bot.terminate() == 0
        await office.ledger.require_nobody_inside()

    async with office.bot() as bot:
        await office.ready(bot)
        assert record_of(await depot.boss.click(last, "Undo")) == 12
        await depot.require_in_order(12)
        told = retold(depot)
        assert all(line.startswith(wanted) for line, wanted in zip(told, STORY.splitlines()))  # noqa: B905 - the next claim
        assert len(told) == len(STORY.splitlines())
        depot.require_prompt()
        assert count_syncs(discord) == 1
        assert await bot.terminate() == 0
    code, _ = await office.tallyman("commands", "sync", is_fresh=is_fresh)
    assert (code, count_syncs(discord)) == (0, 2)
    await office.ledger.require_nobody_inside()


@pytest.mark.only_on("sqlite")
async def test_a_changed_command_is_told_of_at_the_next_start(office: Office) -> None:
    script = office.directory / "with_one_more_command.py"
    script.write_text(
        "import bot.cli.main\n"
        "from bot.cogs.stock import StockCog\n"
        "StockCog.put.description = 'Said in other words'\n"
        "bot.cli.main.main()\n"
    )
    for process in (office.bot(), office.process(script, "run"), office.process(script, "run")):
        async with process as bot:
            await office.ready(bot)
            assert await bot.terminate() == 0
    assert count_syncs(office.discord) == 2
    (commands,) = office.discord.world.commands.values()
    assert "Said in other words" in [command["description"] for command in commands]
