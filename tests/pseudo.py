"""A pseudo-locale: every sentence accented, in ⟦brackets⟧ and a third longer.

A plain word in a rendered text never went through gettext, unless it is data: a name, a
permission, a command. An opening bracket without its closing one was cut off.
"""

import re
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.interactions.translation import NAME
from tests.messages import TEMPLATE

LOCALE = "en-XA"
# The one that every simulated Discord client has.
LOCALE_OF_PHONES = "en-US"

_OPEN, _CLOSE, _PADDING = "⟦", "⟧", "≈"
# What a translator keeps: placeholders, code, and Discord's own tags.
_PARTS = re.compile(r"(\{[^}]*\}|`[^`]*`|<[^>]*>)")
_KEPT = re.compile(_PARTS.pattern)
_ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "àƀçđéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÀƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ",
)
_PLAIN_WORD = re.compile(r"[A-Za-z]+")


def install(folder: Path, locale: str = LOCALE) -> None:
    """Write the pseudo-catalogue of a locale into a folder of catalogues."""
    target = folder / locale.replace("-", "_") / "LC_MESSAGES"
    target.mkdir(parents=True)
    (target / "messages.mo").write_bytes(_compiled())


@cache
def _compiled() -> bytes:
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
    written = BytesIO()
    write_mo(written, made)
    return written.getvalue()


def pseudo(sentence: str) -> str:
    """Return a sentence as its translation into the pseudo-locale."""
    words = "".join(
        part if _KEPT.fullmatch(part) else part.translate(_ACCENTS)
        for part in _PARTS.split(sentence)
    )
    # At least two characters longer, by the brackets.
    padding = _PADDING * max(0, (len(sentence) + 2) // 3 - 2)
    return f"{_OPEN}{words}{padding}{_CLOSE}"


def untranslated(text: str) -> str:
    """Return the words of a rendered text that did not come from the catalogue."""
    return " ".join(_PLAIN_WORD.findall(text))
