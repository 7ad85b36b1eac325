import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from bot import locales
from bot.locales import _, current_locale, find_catalogue, ngettext, pgettext, use_locale


@pytest.fixture(autouse=True)
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install a small German catalogue for the duration of a test."""
    catalogue = Catalog(locale="de")
    catalogue.add("Good morning", "Guten Morgen")
    catalogue.add(("{count} item", "{count} items"), ("{count} Artikel", "{count} Artikel (viele)"))
    catalogue.add("open", "offen", context="status")
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(locales, "FOLDER", tmp_path)
    find_catalogue.cache_clear()
    yield
    find_catalogue.cache_clear()


def test_sentences_are_english_by_default() -> None:
    assert (_("Good morning"), current_locale()) == ("Good morning", "en")


def test_sentences_are_looked_up_in_the_catalogue_of_the_locale() -> None:
    with use_locale("de"):
        assert _("Good morning") == "Guten Morgen"
        assert ngettext("{count} item", "{count} items", 2) == "{count} Artikel (viele)"
        assert pgettext("status", "open") == "offen"
        assert current_locale() == "de"
    assert _("Good morning") == "Good morning"


def test_a_region_falls_back_to_its_language() -> None:
    with use_locale("de-AT"):
        assert _("Good morning") == "Guten Morgen"


@pytest.mark.parametrize("locale", ["fr", "en-GB", "", None])
def test_a_locale_without_a_catalogue_reads_english(locale: str | None) -> None:
    with use_locale("de"), use_locale(locale):
        assert _("Good morning") == "Good morning"


def test_a_sentence_that_is_not_translated_yet_reads_english() -> None:
    with use_locale("de"):
        assert _("Good night") == "Good night"


async def test_concurrent_tasks_each_keep_their_locale() -> None:
    both_in = asyncio.Barrier(2)

    async def greet(locale: str) -> str:
        with use_locale(locale):
            await both_in.wait()
            return _("Good morning")

    said = await asyncio.gather(greet("de"), greet("en"))
    assert tuple(said) == ("Guten Morgen", "Good morning")
