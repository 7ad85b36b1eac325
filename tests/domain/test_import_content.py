"""What a preview keeps of a file."""

import zlib

import orjson
import pytest

from bot.domain.imports.content import Content, pack, unpack, with_ids
from bot.domain.sheets import Sheet, SheetRow

HEADINGS = ("sku", "name")
# Fewer than a part has, as many, one more, and several parts.
SIZES = (0, 1, 500, 501, 1_700)


def content_of(count: int) -> Content:
    rows = tuple(SheetRow(n + 2, (f"A-{n}", "two\nlines")) for n in range(count))
    return Content("items", Sheet(HEADINGS, rows), ",", None, 7, "2026-03-01")


@pytest.mark.parametrize("count", SIZES)
def test_what_is_kept_is_read_back(count: int) -> None:
    content, prints = content_of(count), [f"{n:016x}" for n in range(count)]
    packed = pack(content, prints)
    assert unpack(packed) == (content, prints)
    assert unpack(with_ids(packed, range(5, 9))) == (content, prints)


def test_prints_are_kept_where_there_are_none_or_fewer_than_rows() -> None:
    content = content_of(1_200)
    assert unpack(pack(content, [])) == (content, [])
    assert unpack(pack(content, ["a"])) == (content, ["a"])


def test_what_earlier_versions_kept_is_read() -> None:
    rows = [(2, ("A-1", "two\nlines"))]
    old = zlib.compress(orjson.dumps(("items", ",", HEADINGS, rows, ["a"])))
    content, prints = unpack(old)
    assert (content.sheet.rows, prints) == ((SheetRow(2, ("A-1", "two\nlines")),), ["a"])
    assert (content.mark, content.supplier_id) == (",", 0)
