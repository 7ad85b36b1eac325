"""A pseudo-locale: every sentence in ⟦brackets⟧ and a third longer, to see what is not translated.

What stands outside of the brackets in a rendered text never went through gettext, unless it is
data: a name, a quantity, a mention, a time.
"""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.interactions.translation import NAME
from tests.messages import TEMPLATE

LOCALE = "en-XA"
# The one that every simulated Discord client has.
LOCALE_OF_PHONES = "en-US"

_OPEN, _CLOSE, _PADDING = "⟦", "⟧", "~"
_TRANSLATED = re.compile(r"⟦[^⟦⟧]*⟧")


def install(folder: Path, locale: str = LOCALE) -> None:
    """Write the pseudo-catalogue of a locale into a folder of catalogues."""
    with TEMPLATE.open("rb") as file:
        template = read_po(file)
    made = Catalog(locale="en")
    for message in template:
        if not message.id or message.context == NAME:
            continue
        made.add(
            message.id,
            tuple(pseudo(form) for form in message.id)
            if isinstance(message.id, tuple)
            else pseudo(str(message.id)),
            context=message.context,
        )
    target = folder / locale.replace("-", "_") / "LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "messages.mo").open("wb") as file:
        write_mo(file, made)


def pseudo(sentence: str) -> str:
    """Return a sentence as its translation into the pseudo-locale."""
    # At least two characters longer, by the brackets; placeholders and markdown stay as they are.
    padding = _PADDING * max(0, (len(sentence) + 2) // 3 - 2)
    return f"{_OPEN}{sentence}{padding}{_CLOSE}"


def untranslated(text: str) -> str:
    """Return what of a rendered text is outside of every translated sentence."""
    while (rest := _TRANSLATED.sub("", text)) != text:
        text = rest
    return text
