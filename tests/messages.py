"""Every sentence to translate: `make messages` writes them into `bot/locales/messages.pot`."""

import importlib
import pkgutil
import re
from collections.abc import Collection, Iterable, Iterator
from io import SEEK_END, BytesIO
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.pofile import write_po
from discord import app_commands
from discord.ext import commands

import bot.cogs
from bot import locales
from bot.interactions.translation import NAME

TEMPLATE = locales.FOLDER / "messages.pot"

_SOURCE = locales.FOLDER.parent
# Babel's own header names the time and Babel's version.
_HEADER = b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
_KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_CALLED = re.compile(rf"\b({'|'.join(_KEYWORDS)})\s*\(".encode())

Command = app_commands.Command[Any, ..., Any] | app_commands.Group


def main() -> None:
    """Write the template that translators start from."""
    TEMPLATE.write_bytes(write_template())


def write_template() -> bytes:
    """Return the template, without what differs from one run to the next."""
    catalogue = Catalog()
    for path, _line, message, comments, context in extract_from_dir(
        _SOURCE,
        [("**.py", "tests.messages:extract")],
        keywords=_KEYWORDS,
        comment_tags=["Translators:"],
    ):
        catalogue.add(
            message, locations=[(f"bot/{path}", 0)], auto_comments=comments, context=context
        )
    for path, message, context in list_command_texts():
        catalogue.add(message, locations=[(path, 0)], context=context)
    buffer = BytesIO(_HEADER)
    buffer.seek(0, SEEK_END)
    # Line numbers would change this file with every edit of any other.
    write_po(buffer, catalogue, include_lineno=False, sort_by_file=True, omit_header=True)
    return buffer.getvalue()


def extract(
    source: Any, keywords: Any, comment_tags: Collection[str], options: Any
) -> Iterable[Any]:
    """Extract as Babel does, where there is something: it takes seconds to read all other files."""
    if not _CALLED.search(source.read()):
        return ()
    source.seek(0)
    return extract_python(source, keywords, comment_tags, options)


def list_command_texts() -> Iterator[tuple[str, str, str | None]]:
    """List what Discord shows of the commands: file, text, and the context of names."""
    for path, command in list_commands():
        yield path, command.name, NAME
        yield path, command.description, None
        if isinstance(command, app_commands.Group):
            continue
        for option in command.parameters:
            yield path, option.display_name, NAME
            yield path, option.description, None
            for choice in option.choices:
                yield path, choice.name, None


def list_commands() -> Iterator[tuple[str, Command]]:
    """List every command and group with the file that declares it."""
    for found in pkgutil.iter_modules(bot.cogs.__path__, "bot.cogs."):
        path = found.name.replace(".", "/") + ".py"
        for cog in vars(importlib.import_module(found.name)).values():
            if not isinstance(cog, type) or not issubclass(cog, commands.Cog):
                continue
            if cog.__module__ != found.name:
                continue
            if issubclass(cog, commands.GroupCog):
                yield (
                    path,
                    app_commands.Group(
                        name=str(cog.__cog_group_name__),
                        description=str(cog.__cog_group_description__),
                    ),
                )
            for command in cog.__cog_app_commands__:
                yield path, command
                if isinstance(command, app_commands.Group):
                    yield from ((path, child) for child in command.walk_commands())


if __name__ == "__main__":
    main()
