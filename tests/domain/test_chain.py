import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from bot.database.models import AuditEvent, StockMove
from bot.database.models.base import table_of
from bot.domain.chain import FORMATS, NEWEST_FORMAT, canonical_json, first_link, next_link

EVENT: dict[str, Any] = {
    "guild_id": 1,
    "record": 2,
    "format": 2,
    "at": datetime(2026, 1, 5, tzinfo=UTC),
    "actor_kind": "member",
    "actor_id": 3,
    "source": "discord",
    "operation_id": "1",
    "action": "stock.moved",
    "subject_type": "item",
    "subject_id": 100,
    "subject": "BOLT-8",
    "detail": "{}",
    "reverses": None,
}
MOVE: dict[str, Any] = {
    "line": 1,
    "item_id": 100,
    "lot_id": 0,
    "source_id": 101,
    "target_id": 102,
    "quantity": Decimal("2.500"),
    "unit_cost": None,
    "currency": None,
    "actor_id": 3,
}
OLD_EVENT = EVENT | {"format": 1, "operation_id": None}
START = first_link(1)


def other(value: object) -> object:
    match value:
        case datetime():
            return value + timedelta(microseconds=1)
        case Decimal():
            return value + Decimal("0.001")
        case int():
            return value + 1
        case str():
            return value + " "
        case _:
            return 1


@pytest.mark.parametrize("field", [name for name in EVENT if name != "format"])
def test_any_changed_field_of_an_event_changes_its_link(field: str) -> None:
    changed = EVENT | {field: other(EVENT[field])}
    assert next_link(START, changed, [MOVE]) != next_link(START, EVENT, [MOVE])


@pytest.mark.parametrize("field", list(MOVE))
def test_any_changed_field_of_a_move_changes_its_link(field: str) -> None:
    changed = MOVE | {field: other(MOVE[field])}
    assert next_link(START, EVENT, [changed]) != next_link(START, EVENT, [MOVE])


def test_another_format_is_another_link_or_none() -> None:
    links = {next_link(START, EVENT | {"format": number}, [MOVE]) for number in FORMATS}
    assert len(links) == len(FORMATS)
    for unknown in (0, NEWEST_FORMAT + 1, None):
        with pytest.raises(ValueError, match="format"):
            next_link(START, EVENT | {"format": unknown}, [MOVE])


@pytest.mark.parametrize("field", list(OLD_EVENT))
def test_no_field_of_an_old_event_can_be_changed_unseen(field: str) -> None:
    changed = OLD_EVENT | {field: other(OLD_EVENT[field])}
    assert not is_old_link(changed, MOVE)


@pytest.mark.parametrize("field", list(MOVE))
def test_no_field_of_an_old_move_can_be_changed_unseen(field: str) -> None:
    assert is_old_link(OLD_EVENT, MOVE)
    assert not is_old_link(OLD_EVENT, MOVE | {field: other(MOVE[field])})


def test_the_program_itself_is_the_actor_of_old_events_without_one() -> None:
    by_system = OLD_EVENT | {"actor_id": 0, "actor_kind": "system"}
    assert next_link(START, by_system, [MOVE])
    with pytest.raises(ValueError, match="cover"):
        next_link(START, by_system | {"actor_kind": "member"}, [MOVE])


def test_moves_that_are_added_removed_or_swapped_change_the_link() -> None:
    second = MOVE | {"line": 2}
    links = {next_link(START, EVENT, m) for m in ([], [MOVE], [MOVE, second], [second, MOVE])}
    assert len(links) == 4


def test_a_link_hangs_on_the_one_before_and_on_the_guild() -> None:
    assert next_link(first_link(2), EVENT) != next_link(START, EVENT)
    assert next_link(next_link(START, EVENT), EVENT) != next_link(START, EVENT)


def test_the_newest_format_covers_every_column_of_an_event_and_of_a_move() -> None:
    newest = FORMATS[NEWEST_FORMAT]
    assert set(newest.event) == set(table_of(AuditEvent).c.keys()) - {"hash"}
    assert set(newest.move) == set(table_of(StockMove).c.keys()) - {"guild_id", "record"}
    assert (set(newest.event), set(newest.move)) == (set(EVENT), set(MOVE))


def test_equal_values_are_written_alike() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    moment = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    one = {"b": Decimal("-0.0"), "a": {"y", "x"}, "at": moment}
    same = {"at": moment.astimezone(east), "a": frozenset({"x", "y"}), "b": Decimal("0.0")}
    assert canonical_json(one) == canonical_json(same)
    assert (
        canonical_json(one) == b'{"a":["x","y"],"at":"2026-01-05T08:00:00.000000+00:00","b":"0.0"}'
    )


@pytest.mark.parametrize("microsecond", [0, 1, 120_000, 999_999])
def test_a_link_is_the_same_whatever_its_row_has_beside_what_is_hashed(microsecond: int) -> None:
    event = EVENT | {"at": datetime(2026, 1, 5, 9, 30, 7, microsecond, UTC)}
    written = [
        START,
        event | {"at": f"2026-01-05T09:30:07.{microsecond:06}+00:00"},
        [MOVE | {"quantity": "2.500"}],
    ]
    link = hashlib.sha256(
        json.dumps(written, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()
    elsewhere = event | {"at": event["at"].astimezone(timezone(timedelta(hours=2)))}
    assert next_link(START, event, [MOVE]) == link
    assert next_link(START, elsewhere, [MOVE]) == link
    stored = event | {"hash": "x"}, MOVE | {"guild_id": 1, "record": 2}
    assert next_link(START, stored[0], [stored[1]]) == link
    assert next_link(START, stored[0] | {"other": 1}, [stored[1] | {"other": 1}]) == link


def test_what_has_no_exact_form_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical_json({"x": object()})


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("0.0121", "0.0121"),
        ("0.0124", "0.0124"),
        ("3.000", "3.000"),
        ("-0.000", "0.000"),
        ("1E+3", "1000"),
        ("1E-9", "0.000000001"),
        ("12345678901234567890.123456", "12345678901234567890.123456"),
    ],
)
def test_decimals_are_written_exactly_and_without_an_exponent(value: str, written: str) -> None:
    assert canonical_json(Decimal(value)) == f'"{written}"'.encode()


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_decimal_that_is_no_number_is_refused(value: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical_json(Decimal(value))


def test_a_record_from_before_operations_had_ids_is_hashed_as_it_was() -> None:
    before = "862b1a4184035e49"
    link = next_link(START, OLD_EVENT, [MOVE])
    assert link.startswith(before)
    links = {next_link(START, OLD_EVENT | {"operation_id": key}, [MOVE]) for key in ("", "1", "2")}
    assert len(links | {link}) == 4


def is_old_link(event: dict[str, Any], move: dict[str, Any]) -> bool:
    """Return True if an event of format 1 has the hash that the program of format 1 wrote."""
    try:
        return next_link(START, event, [move]).startswith("862b1a4184035e49")
    except ValueError:
        return False
