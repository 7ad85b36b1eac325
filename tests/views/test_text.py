import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.text import (
    MAX_CONTENT,
    amount,
    bold,
    channel,
    clip,
    fit_lines,
    plain,
    role,
    when,
)
from tests.texts import texts
from tests.views.markdown import live_markup, seen

# Letters alone find little: most of what is drawn here is made of what Discord reads.
PIECES = st.sampled_from(
    [
        *("*", "**", "_", "__", "~~", "`", "```", "||", "|", "\\", "[", "]", "(", ")", "<", ">"),
        *("@", "everyone", "here", "<@1>", "<@&1>", "<@!1>", "<#1>", "<:a:1>", "<a:a:1>"),
        *("<t:1:R>", "</a:1>", "<id:guide>", "http://a", "HTTPS://a", "<https://a>"),
        *("[x](http://y)", "[x](//y)", "#", "# ", "## ", "-# ", "- ", "> ", ">>> ", "1. "),
        *("a", "1", " ", "\n", "\t", ":", "!", "&"),
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=14).map("".join),
    texts(max_size=60),
)


@given(TEXTS)
def test_nothing_in_plain_text_does_anything(text: str) -> None:
    assert live_markup(plain(text)) == set()


@given(TEXTS)
def test_plain_text_reads_as_it_was_typed_in_one_line(text: str) -> None:
    typed = " ".join(text.split()).replace("\u200b", "")
    escaped = plain(text)
    assert "\n" not in escaped
    assert re.sub(r"\\([^0-9A-Za-z\s])", r"\1", escaped).replace("\u200b", "") == typed


@given(st.lists(TEXTS, min_size=2, max_size=4))
def test_plain_texts_in_one_line_do_nothing_together(texts: list[str]) -> None:
    line = "x " + " · ".join(map(plain, texts)) + " → " + " (1 → 2) ".join(map(plain, texts))
    assert live_markup(line) == set()


@given(TEXTS.filter(str.strip))
def test_bold_text_is_bold_from_end_to_end(text: str) -> None:
    inner = bold(text)
    assert inner.startswith("**")
    assert inner.endswith("**")
    assert not live_markup(inner[2:-2])
    assert not re.search(r"(?<!\\)(\\\\)*\\$", inner[:-2]), "the last star would be escaped"


@pytest.mark.parametrize(
    "text",
    [
        "<@1>",
        "@everyone",
        "@here",
        "<@&1>",
        "<#1>",
        "*b*",
        "_i_",
        "~~s~~",
        "`c`",
        "||s||",
        "[x](http://y)",
        "[a]b](http://y)",
        "# h",
        "> q",
        "- l",
        "1. l",
        "-# s",
        "http://y",
        "<https://y>",
        "<t:0:R>",
        "</take:1>",
        "<id:browse>",
    ],
)
def test_the_oracle_knows_what_discord_would_do(text: str) -> None:
    assert live_markup(text)
    assert not live_markup(plain(text))
    assert seen(plain(text)) == text


@given(texts(max_size=300), st.integers(min_value=1, max_value=100))
def test_clipped_text_fits_and_says_so(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert len(clipped) <= limit
    assert clipped == text or clipped.endswith("…")


@given(st.lists(texts(min_size=1, max_size=200), max_size=60), st.integers(300, MAX_CONTENT))
def test_lines_that_fit_are_all_there_and_others_are_counted_out(
    lines: list[str], limit: int
) -> None:
    lines = [" ".join(line.split()) or "x" for line in lines]
    text = fit_lines(lines, limit)
    assert len(text) <= limit
    shown = text.splitlines()
    assert shown == lines or (shown[-1] == "… and more" and shown[:-1] == lines[: len(shown) - 1])


def test_figures_instants_and_places_of_discord_are_written_its_way() -> None:
    assert amount(Decimal("2.500"), "m*") == "2.5 m\\*"
    assert when(datetime(1970, 1, 2, tzinfo=UTC), "t") == "<t:86400:t>"
    assert (channel(5), channel(None)) == ("<#5>", "none")
    assert role(7, 1) == "<@&7>"
    assert live_markup(role(1, 1)) == set()
