from collections.abc import Iterator
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.interactions.translation import CatalogueTranslator
from tests.messages import list_commands
from tests.pseudo import LOCALE, pseudo

MAX_DESCRIPTION = MAX_CHOICE = 100
GERMAN = "de"


async def list_nodes() -> list[dict[str, Any]]:
    """List every command, group, option and choice as Discord gets it."""
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    nodes = [
        await command.get_translated_payload(tree, CatalogueTranslator())
        for _path, command in list_commands()
    ]
    return [node for root in nodes for node in list_nested(root)]


def list_nested(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for nested in [*node.get("options", []), *node.get("choices", [])]:
        yield from list_nested(nested)


async def test_without_a_catalogue_no_translation_is_sent() -> None:
    for node in await list_nodes():
        assert not node.get("name_localizations"), node["name"]
        assert not node.get("description_localizations"), node["name"]


@pytest.mark.usefixtures("pseudo_locale")
@pytest.mark.parametrize("pseudo_locale", [GERMAN], indirect=True)
async def test_descriptions_and_choices_are_translated_and_fit_when_a_third_longer() -> None:
    for node in await list_nodes():
        if "description" in node:
            translated = node["description_localizations"]
            assert translated == {GERMAN: pseudo(node["description"])}, node["name"]
            assert len(translated[GERMAN]) <= MAX_DESCRIPTION, node["description"]
        elif "value" in node:
            assert len(node["name_localizations"][GERMAN]) <= MAX_CHOICE, node["name"]


@pytest.mark.usefixtures("pseudo_locale")
@pytest.mark.parametrize("pseudo_locale", [GERMAN], indirect=True)
async def test_names_that_are_not_translated_stay_as_they_are() -> None:
    for node in await list_nodes():
        if "description" in node:
            assert not node.get("name_localizations"), node["name"]


@pytest.mark.usefixtures("pseudo_locale")
async def test_a_locale_that_discord_does_not_have_changes_no_command() -> None:
    assert LOCALE not in {locale.value for locale in discord.Locale}
    for node in await list_nodes():
        assert not node.get("description_localizations"), node["name"]
