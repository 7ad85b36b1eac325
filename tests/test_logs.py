import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given

from bot.logs import MASK, Redactor, new_reference
from tests.texts import texts

ROOT = Path(__file__).parents[1]

BOT_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE." + "x" * 38
OTHER_TOKEN = "OTk5OTk5OTk5OTk5OTk5OTk5.GqwerT." + "y" * 38
HOOK_TOKEN = "aW50ZXJhY3Rpb246" + "Zz" * 40
DATA_KEY = "k3y/with+odd=chars-and-more"
PASSWORD = "p@ss/w'ord\"1"
DATABASE_URL = "postgresql://tally:p%40ss%2Fw%27ord%221@h/d"
EMAIL = "jane.doe+stock@mail.example.com"
WEBHOOK = "https://discord.com/api/webhooks/1234567890/abcDEF-ghi_" + "W" * 57
OTHER_WEBHOOK = "https://hooks.example.com/services/T0/B0/xyz0123"
SECRETS = (
    EMAIL,
    WEBHOOK,
    OTHER_WEBHOOK,
    BOT_TOKEN,
    OTHER_TOKEN,
    HOOK_TOKEN,
    DATA_KEY,
    PASSWORD,
    "p%40ss%2Fw%27ord%221",
    "s3same",
)

PRELUDE = """
import asyncio, logging, warnings
from loguru import logger
from bot.logs import log_context, new_reference, set_up_logging
from bot.settings import load_settings
settings = load_settings(None)
set_up_logging(settings)
TOKEN = settings.discord_token and settings.discord_token.get_secret_value()
KEY = settings.data_key and settings.data_key.get_secret_value()
"""


def log_of(code: str, **settings: str) -> str:
    """What a process with these settings writes to stderr; its stdout has to stay empty."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    run = subprocess.run(
        [sys.executable, "-c", PRELUDE + code],
        cwd=ROOT,
        env=inherited | {"PYTHONIOENCODING": "utf-8"} | settings,
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert run.stdout == ""
    return run.stderr


def records_of(code: str, **settings: str) -> list[dict[str, object]]:
    written = log_of(code, LOG_FORMAT="json", **settings)
    return [json.loads(line) for line in written.splitlines()]


def test_a_text_line_says_when_how_bad_who_and_what() -> None:
    written = log_of("""
with log_context(guild_id=1, user_id=2, interaction_id=3):
    logger.bind(reference="ABCD", sku="a b").warning("Took {} pcs", 5)
logger.info("after")
""")

    first, second = written.splitlines()
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING  __main__ "
        r'\[guild=1 member=2 interaction=3 reference=ABCD sku="a b"\]: Took 5 pcs',
        first,
    )
    assert second.endswith("INFO     __main__: after")


def test_a_json_line_has_the_context_as_fields() -> None:
    snowflake = 1234567890123456789
    first, second = records_of(f"""
with log_context(guild_id={snowflake}, user_id=2):
    logger.bind(reference="ABCD", sku="x").error("Broken \\u2028 line\\n")
logging.getLogger("discord.gateway").warning("slow %s", "shard")
""")

    assert first.pop("time")
    assert first == {
        "level": "ERROR",
        "message": "Broken \u2028 line\n",
        "logger": "__main__",
        "guild": str(snowflake),
        "member": "2",
        "reference": "ABCD",
        "extra": {"sku": "x"},
    }
    assert second["logger"] == "discord.gateway"
    assert second["message"] == "slow shard"
    assert "guild" not in second


def test_context_belongs_to_its_task() -> None:
    lines = records_of("""
async def work(guild: int, turn: asyncio.Barrier) -> None:
    with log_context(guild_id=guild):
        await turn.wait()
        logger.info("{}", guild)

async def main() -> None:
    turn = asyncio.Barrier(3)
    await asyncio.gather(*(work(guild, turn) for guild in (1, 2, 3)))

asyncio.run(main())
""")

    assert len(lines) == 3
    assert all(line["guild"] == line["message"] for line in lines)


def test_libraries_warnings_and_uncaught_errors_go_into_the_same_log() -> None:
    lines = records_of("""
for name in ("discord.client", "sqlalchemy.pool", "uvicorn.error", "alembic.runtime", "asyncio"):
    logging.getLogger(name).error("from %s {not a field}", name)
warnings.warn("odd", stacklevel=1)
raise RuntimeError("the end")
""")

    names = ["discord.client", "sqlalchemy.pool", "uvicorn.error", "alembic.runtime", "asyncio"]
    assert [line["logger"] for line in lines[:5]] == names
    assert lines[4]["message"] == "from asyncio {not a field}"
    assert "odd" in str(lines[5]["message"])
    assert lines[6]["level"] == "CRITICAL"
    assert "RuntimeError: the end" in str(lines[6]["exception"])


def test_suggestions_that_came_too_late_or_twice_are_no_news() -> None:
    lines = records_of("""
tree = logging.getLogger("discord.app_commands.tree")
for code in (10062, 40060, 50013):
    error = OSError("refused")
    error.code = code
    try:
        raise error
    except OSError:
        tree.exception("code %s", code)
""")

    assert [line["message"] for line in lines] == ["code 50013"]


def test_the_level_is_the_operators_but_libraries_never_print_payloads() -> None:
    code = """
for level in ("debug", "info", "warning"):
    getattr(logger, level)("own " + level)
    getattr(logging.getLogger("discord.http"), level)("library " + level)
"""
    debug = [line["message"] for line in records_of(code, LOG_LEVEL="DEBUG")]
    warning = [line["message"] for line in records_of(code, LOG_LEVEL="WARNING")]

    assert debug == ["own debug", "own info", "library info", "own warning", "library warning"]
    assert warning == ["own warning", "library warning"]


@pytest.mark.parametrize(("echo", "lines"), [("true", True), ("false", False)])
def test_statements_are_echoed_once_into_the_log_and_only_on_demand(
    *, echo: str, lines: bool
) -> None:
    written = log_of(
        """
from sqlalchemy import create_engine, text
with create_engine("sqlite://", echo=settings.database_echo).connect() as connection:
    connection.execute(text("SELECT 4321"))
""",
        DATABASE_ECHO=echo,
    )

    assert written.count("SELECT 4321") == (1 if lines else 0)


LEAKS = f"""
import traceback
OTHER, HOOK = {OTHER_TOKEN!r}, {HOOK_TOKEN!r}
EMAIL, WEBHOOK, OTHER_WEBHOOK = {EMAIL!r}, {WEBHOOK!r}, {OTHER_WEBHOOK!r}
PASSWORD = {PASSWORD!r}
URL = {DATABASE_URL!r}

class Client:
    def __repr__(self) -> str:
        return f"<Client token={{TOKEN}}>"

def fail(local_copy):
    raise ValueError(f"cannot reach {{URL}} as {{PASSWORD}} with {{local_copy}} for {{EMAIL}}")

library = logging.getLogger("discord.http")
logger.info(f"message {{TOKEN}} {{KEY}} {{PASSWORD}} {{OTHER}}")
logger.info("argument {{}} {{!r}}", TOKEN, PASSWORD)
logger.bind(client=Client(), headers={{"Authorization": f"Bot {{OTHER}}"}}, key=KEY).info("extra")
library.warning("args %s %r %s", TOKEN, {{"password": PASSWORD}}, Client())
library.warning("PATCH https://discord.com/api/v10/webhooks/42/%s/messages/@original", HOOK)
library.warning("POST /interactions/7/%s/callback", HOOK)
library.warning('{{"op": 2, "d": {{"token": "s3same", "shard": [0, 1]}}}}')
library.warning("(b'Authorization', b'Bot s3same')")
library.warning("connecting to %s", "postgresql+asyncpg://someone:s3same@h/d")
logger.debug("mail {{}} and post to {{}}", EMAIL, WEBHOOK)
logger.bind(email=EMAIL, hook=WEBHOOK).debug({EMAIL!r})
library.warning("POST %s for %s, else %s", WEBHOOK, {{"email": EMAIL}}, OTHER_WEBHOOK)
library.warning("too few arguments %s %s", TOKEN)
library.warning("too many arguments", TOKEN, KEY)
for log in (logger.exception, library.exception):
    try:
        fail(TOKEN)
    except ValueError:
        log("failed")
fail(TOKEN)
"""


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_secret_reaches_the_log_whatever_way_it_came_in(log_format: str) -> None:
    written = log_of(
        LEAKS,
        LOG_FORMAT=log_format,
        LOG_LEVEL="DEBUG",
        DISCORD_TOKEN=BOT_TOKEN,
        DATA_KEY=DATA_KEY,
        DATABASE_URL=DATABASE_URL,
    )

    if log_format == "json":
        texts = [str(json.loads(line)) for line in written.splitlines()]
        written += "\n".join(texts) + "\n".join(
            json.loads(w)["message"] for w in written.splitlines()
        )
    for secret in SECRETS:
        assert secret not in written
        assert json.dumps(secret)[1:-1] not in written
        assert repr(secret)[1:-1] not in written
    assert written.count("cannot reach") >= 3
    assert "/messages/@original" in written
    assert "could not be rendered" not in written
    assert "local_copy = " not in written


def test_ordinary_words_and_addresses_stay_readable() -> None:
    redact = Redactor(["abc", ""])

    for text in (
        "abc stands for itself",
        "Took 5 pcs of BOLT-8 from A1 -> B2",
        "GET http://127.0.0.1:9000/api/v10/users/@me",
        "password authentication failed for user tally",
        "Authorization failed",
        "tallyman-bot.example.com",
        "3 @ 5.10 each, user@localhost, @everyone",
        "https://discord.com/api/v10/webhooks/42",
    ):
        assert redact(text) == text


def test_a_database_password_is_masked_wherever_it_ends() -> None:
    redact = Redactor(())

    for password in ("plain", "with/slash", "with@at", "with:colon", ""):
        url = f"postgresql://tally:{password}@host/books"
        assert redact(url) == f"postgresql://tally:{MASK}@host/books"
    assert redact("redis://me:word@host:1/0") == f"redis://me:{MASK}@host:1/0"


@given(texts(max_size=300), texts(max_size=300))
def test_redaction_is_total_and_settles(before: str, after: str) -> None:
    redact = Redactor([BOT_TOKEN, DATA_KEY, PASSWORD])

    once = redact(f"{before}{DATA_KEY}{after}{PASSWORD}")
    assert DATA_KEY not in once
    assert PASSWORD not in once
    assert redact(once) == once


@pytest.mark.slow
def test_redaction_of_a_huge_word_stays_quick() -> None:
    code = """
import time
from bot.logs import Redactor
redact = Redactor(["something"])
words = ("a", "token", "a-", "x://y:", "authorization", "postgres://u:", "Bot ", "b.")
words += ("a@", "a.", "a@b.", "https://hook.", "postgres://a:", "postgres://", "x://")
for text in (word * (20_000 // len(word)) for word in words):
    begun = time.process_time()
    redact(text)
    if time.process_time() - begun > 0.7:
        logger.error("slow on {}", text[:20])
"""
    assert log_of(code) == ""


def test_user_text_cannot_forge_a_line() -> None:
    forged = "x\n2026-01-01T00:00:00.000Z INFO     bot: forged"
    written = log_of(f"""
forged = {forged!r}
logger.info(forged)
logger.bind(name=forged).info("extra")
logging.getLogger("discord").info("%s", forged)
logger.info("\\r\\x1b[2K\\u202e\\u2028\\u200b\\x85 odd")
try:
    raise ValueError(forged)
except ValueError:
    logger.exception("failed")
""")

    lines = written.splitlines()
    heads = [line for line in lines if not line.startswith("    ")]
    assert len(heads) == 5
    assert not any(line.startswith("2026-01-01") for line in lines)
    assert r"\r\x1b[2K\u202e\u2028\u200b\x85 odd" in written
    assert r"x\n2026-01-01T00:00:00.000Z INFO     bot: forged" in heads[0]


def test_a_line_that_cannot_be_rendered_does_not_stop_its_caller() -> None:
    written = log_of(
        """
class Hostile:
    def __str__(self) -> str:
        raise RuntimeError(TOKEN)
logger.bind(thing=Hostile()).info("first")
logger.info("second")
""",
        DISCORD_TOKEN="tokentoken",
    )

    first, second = written.splitlines()
    assert first == "A log line could not be rendered: RuntimeError"
    assert second.endswith("second")


def test_a_closed_stderr_does_not_stop_the_caller() -> None:
    written = log_of("""
import sys
real, sys.stderr = sys.stderr, None
logger.info("unheard")
sys.stderr = real
logger.info("heard")
""")

    assert written.splitlines()[0].endswith("heard")
    assert "unheard" not in written


def test_setting_up_twice_writes_each_line_once() -> None:
    assert log_of("set_up_logging(settings)\nlogging.info('once')").count("once") == 1


def test_a_record_that_does_not_fit_its_arguments_is_kept() -> None:
    (line,) = log_of("logging.getLogger('discord').info('%d', 'word')").splitlines()

    assert line.endswith("discord: %d (its arguments do not fit)")


def test_a_reference_is_short_unlike_any_other_and_free_of_look_alikes() -> None:
    references = {new_reference() for _ in range(1000)}

    assert len(references) == 1000
    assert all(re.fullmatch(r"[A-Z0-9]{8}", reference) for reference in references)
    assert not set("0O1ILS5B8Z2UEA") & set("".join(references))
