from typing import get_type_hints

import discord
import pytest
from hypothesis import given

import bot.cogs
import bot.views
from bot.database.operations import OPERATIONS
from bot.domain.actions import ACTIONS
from bot.interactions.registers import load_modules
from bot.views.actions import list_actions_without_words
from bot.views.replies import _RENDERERS, Reply, embed
from bot.views.text import bold
from tests.texts import texts

for package in (bot.cogs, bot.views):
    load_modules(package)  # with them all operations and renderers are declared


def test_every_operations_result_can_be_shown() -> None:
    ours = [one for one in OPERATIONS.values() if one.function.__module__.startswith("bot.")]
    assert len(ours) > 10
    for operation in (each for each in ours if each.is_shown):
        result = get_type_hints(operation.function)["return"]
        assert result in _RENDERERS, operation.name


def test_every_action_that_can_be_recorded_has_words() -> None:
    assert "supplier.proposed" in ACTIONS
    assert list(list_actions_without_words()) == []


@given(texts(max_size=5000), texts(max_size=5000), texts(max_size=5000))
def test_a_reply_fits_whatever_is_in_it(content: str, title: str, text: str) -> None:
    reply = Reply(content, embed=embed(title, text, footer=text))
    for given_to_discord in (reply.for_sending(), reply.for_editing()):
        assert len(given_to_discord["content"] or "") <= 2000
        assert given_to_discord["allowed_mentions"].to_dict() == {"parse": []}
    assert reply.embed is not None
    assert len(reply.embed.title or "") <= 256
    assert len(reply.embed.description or "") <= 4096


def test_an_edit_takes_away_what_the_reply_has_not() -> None:
    edit = Reply("text").for_editing()
    assert (edit["content"], edit["embeds"], edit["view"]) == ("text", [], None)
    edit = Reply(embed=discord.Embed(description="x")).for_editing()
    assert edit["content"] is None


@pytest.mark.parametrize("title", ["", "Person: Ann"])
def test_lines_that_do_not_fit_a_message_come_in_a_file(title: str) -> None:
    lines = [f"- the role {bold(f'role_{n}')}, from <@&{n}>" for n in range(250)]
    few, many = Reply.of_lines(lines[:20], title=title), Reply.of_lines(lines, title=title)
    assert few.file is None
    assert many.file is not None
    name, content = many.file
    whole = content.decode().splitlines()
    assert [line for line in whole if line != title] == [
        f"- the role role_{n}, from <@&{n}>" for n in range(250)
    ]
    text = many.content or (many.embed.description if many.embed else "") or ""
    assert text.endswith("… and more: all of it is in the file.")
    page = many.as_page().view
    assert page is not None
    shown = [each for each in page.walk_children() if isinstance(each, discord.ui.File)]
    assert [each.media.url for each in shown] == [f"attachment://{name}"]
