from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chain import canonical_json
from bot.domain.changes import Change
from bot.domain.record_detail import MAX_KEPT_LINES, RecordDetail, write_detail
from bot.domain.stock import MovedEnd, MovedLine
from tests.texts import texts

LINE = MovedLine(
    item_id=100,
    sku="BOLT-8",
    name="Hex bolt",
    unit="pcs",
    quantity=Decimal("2.500"),
    source=MovedEnd(101, "A1", Decimal("5.000"), Decimal("2.500")),
    target=MovedEnd(2, "customer", Decimal("-1.000"), Decimal("1.500")),
    lot_id=7,
    unit_cost=Decimal("0.012500"),
    currency="EUR",
)
SHORT = texts(max_size=20)


def kept(
    lines: list[MovedLine], changes: tuple[Change, ...] = (), note: str = ""
) -> tuple[str, RecordDetail]:
    text = canonical_json(write_detail(lines, changes, note)).decode()
    return text, RecordDetail.load(text)


@given(st.integers(0, MAX_KEPT_LINES), st.dictionaries(SHORT, SHORT, max_size=5), SHORT)
def test_a_short_record_is_read_back_as_it_was(
    count: int, fields: dict[str, str], note: str
) -> None:
    changes = tuple(Change(name, "", after) for name, after in sorted(fields.items()))
    _, detail = kept([LINE] * count, changes, note)
    assert (detail.line_count, len(detail.lines)) == (count, count)
    assert detail.changes == changes
    assert detail.note == note
    assert not detail.has_lines_in_ledger_alone
    for line in detail.lines:
        assert (line.item_id, line.sku, line.unit, line.lot_id) == (100, "BOLT-8", "pcs", 7)
        assert line.quantity == LINE.quantity
        for read, written in ((line.source, LINE.source), (line.target, LINE.target)):
            assert (read.id, read.name) == (written.id, written.name)
            assert (read.before, read.after) == (written.before, written.after)


def test_a_long_record_keeps_its_lines_in_the_ledger_alone() -> None:
    text, detail = kept([LINE] * 3000)
    assert text == '{"line_count":3000}'
    assert (detail.line_count, detail.lines) == (3000, ())
    assert detail.has_lines_in_ledger_alone


def test_a_cost_is_not_in_the_detail_that_every_auditor_reads() -> None:
    text, _ = kept([LINE])
    assert "EUR" not in text
    assert "0.0125" not in text


def test_details_of_the_first_version_are_read() -> None:
    old = (
        '{"lines":[{"from":[1,"supplier","0.000","-5.000"],"item_id":100,"quantity":"5.000",'
        '"sku":"BOLT-8","to":[101,"A1","0.000","5.000"],"unit":"pcs"}],"note":""}'
    )
    detail = RecordDetail.load(old)
    assert (detail.line_count, detail.note) == (1, "")
    assert detail.lines[0].target.after == 5
    detail = RecordDetail.load('{"after":{"name":"B"},"before":{"name":"A"}}')
    assert detail.changes == (Change("name", "A", "B"),)
