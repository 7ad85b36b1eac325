from typing import Any

import discord
import pytest
from hypothesis import given

import bot.cogs
import bot.views
from bot.errors import StaleControl
from bot.interactions.dispatch import _HANDLERS, Control, _resolve
from bot.interactions.registers import load_modules
from bot.interactions.typed import field_values
from bot.views.catalogue import ITEM_PAGE
from bot.views.components import DECLARED, MAX_CUSTOM_ID, MAX_LABEL, number, row_of
from bot.views.history import HistoryTurn
from bot.views.pages import Turn, page_buttons
from bot.views.stock import UNDO
from tests.texts import texts

for package in (bot.cogs, bot.views):
    load_modules(package)  # with them all controls are declared


@given(texts(max_size=150))
def test_whatever_is_in_a_custom_id_is_read_or_is_stale(rest: str) -> None:
    for (kind, noun, verb), declared in DECLARED.items():
        try:
            handler, arguments = _resolve(kind, f"{noun}:{verb}:{rest}")
        except StaleControl:
            continue
        assert handler is _HANDLERS[kind, noun, verb]
        assert len(arguments) == len(declared.argument_types)


@given(texts(max_size=200), texts(max_size=200))
def test_a_button_fits_whatever_it_says(label: str, argument: str) -> None:
    made = ITEM_PAGE(label, "a7", argument)
    assert isinstance(made, discord.ui.Button)
    assert len(made.label or "") <= MAX_LABEL
    assert len(made.custom_id or "") <= MAX_CUSTOM_ID


@pytest.mark.parametrize("custom_id", ["record:undo:7", "item:page:a7:two words\n:x", "a:b"])
def test_our_custom_ids_are_known_again(custom_id: str) -> None:
    assert Control.__discord_ui_compiled_template__.fullmatch(custom_id)


@pytest.mark.parametrize("custom_id", ["", "undo", "7:7", "Record:undo", "record", ":", "re-c:x"])
def test_other_custom_ids_are_left_to_others(custom_id: str) -> None:
    assert not Control.__discord_ui_compiled_template__.fullmatch(custom_id)


def test_a_number_is_as_large_as_a_column_can_hold() -> None:
    assert number(str(2**63 - 1)) == 2**63 - 1
    for text in (str(2**63), f"-{2**63}", "9" * 5000, "", "1.0", "x", "1e3"):
        with pytest.raises(ValueError):  # noqa: PT011  # its text is never shown
            number(text)


@given(texts(max_size=30))
def test_a_turn_is_read_or_refused(text: str) -> None:
    for parse in (Turn.parse, HistoryTurn.parse):
        try:
            turn = parse(text)
        except ValueError:
            continue
        assert (turn.after is None) != (turn.before is None)


@pytest.mark.parametrize(
    "components",
    [None, 7, "x", {"a": 1}, [None], ["x", 7, []], [{"component": "x"}], [{"components": 7}]],
)
def test_what_is_no_field_of_a_form_is_left_out(components: Any) -> None:
    field = {"type": 4, "custom_id": "reason", "value": "too heavy"}
    assert not list(field_values(components))
    assert dict(field_values([{"components": components}, {"component": field}])) == {
        "reason": "too heavy"
    }
    assert dict(field_values([{"value": "nameless"}])) == {"": "nameless"}


def test_buttons_never_time_out() -> None:
    assert row_of(UNDO("Undo", 7)).timeout is None


async def test_both_buttons_of_a_page_differ_even_when_one_is_greyed() -> None:
    for previous, following in (("b5", None), (None, "a5"), ("b5", "a9")):
        turns = page_buttons(ITEM_PAGE, ("",), previous, following)
        buttons = [i for i in turns if isinstance(i, discord.ui.Button)]
        assert len({child.custom_id for child in buttons}) == 2
        assert [child.disabled for child in buttons] == [not previous, not following]
