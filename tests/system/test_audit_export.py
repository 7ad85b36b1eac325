"""An export is checked by one file that needs nothing of this project."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.database.admin import migrate
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.anchors import Anchor
from bot.services.audit import CloseDay, FindRecords, close_day
from bot.services.chain_export import export_chain
from bot.services.stock import PutStock, put_stock
from tests.conftest import DATA_KEY
from tests.database.books import GUILD, Warehouse
from tests.database.clock import Clock
from tests.fixtures.books import GUILD as OLD_GUILD
from tests.fixtures.books import write_old_books

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_export.py"
KEY = "signing-key-of-the-tests-0123456789"
Lines = list[dict[str, Any]]


async def write_export(
    db: DatabaseService, guild_id: int, until: str = "", since: str = ""
) -> Lines:
    actor = system_actor(guild_id, "test")
    request = FindRecords(since=since, until=until)
    pieces = [piece async for piece in export_chain(db, request, actor)]
    return [json.loads(line) for line in b"".join(pieces).splitlines()]


def check(folder: Path, lines: Lines, *options: str) -> tuple[int, str]:
    """Run the verifier as an auditor does, without any of our code on its path."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    code, said, complaint = check_text(folder, text, *options)
    assert not complaint
    return code, said


def check_text(folder: Path, text: str, *options: str) -> tuple[int, str, str]:
    """Run the verifier on any text; return its code, its report and its complaints."""
    file = folder / "export.jsonl"
    file.write_text(text)
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(file), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def record(lines: Lines, number: int) -> dict[str, Any]:
    return next(line for line in lines if line.get("event", {}).get("record") == number)


def drop(lines: Lines, number: int) -> None:
    lines.remove(record(lines, number))


def cut_tail(lines: Lines) -> None:
    head = next(line for line in lines if "head" in line)
    for number in (head["last"], head["last"] - 1):
        drop(lines, number)
    head |= {"last": head["last"] - 2, "head": record(lines, head["last"] - 2)["hash"]}


def swap_level(lines: Lines) -> None:
    level = next(line["level"] for line in lines if "level" in line)
    level["quantity"] = "4711.000"


def forge_signature(lines: Lines) -> None:
    day = next(line for line in lines if line.get("event", {}).get("action") == "day.closed")
    day["event"]["detail"] = day["event"]["detail"].replace('"s1.', '"s2.')


TAMPERINGS: dict[str, tuple[Callable[[Lines], Any], str]] = {
    "a field changed": (
        lambda lines: record(lines, 3)["event"].update(actor_id=1),
        "#3 or its moves were changed",
    ),
    "a quantity changed": (
        lambda lines: record(lines, 4)["moves"][0].update(quantity="6.000"),
        "#4 or its moves were changed",
    ),
    "a move removed": (
        lambda lines: record(lines, 4)["moves"].clear(),
        "#4 or its moves were changed",
    ),
    "a record removed": (lambda lines: drop(lines, 3), "#2 is followed by #4"),
    "a hash changed": (
        lambda lines: record(lines, 3).update(hash="0" * 64),
        "#3 or its moves were changed",
    ),
    "the last records removed": (cut_tail, "knows #6, this export does not"),
    "a level changed": (swap_level, "is 4711.000, its moves add up to"),
    "a level removed": (
        lambda lines: lines.remove(next(line for line in lines if "level" in line)),
        "is missing, its moves add up to",
    ),
    "a signature changed": (forge_signature, "the signature of #5 is wrong"),
    "a field left out": (
        lambda lines: record(lines, 3)["event"].pop("source"),
        "#3 has other fields than its format",
    ),
    "the guild renamed": (
        lambda lines: lines[0].update(guild=4711),
        "the chain does not begin as this guild's must",
    ),
}


@pytest.mark.soak_on("postgresql")
async def test_an_auditor_finds_what_was_changed_in_an_export(
    database_url: str, clock: Clock, tmp_path: Path
) -> None:
    settings = DatabaseSettings(database_url, data_key=DATA_KEY, signing_key=KEY)
    db = DatabaseService(settings, clock=clock)
    warehouse = await Warehouse.open(db)
    item, shelf = await warehouse.add_item("SCHRÄUBCHEN\u20078"), await warehouse.add_shelf("A1")
    await warehouse.put(item, 5, shelf)
    request = PutStock(item=item.id, quantity=item.reserved + 2, location=shelf.id, note='"\\ü🔩')
    await warehouse.run(put_stock, request)
    day = CloseDay(day=clock().date())
    await db.run(close_day, day, system_actor(GUILD, "job"), "day")
    lines = await write_export(db, GUILD)
    (key,) = db.signing.list_public_keys()
    newest = record(lines, 6)
    head = Anchor(GUILD, 6, newest["hash"])
    kept = tmp_path / "anchors"
    kept.write_text(f"{Anchor(GUILD, 6, head.hash, db.signing.sign(head, '2026-11-25'))}\n")
    options = ("--anchors", str(kept), "--key", key.content)
    code, said = check(tmp_path, lines, *options)
    assert (code, "1 heads compared, 2 signatures valid" in said) == (0, True), said
    assert check(tmp_path, await write_export(db, GUILD, until="2020-01-01"))[0] == 0
    await db.close()

    for what, (change, problem) in TAMPERINGS.items():
        changed = json.loads(json.dumps(lines))
        change(changed)
        code, said = check(tmp_path, changed, *options)
        assert (code, problem in said) == (1, True), (what, said)


async def test_an_auditor_reads_records_of_every_format(
    own_database_url: str, tmp_path: Path
) -> None:
    await write_old_books(own_database_url)
    await migrate.upgrade(own_database_url)
    db = DatabaseService(DatabaseSettings(own_database_url))
    lines = await write_export(db, OLD_GUILD)
    await db.close()
    assert {line["format"] for line in lines if "event" in line} == {1}
    code, said = check(tmp_path, lines)
    assert (code, "#1 to #280" in said) == (0, True), said


@pytest.mark.only_on("sqlite")
def test_the_verifier_is_one_short_file_without_our_code() -> None:
    text = VERIFIER.read_text()
    assert len(text.splitlines()) < 200
    assert "import bot" not in text
    assert "from bot" not in text
