"""An export that was cut, doubled, damaged or written again without the key does not pass."""

import hashlib
import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from bot.database.signing import Signing
from bot.domain.actors import system_actor
from bot.domain.chain import canonical_json, first_link
from bot.services.audit import CloseDay, close_day
from tests.database.books import GUILD, Warehouse
from tests.database.clock import Clock
from tests.system.test_audit_export import KEY, Lines, check, check_text, record, write_export

pytestmark = pytest.mark.only_on("sqlite")

SIGNED = Signing("postgresql://h/d", KEY)
BY_OTHERS = Signing("postgresql://h/d", "another-signing-key-0123456789-abcdef")
UNSIGNED = Signing("postgresql://h/d", None)
(PUBLIC,) = SIGNED.list_public_keys()
(OTHERS,) = BY_OTHERS.list_public_keys()
DAMAGED = "is cut or damaged, what it says is not checked"


async def work(warehouse: Warehouse, clock: Clock, signers: Sequence[Signing]) -> Lines:
    """Work for some days, each closed under a key or without one, and export the books."""
    db = warehouse.db
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf("A1")
    for db.signing in signers:
        await warehouse.put(item, 5, shelf)
        day = clock().date()
        await db.run(close_day, CloseDay(day=day), system_actor(GUILD, "job"), f"{day}")
        clock.advance(days=1)
    db.signing = SIGNED
    return await write_export(db, GUILD)


def days_of(lines: Lines) -> list[int]:
    events = [line["event"] for line in lines if "event" in line]
    return [event["record"] for event in events if event["action"] == "day.closed"]


def write_again(lines: Lines, change: Callable[[Lines], Any], drop: Sequence[int] = ()) -> Lines:
    """Change an export as a forger who computes all hashes again, but has no key."""
    lines = deepcopy(lines)
    change(lines)
    link, last = first_link(GUILD), 0
    for line in (line for line in lines if "event" in line):
        event = line["event"]
        if event["action"] == "day.closed":
            detail = json.loads(event["detail"])
            detail["after"]["chain"] = f"{link} (#{last})"
            if event["record"] in drop:
                detail["after"].pop("signature", None)
            event["detail"] = json.dumps(detail, separators=(",", ":"))
        link = hashlib.sha256(canonical_json([link, event, line["moves"]])).hexdigest()
        line["hash"], last = link, event["record"]
    next(line for line in lines if "head" in line)["head"] = link
    return lines


def blame(lines: Lines) -> None:
    record(lines, 3)["event"]["actor_id"] = 4711


def keep(_: Lines) -> None:
    """Change nothing."""


def text_of(lines: Lines) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


async def test_an_export_without_its_end_was_cut(
    warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    lines = await work(warehouse, clock, [SIGNED])
    assert check(tmp_path, lines)[0] == 0
    end = next(number for number, line in enumerate(lines) if "head" in line)
    for kept in (1, 3, end):
        code, said = check(tmp_path, lines[:kept])
        assert (code, f"the export was cut behind #{kept - 1}" in said) == (1, True), said
    code, said = check(tmp_path, lines[: end + 1])
    assert (code, "is missing, its moves add up to" in said) == (1, True), said


async def test_a_part_of_the_books_says_where_it_ends(
    warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    await work(warehouse, clock, [SIGNED, SIGNED])
    for bounds, part in (
        ({"until": "2026-01-05"}, "a part, #1 to #5"),
        ({"since": "2026-01-06"}, "a part, #6 to #7"),
        ({"until": "2020-01-01"}, "a part, #1 to #0"),
        ({"since": "2026-01-07"}, "a part, #8 to #7"),
    ):
        lines = await write_export(warehouse.db, GUILD, **bounds)
        code, said = check(tmp_path, lines)
        assert (code, part in said) == (0, True), (bounds, said)
        end = next(number for number, line in enumerate(lines) if "head" in line)
        assert check(tmp_path, lines[:end])[0] == 1
    assert lines[0]["after"] == 7
    # As it was written before.
    lines[0] |= {"after": 2**62 - 1, "previous": first_link(GUILD)}
    assert check(tmp_path, lines)[0] == 0


async def test_a_second_book_of_a_guild_is_found_and_compared_as_well(
    warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    lines = await work(warehouse, clock, [SIGNED])
    heads = tmp_path / "heads"
    heads.write_text(f"{GUILD} 3 {record(lines, 3)['hash']}\n")
    options = ("--anchors", str(heads))
    assert check(tmp_path, lines, *options)[0] == 0
    forged = write_again(lines, blame, days_of(lines))
    for books in (lines + forged, forged + lines):
        code, said = check(tmp_path, books, *options)
        assert code == 1
        assert "this file has more than one book of this guild" in said
        assert "#3 has another hash than the copy elsewhere" in said


async def test_a_copy_that_the_export_does_not_contain_is_a_problem(
    warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    lines = await work(warehouse, clock, [SIGNED, SIGNED])
    heads = tmp_path / "heads"
    part = await write_export(warehouse.db, GUILD, since="2026-01-06")
    early = await write_export(warehouse.db, GUILD, until="2026-01-05")
    for number, books, expected in (
        (5, lines, 0),
        (5, part, 0),
        (4, part, 1),
        (5, early, 0),
        (7, early, 1),
        (7, lines[:4], 1),
        (2, [*lines[:2], *lines[3:]], 1),
    ):
        hash_ = record(lines, number)["hash"]
        heads.write_text(f"# kept by me\n\n{GUILD} {number} {hash_}\n")
        code, said = check(tmp_path, books, "--anchors", str(heads))
        is_said = f"a copy kept elsewhere knows #{number}, this export does not" in said
        assert (code, is_said) == (expected, bool(expected)), (number, said)
    heads.write_text(f"{GUILD} 0 {first_link(GUILD)}\n4711 3 {'0' * 64}\n")
    code, said = check(tmp_path, lines, "--anchors", str(heads))
    assert (code, "1 heads compared" in said) == (1, True), said
    assert "4711: a copy kept elsewhere knows it" in said


@pytest.mark.parametrize(
    ("signers", "options", "problem"),
    [
        ([UNSIGNED, SIGNED], [], None),
        ([UNSIGNED, SIGNED], ["--key", PUBLIC.content], None),
        ([SIGNED, UNSIGNED], [], "closed a day unsigned, unlike before"),
        ([SIGNED, UNSIGNED], ["--key", PUBLIC.content], "closed a day unsigned, unlike before"),
        ([UNSIGNED, UNSIGNED], [], None),
        ([UNSIGNED, UNSIGNED], ["--key", PUBLIC.content], "no day is signed by the given key"),
        ([], ["--key", PUBLIC.content], None),
        ([BY_OTHERS], ["--key", PUBLIC.content], "is of an unknown key"),
        ([BY_OTHERS], ["--key", PUBLIC.content], "no day is signed by the given key"),
        ([BY_OTHERS, SIGNED], ["--key", PUBLIC.content], "is of an unknown key"),
        ([BY_OTHERS, SIGNED], ["--key", PUBLIC.content, "--key", OTHERS.content], None),
    ],
)
async def test_days_stay_signed_once_one_is(
    warehouse: Warehouse,
    clock: Clock,
    tmp_path: Path,
    signers: list[Signing],
    options: list[str],
    problem: str | None,
) -> None:
    lines = await work(warehouse, clock, signers)
    code, said = check(tmp_path, lines, *options)
    assert (code, (problem or "Nothing is wrong.") in said) == (bool(problem), True), said


async def test_who_writes_the_books_again_cannot_drop_signatures(
    warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    lines = await work(warehouse, clock, [SIGNED, SIGNED])
    days = days_of(lines)
    code, said = check(tmp_path, write_again(lines, keep), "--key", PUBLIC.content)
    assert (code, "2 signatures valid" in said) == (0, True), said
    for change, drop in ((blame, days), (keep, days[1:]), (keep, days[:1]), (blame, days[:1])):
        forged = write_again(lines, change, drop)
        assert check(tmp_path, forged, "--key", PUBLIC.content)[0] == 1


async def test_a_key_is_taken_as_it_is_shown(
    warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    lines = await work(warehouse, clock, [SIGNED])
    for key in (str(PUBLIC), PUBLIC.content, f" {PUBLIC} \n", f"{PUBLIC.content}="):
        assert check(tmp_path, lines, f"--key={key}")[0] == 0
    for key in ("", "x", "ä", "7a1b4699", PUBLIC.content[:-1], f"00000000 {PUBLIC.content}"):
        code, _, complaint = check_text(tmp_path, text_of(lines), f"--key={key}")
        assert (code, "is no public key; one reads like" in complaint) == (1, True), key
        assert len(complaint.splitlines()) == 1


async def test_what_is_damaged_is_said_in_a_sentence(
    warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    lines = await work(warehouse, clock, [SIGNED])
    put = next(line["event"]["record"] for line in lines if line.get("moves"))

    def quantity(value: object) -> Callable[[Lines], Any]:
        return lambda lines: record(lines, put)["moves"][0].update(quantity=value)

    def level(value: object) -> str:
        changed = deepcopy(lines)
        next(each["level"] for each in changed if "level" in each)["quantity"] = value
        return text_of(changed)

    text = text_of(lines)
    for damaged, problem in (
        ("", "This file does not begin like an export."),
        ('{"a": 1}\n', "This file does not begin like an export."),
        ("\x00\x01 rubbish", "This file does not begin like an export."),
        (text[:-20], DAMAGED),
        (text + "rubbish\n", DAMAGED),
        (text + "\n", DAMAGED),
        (text + "[1]\n", DAMAGED),
        (text + "[" * 100_000, DAMAGED),
        (text.replace('"record": 3', '"record": "x"'), DAMAGED),
        (text.replace('"moves": [{', '"moves": [1, {'), DAMAGED),
        (level("NaN"), DAMAGED),
        (level(float("nan")), DAMAGED),
        (level("Infinity"), "is Infinity, its moves add up to"),
        (level([1]), DAMAGED),
        (text_of(write_again(lines, quantity("NaN"))), "moves NaN"),
        (text_of(write_again(lines, quantity("Infinity"))), "moves Infinity"),
        (text_of(write_again(lines, quantity("many"))), DAMAGED),
    ):
        code, said, complaint = check_text(tmp_path, damaged)
        assert (code, problem in said, complaint) == (1, True, ""), (damaged[-80:], said)


async def test_a_file_of_copies_that_is_damaged_is_said_in_a_sentence(
    warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    lines, heads = await work(warehouse, clock, [SIGNED]), tmp_path / "heads"
    for said in ("rubbish", f"{GUILD} 3", f"{GUILD} x {'0' * 64}", f"{GUILD} 3 {'0' * 63}"):
        heads.write_text(f"\n# mine\n{said}\n")
        done = check_text(tmp_path, text_of(lines), "--anchors", str(heads))
        assert done == (1, "", "Anchor line 3 is no `guild record hash [signature]`.\n")
    heads.write_bytes(b"\xff\xfe\x00")
    code, _, complaint = check_text(tmp_path, text_of(lines), "--anchors", str(heads))
    assert (code, complaint.startswith("Anchor line 1 ")) == (1, True)
    code, _, complaint = check_text(tmp_path, text_of(lines), "--anchors", str(tmp_path))
    assert (code, complaint) == (1, f"{tmp_path} cannot be read: Is a directory.\n")
