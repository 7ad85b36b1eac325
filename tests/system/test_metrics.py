"""The figures of a bot at work."""

import aiohttp
import pytest

from tests.system.conftest import (
    DATA_KEY,
    DATABASE_PASSWORD,
    DISCORD_TOKEN,
    PLANTED_EMAIL,
    PLANTED_WEBHOOK,
    Office,
)
from tests.system.depots import TAKING
from tests.system.health import port_of

# The library that encrypts is loaded with the first promised answer, and takes eight of them.
IDLE_MIB = 140


async def figures_of(port: int) -> dict[str, float]:
    url = f"http://127.0.0.1:{port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        text = await response.text()
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


@pytest.mark.only_on("sqlite")
async def test_a_bot_at_work_tells_figures_and_no_names(office: Office) -> None:
    # A fork's memory would be that of the process that has imported everything.
    async with office.bot(is_fresh=True) as bot:
        await office.ready(bot)
        depot = await office.depot()
        assert "Took" in (await depot.clerk.slash("take", **TAKING)).content
        refused = await depot.clerk.slash("take", **{**TAKING, "quantity": "99999"})
        assert "asked for" in refused.content
        found = await figures_of(await port_of(bot))
        taken = 'tallyman_interactions_total{command="take",kind="command",outcome="%s"}'
        assert found[taken % "ok"] == found[taken % "refused"] == 1
        assert found['tallyman_operations_total{operation="stock.take",outcome="ok"}'] == 1
        assert found['tallyman_gateway_connected{shard="0"}'] == 1
        assert found["tallyman_database_up"] == 1
        assert found["process_resident_memory_bytes"] < IDLE_MIB * 2**20
        await depot.clerk.slash("supplier propose", name="Acme", email=PLANTED_EMAIL)
        await depot.clerk.slash("my register", email=PLANTED_EMAIL)
        typed = f"{PLANTED_EMAIL} {PLANTED_WEBHOOK}"
        for said in (
            await depot.clerk.slash("supplier propose", name="Other", tax_id=typed[:60]),
            await depot.clerk.slash("my email", email=typed),
        ):
            assert PLANTED_EMAIL not in said.text
            assert PLANTED_WEBHOOK not in said.text
        told = "\n".join(found | await figures_of(await port_of(bot)))
        secrets = [str(depot.guild.id), DATA_KEY, DATABASE_PASSWORD, DISCORD_TOKEN, "BOLT"]
        secrets += [PLANTED_EMAIL, PLANTED_WEBHOOK]
        assert not [secret for secret in secrets if secret in told]
        assert await bot.terminate() == 0
