from typing import get_args

import pytest
import typer

from bot.console import failures_in_words
from bot.errors import SchemaOutdated, Trouble, Unavailable


def said_of(trouble: Trouble, capsys: pytest.CaptureFixture[str], place: str = "") -> str:
    with pytest.raises(typer.Exit), failures_in_words():
        raise Unavailable(trouble=trouble, place=place)
    return capsys.readouterr().err


def test_each_trouble_is_said_in_a_sentence_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    troubles = get_args(Trouble)
    assert len({said_of(trouble, capsys) for trouble in troubles}) == len(troubles)


@pytest.mark.parametrize(
    ("trouble", "what_to_do"),
    [
        ("unreachable", "whether its server runs or its file can be opened"),
        ("login refused", "Check the name and the password"),
        ("clock behind", "Set the clock"),
    ],
)
def test_each_trouble_says_what_to_do(
    capsys: pytest.CaptureFixture[str], trouble: Trouble, what_to_do: str
) -> None:
    assert what_to_do in said_of(trouble, capsys)


def test_a_file_that_cannot_be_opened_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "The database /srv/books.db cannot" in said_of("unreachable", capsys, "/srv/books.db")


def test_a_database_without_tables_is_said_to_have_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), failures_in_words():
        raise SchemaOutdated(current=None, expected="0042")
    assert "database has no tables yet, this version needs 0042: run" in capsys.readouterr().err
