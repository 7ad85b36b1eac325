"""Printing: any script, any length, and the same file for the same words."""

from dataclasses import replace

import pytest

from bot.domain.printed import Printed, PrintedColumn
from bot.reports.print import wrap, write_pdf
from bot.reports.print_fonts import EASTERN_FONTS, printable, runs_of, width_of
from bot.reports.right_to_left import as_drawn

SHEET = Printed(
    file_name="PO-1.pdf",
    title="Order PO-1",
    facts=("Acme",),
    columns=(
        PrintedColumn(heading="SKU", share=1),
        PrintedColumn(heading="Amount", share=1, is_figure=True),
    ),
    rows=(("BOLT-8", "12.90"),),
    totals=("Total: 12.90 EUR",),
    page="page {number}",
)
NAMES = (
    "Schraube M8 · ß ő ž",
    "Болт ГОСТ 7798",
    "Μπουλόνι",
    "六角ボルト",
    "螺栓",
    "볼트",
    "बोल्ट",
    "בורג M8 (פלדה)",
    "مسمار M8 مجلفن ٣٥",
    "ب😀\u202eא\x00",
    "<b>&amp;</b> %s {0} `\\",
    "W" * 400,
    "",
)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_user_typed_is_printed_the_same_each_time(name: str) -> None:
    sheet = replace(SHEET, title=name, facts=(name,), rows=((name, name),))
    first = write_pdf(sheet)
    assert first.startswith(b"%PDF")
    assert write_pdf(sheet) == first
    assert all(width_of(line, 9) <= 200 for line in wrap(name, 200, 9))


def test_a_script_without_a_font_shows_that_something_was_there() -> None:
    assert printable("a😀b\u202e\nc") == "a\ufffdb c"
    is_embedded = any(path.is_file() for path in EASTERN_FONTS)
    eastern = ["Tallyman East"] * 2 if is_embedded else ["STSong-Light", "HYGothic-Medium"]
    fonts = [font for font, _text in runs_of("A 螺 볼")]
    assert (fonts[::2], fonts[1::2]) == (["Tallyman"] * 2, eastern)


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Bolt M8", "Bolt M8"),
        ("אבג 12.5 (דה)", "(הד) 12.5 גבא"),
        ("Bolt אב גד x", "Bolt דג בא x"),
        ("אב M8 x2", "M8 x2 בא"),
        ("\u0644\u0627", "\ufefb"),  # lam and alef are one sign
        ("\u0628\u0628\u0628", "\ufe90\ufe92\ufe91"),
    ],
)
def test_hebrew_and_arabic_are_joined_and_read_from_the_right(name: str, drawn: str) -> None:
    assert as_drawn(printable(name)) == drawn
    assert "\ufffd" not in printable(name)


def test_a_long_table_goes_on_over_pages() -> None:
    rows = tuple((f"SKU-{at}", "1") for at in range(300))
    assert write_pdf(replace(SHEET, rows=rows)).count(b"/Type /Page\n") > 3
