from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.chain import (
    CHAINED_FIELDS,
    CHAINED_MOVE_FIELDS,
    canonical_json,
    first_link,
    next_link,
)

EVENT: dict[str, Any] = {
    "guild_id": 1,
    "record": 2,
    "at": datetime(2026, 1, 5, tzinfo=UTC),
    "actor_id": 3,
    "source": "discord",
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
    "source_id": 101,
    "target_id": 102,
    "quantity": Decimal("2.5"),
    "actor_id": 3,
}
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


@pytest.mark.parametrize("field", CHAINED_FIELDS)
def test_any_changed_field_of_an_event_changes_its_link(field: str) -> None:
    changed = EVENT | {field: other(EVENT[field])}
    assert next_link(START, changed, [MOVE]) != next_link(START, EVENT, [MOVE])


@pytest.mark.parametrize("field", CHAINED_MOVE_FIELDS)
def test_any_changed_field_of_a_move_changes_its_link(field: str) -> None:
    changed = MOVE | {field: other(MOVE[field])}
    assert next_link(START, EVENT, [changed]) != next_link(START, EVENT, [MOVE])


def test_moves_that_are_added_removed_or_swapped_change_the_link() -> None:
    second = MOVE | {"line": 2}
    links = {next_link(START, EVENT, m) for m in ([], [MOVE], [MOVE, second], [second, MOVE])}
    assert len(links) == 4


def test_a_link_hangs_on_the_one_before_and_on_the_guild() -> None:
    assert next_link(first_link(2), EVENT) != next_link(START, EVENT)
    assert next_link(next_link(START, EVENT), EVENT) != next_link(START, EVENT)


def test_every_column_of_an_event_and_of_a_move_is_chained() -> None:
    assert set(EVENT) == set(CHAINED_FIELDS)
    assert set(MOVE) == set(CHAINED_MOVE_FIELDS)


def test_equal_values_are_written_alike() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    moment = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    one = {"b": Decimal(3), "a": {"y", "x"}, "at": moment}
    same = {"at": moment.astimezone(east), "a": frozenset({"x", "y"}), "b": Decimal("3.000")}
    assert canonical_json(one) == canonical_json(same)
    assert (
        canonical_json(one)
        == b'{"a":["x","y"],"at":"2026-01-05T08:00:00.000000+00:00","b":"3.000"}'
    )


def test_what_has_no_exact_form_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical_json({"x": object()})


def test_a_record_from_before_operations_had_ids_is_hashed_as_it_was() -> None:
    before = "862b1a4184035e49"
    link = next_link(START, EVENT, [MOVE])
    assert link.startswith(before)
    assert next_link(START, EVENT | {"operation_id": None}, [MOVE]) == link
    links = {next_link(START, EVENT | {"operation_id": key}, [MOVE]) for key in ("", "1", "2")}
    assert len(links | {link}) == 4
