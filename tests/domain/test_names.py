import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.names import (
    MAX_NOTE,
    MAX_PERSON_NAME,
    clean_name,
    clean_text,
    key_of,
    reference_key,
    remembered_name,
)
from bot.errors import InvalidValue
from tests.texts import texts


def reason_of(text: str, limit: int = 80) -> str:
    with pytest.raises(InvalidValue) as caught:
        clean_name(text, field="sku", limit=limit)
    assert caught.value.field == "sku"
    return caught.value.reason


@pytest.mark.parametrize(
    "other",
    [
        "bolt m8",
        "BOLT M8",
        "  Bolt M8  ",
        "Bolt   M8",
        "Bolt\tM8",
        "\uff22\uff4f\uff4c\uff54 \uff2d\uff18",
        "Bolt\u00a0M8",
    ],
)
def test_names_are_the_same_without_regard_to_case_width_and_space(other: str) -> None:
    assert key_of(other) == key_of("Bolt M8")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Straße", "STRASSE"), ("café", "cafe\u0301"), ("ﬁlter", "filter"), ("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ")],
)
def test_names_that_read_alike_in_any_script_are_the_same(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize("selector", ["\ufe0f", "\ufe00", "\u180b", "\U000e0100"])
def test_an_unseen_variation_does_not_make_another_name(selector: str) -> None:
    assert key_of(f"BOLT{selector}-8") == key_of("BOLT-8")
    assert reason_of(selector) == "empty"


@pytest.mark.parametrize(
    "hidden",
    [
        "\u202e", "\u202d",  # turns the direction of writing
        "\x00", "\x07", "\x1b", "\x7f", "\x9f",  # control
        "\ud800", "\ue000", "\uffff", "\U000e0041",  # surrogate, private, unassigned, tag
        "\u3164", "\u2800", "\u115f", "\u034f",  # letters without a glyph
    ],
)  # fmt: skip
def test_an_invisible_text_is_refused(hidden: str) -> None:
    assert reason_of(f"Bo{hidden}lt") == "invisible"
    with pytest.raises(InvalidValue):
        clean_text(f"Bo{hidden}lt", field="note", limit=MAX_NOTE)
    with pytest.raises(InvalidValue):
        reference_key(f"Bo{hidden}lt", field="item")


@pytest.mark.parametrize(
    "dropped",
    [
        "\u200b", "\ufeff", "\u00ad", "\u2060",  # zero width
        "\u202a", "\u202c", "\u2066", "\u2069", "\u200f", "\u061c",  # around what is copied
        "\u200c", "\u200d", "\u200d\u200c",  # joiners of other scripts
    ],
)  # fmt: skip
def test_what_means_nothing_is_left_out(dropped: str) -> None:
    """T07."""
    for text in (f"{dropped}Bolt", f"Bo{dropped}lt", f"Bolt{dropped}"):
        assert clean_name(text, limit=80) == "Bolt"
        assert clean_text(text, field="note", limit=MAX_NOTE) == "Bolt"
        assert reference_key(text, field="item") == key_of(text) == "bolt"
        assert remembered_name(text) == "Bolt"
    assert reason_of(dropped) == "empty"


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645",
        ),
        ("\u0dc1\u0dca\u200d\u0dbb\u0dd3", "\u0dc1\u0dca\u0dbb\u0dd3"),
        ("\u0d05\u0d35\u0d28\u0d4d\u200d", "\u0d05\u0d35\u0d28\u0d4d"),
        ("\u0915\u094d\u200c\u0937", "\u0915\u094d\u0937"),
        ("\u1828\u1820\u180e\u1820", "\u1828\u1820\u1820"),
        ("\U0001f469\u200d\U0001f527", "\U0001f469\U0001f527"),
        ("\U0001f469\U0001f3fd\u200d\u2695\ufe0f", "\U0001f469\U0001f3fd\u2695\ufe0f"),
    ],
)
def test_joiners_are_kept_where_writing_needs_them(name: str, bare: str) -> None:
    """T08."""
    assert clean_name(name, limit=80) == name
    assert remembered_name(name) == name
    assert key_of(name) == key_of(bare)
    (joiner,) = set("\u200c\u200d\u180e") & set(name)
    doubled = name.replace(joiner, joiner * 2)
    assert clean_name(f"{joiner}{doubled}", limit=80) == name


@pytest.mark.parametrize("seen", ["\u0600", "\u06dd", "\U0001fae8", "\U0001fa77", "\U00031350"])
def test_signs_that_are_seen_are_kept(seen: str) -> None:
    assert clean_name(f"{seen}1", limit=80) == f"{seen}1"


def test_letters_buried_in_marks_are_refused_and_accents_are_not() -> None:
    assert reason_of("B" + "\u0300\u0301\u0302\u0303" * 5) == "invisible"
    assert clean_name("Ệ Ǻ ç", limit=80) == "Ệ Ǻ ç"


@pytest.mark.parametrize(
    "text",
    [
        "@everyone", "@HERE now", "<@1>", "<@!1>", "<@&1>",
        "<#1>", "<:x:1>", "<a:x:1>", "<t:1>", "</take:1>", "<id:guide>",
    ],
)  # fmt: skip
def test_a_name_holds_no_markup_of_discord(text: str) -> None:
    assert reason_of(text) == "markup"
    assert clean_text(text, field="note", limit=MAX_NOTE) == text


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u3000"])
def test_a_name_is_not_empty(text: str) -> None:
    assert reason_of(text) == "empty"


def test_a_note_may_be_empty_and_is_one_line() -> None:
    assert clean_text("", field="note", limit=MAX_NOTE) == ""
    assert clean_text(" two\r\nlines\u2028 ", field="note", limit=MAX_NOTE) == "two lines"


@pytest.mark.parametrize("length", [81, 321, 6_000, 10_000])
def test_a_name_has_a_greatest_length(length: int) -> None:
    assert reason_of("x" * length) == "too_long"
    assert reason_of(" " * length + "x" * 81) == "too_long"
    assert len(clean_name("x" * 80, limit=80)) == 80


@pytest.mark.parametrize(
    "text", ["", "  ", "x" * 6_000, "x" * 10_000, "\u202eBOLT-8", "\x00", "\u200b"]
)
def test_no_name_can_be_looked_for_by_this(text: str) -> None:
    with pytest.raises(InvalidValue):
        reference_key(text, field="item")


@pytest.mark.parametrize("text", ["@everyone", "<@1>", "**", "%"])
def test_markup_can_be_looked_for(text: str) -> None:
    assert reference_key(text, field="item") == text


@pytest.mark.parametrize("length", [201, 10_000])
def test_a_note_has_a_greatest_length(length: int) -> None:
    with pytest.raises(InvalidValue) as caught:
        clean_text("n" * length, field="note", limit=MAX_NOTE)
    assert caught.value.reason == "too_long"


@given(texts(max_size=60))
def test_what_is_kept_is_kept_again_unchanged(text: str) -> None:
    try:
        clean = clean_name(text, limit=60)
    except InvalidValue:
        return
    assert clean_name(clean, limit=60) == clean
    assert key_of(clean) == key_of(text)
    assert key_of(clean)
    clean.encode()


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=60))
def test_a_key_is_its_own_key(text: str) -> None:
    assert key_of(key_of(text)) == key_of(text)


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ("  Ann   of\tStores ", "Ann of Stores"),
        ("A\u200bn\u202en", "Ann"),
        ("Z" + "\u0301" * 40, "\u0179" + "\u0301" * 3),
        ("\u3164\u2800", ""),
        ("\ud800", ""),
        ("<@1> **x**", "<@1> **x**"),
    ],
)
def test_a_persons_name_is_kept_without_what_hides(shown: str, kept: str) -> None:
    assert remembered_name(shown) == kept


@given(texts())
def test_whatever_discord_shows_can_be_kept(shown: str) -> None:
    kept = remembered_name(shown)
    assert len(kept) <= MAX_PERSON_NAME
    assert clean_text(kept, field="name", limit=MAX_PERSON_NAME) == kept
