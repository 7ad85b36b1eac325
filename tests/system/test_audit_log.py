"""AUDIT_LOG of the real process, and what people typed that no log may hold."""

import json
import signal
from typing import Any

import pytest

from tests.system.conftest import PLANTED_EMAIL, PLANTED_WEBHOOK, Office
from tests.system.depots import OPENING_RECORDS, TAKING
from tests.system.health import port_of, status_of
from tests.system.test_crashes import SCRIPT


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
async def test_what_was_committed_just_before_a_kill_is_in_the_audit_log_after_the_next_start(
    office: Office,
) -> None:
    audit_log, crash_file = office.directory / "audit.jsonl", office.directory / "crash"
    environment: dict[str, Any] = {"AUDIT_LOG": str(audit_log), "CRASH_FILE": str(crash_file)}
    async with office.process(SCRIPT, "run", **environment) as bot:
        await office.ready(bot)
        depot = await office.depot()
        crash_file.write_text("after commit")
        depot.clerk.send_slash("take", **TAKING)
        assert await bot.wait() == -9
    crash_file.unlink()
    async with office.process(SCRIPT, "run", **environment) as bot:
        await office.ready(bot)
        assert await bot.terminate() == 0
    lines = [json.loads(line) for line in audit_log.read_text().splitlines()]
    assert [line["record"] for line in lines] == list(range(1, OPENING_RECORDS + 2))
    assert (lines[-1]["operation"], lines[-1]["is_caught_up"]) == ("stock.take", True)


@pytest.mark.only_on("sqlite")
async def test_an_audit_log_that_cannot_be_written_is_said_at_the_start(office: Office) -> None:
    place = str(office.directory / "missing" / "audit.jsonl")
    code, said = await office.tallyman("run", AUDIT_LOG=place)
    assert code == 1
    assert "AUDIT_LOG cannot be written: No such file or directory." in said
    assert "Traceback" not in said
