"""What a device sends is read as it is meant, or refused in words; it never breaks anything."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.sync import PushTable, SyncOperation, Verb
from bot.domain.sync_refusals import NotDone, reason_of
from bot.errors import InvalidValue, TallymanError
from bot.services.stock import MoveStock, PutStock, TakeStock
from bot.services.sync.intents import read_operation
from bot.views.errors import explain

ID = "6f1f0a52-58f7-4b0a-9a0e-0d4f3b6c2a11"
MOVE: dict[Any, Any] = {"item": "BOLT-8", "quantity": "5", "from": "A1"}
COUNT = {"item": 1001, "location": "A1", "counted": 0}
NESTED: Any = []
for _ in range(2000):
    NESTED = [NESTED]


BAD_MOVES: tuple[Any, ...] = (
    [],
    None,
    "x",
    {},
    {**MOVE, "colour": 1},
    {**MOVE, 5: 1},
    {**MOVE, "quantity": None},
    {**MOVE, "quantity": True},
    {**MOVE, "quantity": "many"},
    {**MOVE, "quantity": "NaN"},
    {**MOVE, "quantity": float("nan")},
    {**MOVE, "quantity": float("inf")},
    {**MOVE, "quantity": 1e300},
    {**MOVE, "quantity": 10**5000},
    {**MOVE, "quantity": "9" * 5000},
    {**MOVE, "quantity": "3 pcs", "unit": "box"},
    {**MOVE, "quantity": NESTED},
    {**MOVE, "item": 0},
    {**MOVE, "item": -1},
    {**MOVE, "item": 2**63},
    {**MOVE, "item": True},
    {**MOVE, "item": 1.5},
    {**MOVE, "item": ""},
    {**MOVE, "item": "a\x00b"},
    {**MOVE, "item": "\ud800"},
    {**MOVE, "item": "x" * 5000},
    {**MOVE, "item": {"id": 1}},
    {**MOVE, "note": "x" * 201},
    {**MOVE, "note": "\u202e\x07"},
    {**MOVE, "unit": 3},
    {**MOVE, "unit": "u" * 100},
    {**MOVE, "expiry": "2026-01-01"},
    {"item": 1, "quantity": 1},
    {"item": 1, "quantity": 1, "to": 5, "expiry": "soon"},
    {"item": 1, "quantity": 1, "to": 5, "expiry": 20260101},
    {"item": 1, "quantity": 1, "from": 4, "to": 5, "order": "PO-1"},
    {"item": 1, "quantity": 1, "order": "PO-1"},
)
BAD: list[tuple[PushTable, Verb, Any]] = [
    *(("stock_moves", "INSERT", data) for data in BAD_MOVES),
    ("stock_moves", "UPDATE", MOVE),
    ("stock_moves", "DELETE", MOVE),
    ("stock_counts", "DELETE", COUNT),
    ("stock_counts", "INSERT", {**COUNT, "counted": None}),
    ("items", "INSERT", {"sku": "A"}),
    ("items", "INSERT", {"sku": "A", "name": "A", "id": 5}),
    ("items", "INSERT", {"sku": "A", "name": "A", "whole": "yes"}),
    ("items", "UPDATE", {"id": 1}),
    ("items", "UPDATE", {"id": "one", "name": "A"}),
    ("items", "UPDATE", {"id": 1, "name": None}),
    ("items", "UPDATE", {"id": 1, "name": "A", "archived": True}),
    ("items", "DELETE", {"id": 1, "name": "A"}),
    ("locations", "UPDATE", {"id": 1, "kind": 7}),
    ("barcodes", "INSERT", {"code": "1"}),
    ("barcodes", "INSERT", {"code": "@everyone", "item": 1}),
    ("barcodes", "DELETE", {"code": "1", "item": 1}),
]


def sent(table: PushTable, data: Any, verb: Verb = "INSERT", **further: Any) -> SyncOperation:
    """Return an operation."""
    at = datetime(2026, 1, 5, tzinfo=UTC)
    given: dict[str, Any] = {"id": ID, "timestamp": at} | further
    return SyncOperation(seq=1, table=table, operation=verb, data=data, **given)


@pytest.mark.parametrize(("table", "verb", "data"), BAD)
def test_what_is_no_operation_is_refused_in_words(table: PushTable, verb: Verb, data: Any) -> None:
    with pytest.raises(TallymanError) as refused:
        read_operation(sent(table, data, verb))
    assert isinstance(refused.value, InvalidValue | NotDone)
    assert reason_of(refused.value) == "invalid_data"
    assert explain(refused.value)


@pytest.mark.parametrize("name", ["id", "supersedes"])
@pytest.mark.parametrize("value", ["", "x", ID.upper(), f" {ID}", "é" * 36])
def test_operations_are_known_by_canonical_uuids(name: str, value: str) -> None:
    further: dict[str, Any] = {name: value}
    with pytest.raises(InvalidValue):
        read_operation(sent("stock_moves", MOVE, **further))


def test_what_a_move_names_says_which_it_is() -> None:
    takes, puts, moves = (
        read_operation(sent("stock_moves", {"item": 7, "quantity": 2.5, **ends})).intent
        for ends in ({"from": "A1"}, {"to": 9, "lot": "L1"}, {"from": "A1", "to": 9})
    )
    quantity = Decimal("2.5")
    assert takes == TakeStock(item=7, quantity=quantity, location="A1")
    assert puts == PutStock(item=7, quantity=quantity, location=9, lot="L1")
    assert moves == MoveStock(item=7, quantity=quantity, source="A1", target=9)


@pytest.mark.parametrize("year", [1, 9999])
def test_a_clock_at_the_end_of_time_is_read(year: int) -> None:
    at = datetime(year, 12, 31, 23, tzinfo=UTC)
    read = read_operation(sent("stock_moves", MOVE, timestamp=at))
    assert read.fingerprint()
