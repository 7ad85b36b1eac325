"""What ails the database, as people read it: each trouble in a sentence of its own."""

from typing import get_args

import pytest

from bot import errors
from bot.views.errors import explain

# They pass without an operator, most often, but for how long is not known.
HEALING: tuple[errors.Trouble, ...] = ("unreachable", "changing over")


def said_of(trouble: errors.Trouble) -> str:
    return explain(errors.Unavailable(trouble=trouble)) or ""


def test_each_trouble_is_said_in_a_sentence_of_its_own() -> None:
    troubles = get_args(errors.Trouble)
    said = {trouble: said_of(trouble) for trouble in troubles}
    assert len(set(said.values())) == len(troubles)
    for trouble, text in said.items():
        assert "othing was changed" in text, text
        assert ("operator of this bot" in text) == (trouble != "busy"), text


@pytest.mark.parametrize("trouble", HEALING)
def test_what_heals_by_itself_is_said_to_do_so(trouble: errors.Trouble) -> None:
    assert "by myself" in said_of(trouble)
    assert "if this goes on, ask the operator of this bot" in said_of(trouble)


def test_a_commit_whose_answer_is_lost_is_never_said_to_have_changed_nothing() -> None:
    for trouble in get_args(errors.Trouble):
        text = explain(errors.Unavailable(is_certain=False, trouble=trouble)) or ""
        assert "cannot tell yet whether it was done" in text
