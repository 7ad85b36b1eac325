import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import discord
import orjson
from hypothesis import given
from hypothesis import strategies as st

from bot.database.models import AuditEvent
from bot.domain.record_detail import RecordDetail
from bot.services.audit import RecordsFound, RecordShown
from bot.views.audit.lines import audit_batch, audit_line
from bot.views.audit.pages import record_page, search_page
from tests.texts import texts

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
NAMES = texts(max_size=60)


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


@given(NAMES, NAMES, texts(max_size=200))
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
    last, text = audit_batch(events, AT)
    shown = text.splitlines()
    assert len(text) <= 2000
    assert last == len(shown)
    assert shown == [audit_line(one) for one in events[:last]]
    if last < len(events):
        assert len(text) + 1 + len(audit_line(events[last])) > 2000


def test_a_batch_holds_lines_of_one_day() -> None:
    events = [event(number, {}) for number in (1, 2, 3)]
    events[2].at = AT + timedelta(days=1)
    last, _ = audit_batch(events, AT + timedelta(days=9))
    assert last == 2


def test_a_record_whose_lines_are_in_the_ledger_alone_is_counted() -> None:
    text = audit_line(event(7, {"line_count": 3000, "note": "spring"}, action="stock.moved"))
    assert text.endswith("**BOLT-8** in 3000 moves — spring")


def test_a_backlog_of_another_day_says_which() -> None:
    one = event(7, {"lines": [line("X", "A", "B")]})
    _, text = audit_batch([one], one.at + timedelta(days=1))
    assert text == audit_line(one, is_dated=True)
    assert re.match(r"<t:\d+:d> <t:\d+:t> `#7`", text)


def test_an_action_that_this_version_does_not_know_is_told_all_the_same() -> None:
    text = audit_line(event(7, {"before": {}, "after": {"name": "x"}}, action="pallet.stacked"))
    assert "pallet.stacked **BOLT-8** name: x" in text


def test_a_day_begins_and_ends_where_the_guild_is() -> None:
    zone = ZoneInfo("Pacific/Auckland")
    for hour, later, is_dated in ((9, 5, False), (9, 16, True), (23, 0, False), (23, 2, True)):
        told_of = datetime(2026, 1, 5, hour, 30, tzinfo=zone)
        one = event(7, {"before": {}, "after": {"name": "x"}})
        one.at = told_of.astimezone(UTC)
        _, text = audit_batch([one], told_of + timedelta(hours=later))
        assert (":d> <t:" in text) == is_dated, (hour, later)


def wide(record: int) -> AuditEvent:
    """Return a record that takes as much room as any."""
    name = "*" * 60
    if record % 2:
        fields = {f"field {number}": "_" * 200 for number in range(6)}
        one = event(record, {"before": fields, "after": fields}, action="supplier.resubmitted")
    else:
        lines = [line("*" * 40, name, name) for _ in range(300)]
        one = event(record, {"lines": lines, "note": "*" * 200}, action="stock.reversed")
        one.reverses = record - 1
    one.subject, one.actor_id = "*" * 80, 2**60
    return one


def test_a_line_fits_a_message_whatever_was_changed() -> None:
    for record in (7, 8):
        last, text = audit_batch([wide(record)], AT)
        assert (last, len(text.splitlines())) == (record, 1)
        assert len(text) <= 2000


def test_a_page_of_a_search_shows_each_of_its_records() -> None:
    events = tuple(wide(10**6 + number) for number in range(10))
    listed = RecordsFound(
        events=events,
        has_older=True,
        has_newer=True,
        member_id=None,
        action=None,
        subject=None,
        subject_label="",
        first=1,
        beyond=2**62,
    )
    page = search_page(listed).view
    assert isinstance(page, discord.ui.LayoutView)
    texts = [
        each.content for each in page.walk_children() if isinstance(each, discord.ui.TextDisplay)
    ]
    assert sum(map(len, texts)) <= 4000
    for one in events:
        assert any(f"`#{one.record}`" in text for text in texts)


def test_a_bulk_record_is_shown_with_its_proof_and_how_much_is_left_out() -> None:
    bulk = wide(8)
    bulk.hash, bulk.operation_id = "ab" * 32, "4711"
    shown = record_page(
        RecordShown(event=bulk, detail=RecordDetail.load(bulk.detail), reversed_by=9)
    ).embed
    assert shown is not None
    assert shown.description is not None
    lines = shown.description.splitlines()
    (more,) = (text for text in lines if text.startswith("… and "))
    moves = sum(" pcs **" in text for text in lines)
    assert more == f"… and {300 - moves} more: see `/audit export`"
    assert moves > 3
    assert "Reverses #7." in lines
    assert "Reversed by #9." in lines
    assert lines[-1] == f"`{bulk.hash}`"
    assert len(shown.description) <= 4096
