import pytest

from bot.domain.records import MAX_RECORD, parse_record
from bot.errors import InvalidValue


@pytest.mark.parametrize(
    "typed", ["41", "#41", " # 41 ", "0041", "\u200b#41", "\uff03\uff14\uff11"]
)
def test_a_record_is_written_with_or_without_its_sign(typed: str) -> None:
    assert parse_record(typed) == 41


@pytest.mark.parametrize("typed", ["", "#", "0", "-1", "4.1", "4 1", "##41", "٤١", "9" * 16, "x"])
def test_other_text_is_no_record(typed: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_record(typed)
    assert (refused.value.field, refused.value.reason) == ("record", "not_a_record")


def test_the_largest_record_is_exact_in_json() -> None:
    assert parse_record(str(MAX_RECORD)) == MAX_RECORD == int(float(MAX_RECORD))
