"""What a page shows of sentences that were written for Discord."""

import pytest

from bot.domain.counts import AskedAgain
from bot.errors import InvalidValue
from bot.services.sync import counts, metadata, moves
from bot.views.count_words import again_line
from bot.views.errors import explain
from bot.views.problems import without_markup

FIELDS = {
    *counts._KNOWN,  # what a device may send
    *moves._KNOWN,
    *metadata._ITEM_FIELDS,
    *metadata._LOCATION_FIELDS,
    *metadata._BARCODE_FIELDS,
    *("archived", "barcode", "code", "data", "id", "supersedes"),
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<@&7>, <@&8> can do this: ask an admin.", "A role in Discord can do this: ask an admin."),
        ("Look in <#7>.", "Look in a channel in Discord."),
        ("It held 3 at <t:1764165600:f>.", "It held 3 at 2025-11-26 14:00 UTC."),
    ],
)
def test_mentions_and_times_are_words_on_a_page(text: str, shown: str) -> None:
    assert without_markup(text) == shown


def test_no_sentence_has_brackets_within_brackets() -> None:
    asked = AskedAgain(line=1, sku="TEA", location="A1", reason="counted", by=7)
    shown = without_markup(again_line(asked))
    assert shown == "TEA at A1 was counted or skipped meanwhile. (a member in Discord)"


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_fields_that_a_device_sends_are_named_in_words(field: str) -> None:
    said = explain(InvalidValue(field=field, reason="missing"))
    assert said == f"The {NAMES.get(field, field.replace('_', ' '))} is missing."


NAMES = {
    "archived": "choice to archive",
    "code": "barcode",
    "counted": "counted quantity",
    "from": "location to take from",
    "kind": "kind of location",
    "parent": "parent location",
    "sku": "SKU",
    "supersedes": "operation to take the place of",
    "to": "location to put into",
    "whole": "choice of whole quantities",
}
