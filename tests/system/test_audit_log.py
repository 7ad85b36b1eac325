"""AUDIT_LOG of the real process, and what people typed that no log may hold."""

import json
import signal

import pytest

from tests.system.conftest import PLANTED_EMAIL, PLANTED_WEBHOOK, Office
from tests.system.health import port_of, status_of


@pytest.mark.only_on("sqlite")
async def test_what_people_type_reaches_the_audit_log_masked_and_no_other_log(
    office: Office,
) -> None:
    audit_log = office.directory / "audit.jsonl"
    typed = f"{PLANTED_EMAIL} {PLANTED_WEBHOOK}"
    async with office.bot(AUDIT_LOG=str(audit_log), DATABASE_ECHO="true") as bot:
        await office.ready(bot)
        depot = await office.depot()
        taken = await depot.clerk.slash("take", item="BOLT-8", location="A1", note=PLANTED_EMAIL)
        assert "Took" in taken.content
        refused = await depot.clerk.slash("take", item=typed[:90], quantity="2", location="A1")
        assert "Took" not in refused.content
        await depot.clerk.slash("find", query=typed[:90])
        port = await port_of(bot)
        for path in ("/livez", "/readyz"):
            answer = repr(await status_of(port, path))
            assert PLANTED_EMAIL not in answer
        bot.signal(signal.SIGTERM)
        assert await bot.wait() == 0
    lines = [json.loads(line) for line in audit_log.read_text().splitlines()]
    done, vain = lines[-2:]
    assert (done["operation"], done["outcome"]) == ("stock.take", "committed")
    assert done["parameters"]["note"] == "p***@m***.com"
    assert (vain["outcome"], vain["record"]) == ("NotFound", None)
    assert [line["record"] for line in lines[:-1]] == list(range(1, len(lines)))
    assert PLANTED_EMAIL not in audit_log.read_text()


@pytest.mark.only_on("sqlite")
async def test_an_audit_log_that_cannot_be_written_is_said_at_the_start(office: Office) -> None:
    place = str(office.directory / "missing" / "audit.jsonl")
    code, said = await office.tallyman("run", AUDIT_LOG=place)
    assert code == 1
    assert "AUDIT_LOG cannot be written: No such file or directory." in said
    assert "Traceback" not in said
