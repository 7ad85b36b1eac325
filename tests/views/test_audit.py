import re
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from bot.database.models import AuditEvent
from bot.views.audit import audit_batch, audit_line

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
NAMES = st.text(max_size=60)


def event(record: int, detail: dict[str, Any], action: str = "stock.moved") -> AuditEvent:
    return AuditEvent(
        guild_id=1,
        record=record,
        at=AT,
        actor_id=2,
        source="discord",
        action=action,
        subject_type="item",
        subject_id=100,
        subject="BOLT-8",
        detail=orjson.dumps(detail).decode(),
        reverses=None,
        hash="",
    )


def line(sku: str, source: str, target: str) -> dict[str, Any]:
    return {
        "item_id": 100,
        "sku": sku,
        "unit": "pcs",
        "quantity": "2.000",
        "from": [101, source, "5.000", "3.000"],
        "to": [102, target, "0.000", "2.000"],
    }


@given(NAMES, NAMES, st.text(max_size=200))
def test_a_record_is_one_line_whatever_things_are_named(sku: str, place: str, note: str) -> None:
    text = audit_line(event(7, {"lines": [line(sku, place, place)], "note": note}))
    assert len(text.splitlines()) == 1
    assert len(text) <= 2000


def test_a_bulk_record_is_shown_in_part() -> None:
    lines = [line(f"SKU-{number}", "Shelf A1", "Shelf B2") for number in range(200)]
    text = audit_line(event(7, {"lines": lines}))
    assert len(text) < 1200
    assert text.count("SKU-") > 5
    assert text.endswith("more")


@given(st.lists(st.integers(min_value=0, max_value=200), min_size=1, max_size=20))
def test_a_batch_holds_what_fits_from_the_oldest_on(lengths: list[int]) -> None:
    events = [
        event(number, {"lines": [line("X", "A", "B")], "note": "*" * length})
        for number, length in enumerate(lengths, start=1)
    ]
    last, text = audit_batch(events, events[0].at.date())
    shown = text.splitlines()
    assert len(text) <= 2000
    assert last == len(shown)
    assert shown == [audit_line(one) for one in events[:last]]
    if last < len(events):
        assert len(text) + 1 + len(audit_line(events[last])) > 2000


def test_a_backlog_of_another_day_says_which() -> None:
    one = event(7, {"lines": [line("X", "A", "B")]})
    _, text = audit_batch([one], one.at.date() + timedelta(days=1))
    assert text == audit_line(one, is_dated=True)
    assert re.match(r"<t:\d+:d> <t:\d+:t> `#7`", text)


def test_an_action_that_this_version_does_not_know_is_told_all_the_same() -> None:
    text = audit_line(event(7, {"before": {}, "after": {"name": "x"}}, action="pallet.stacked"))
    assert "pallet.stacked **BOLT-8** name: x" in text
