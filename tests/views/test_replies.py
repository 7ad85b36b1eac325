import re
from pathlib import Path
from typing import get_type_hints

import discord
from hypothesis import given
from hypothesis import strategies as st

import bot.cogs
import bot.views
from bot import services
from bot.database.operations import OPERATIONS
from bot.domain.permissions import PERMISSIONS
from bot.interactions.registers import load_modules
from bot.services.approvals.declared import APPROVALS
from bot.views.actions import ACTIONS
from bot.views.replies import _RENDERERS, Reply, embed

for package in (bot.cogs, bot.views):
    load_modules(package)  # with them all operations and renderers are declared


def test_every_operations_result_can_be_shown() -> None:
    ours = [one for one in OPERATIONS.values() if one.function.__module__.startswith("bot.")]
    assert len(ours) > 10
    for operation in ours:
        result = get_type_hints(operation.function)["return"]
        assert result in _RENDERERS, operation.name


def test_every_action_that_is_recorded_has_words() -> None:
    directory = Path(next(iter(services.__path__)))
    source = "\n".join(path.read_text() for path in directory.rglob("*.py"))
    quoted = set(
        re.findall(
            r'(?<!@operation\()"((?:stock|item|location|role|guild|settings)\.[a-z_]+)"', source
        )
    )
    actions = quoted - set(PERMISSIONS)
    assert len(actions) > 10
    actions |= {action for each in APPROVALS.values() for action in each.kind.actions}
    assert actions <= ACTIONS.keys()


@given(st.text(max_size=5000), st.text(max_size=5000), st.text(max_size=5000))
def test_a_reply_fits_whatever_stands_in_it(content: str, title: str, text: str) -> None:
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
