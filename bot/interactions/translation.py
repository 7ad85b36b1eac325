"""Translations of commands, options and choices for Discord's clients, from the catalogues."""

from typing import Final

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location

from bot.locales import find_catalogue

# The catalogues' context of a name: Discord takes no capital letters and no spaces in it.
NAME: Final = "command or option name"

_NAMES = {Location.command_name, Location.group_name, Location.parameter_name}


class CatalogueTranslator(app_commands.Translator):
    """Looks up every text of the command tree; without a catalogue there is no translation."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return the text in the locale, or None if it is not translated."""
        catalogue = find_catalogue(locale.value)
        if catalogue is None:
            return None
        if context.location in _NAMES:
            translated = catalogue.pgettext(NAME, string.message)
        else:
            translated = catalogue.gettext(string.message)
        return translated if translated != string.message else None
