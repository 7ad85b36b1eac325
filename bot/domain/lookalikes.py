"""What a name looks like: letters of other scripts that no one can tell from Latin ones.

After Unicode's UTS 39, with a small table of our own. Names in every script are accepted; only a
name that looks like another one, in other letters, is refused. Digits stay what they are: `O` and
`0` are told apart on every label.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from bot.domain.names import key_of
from bot.errors import AlreadyExists

# Keys are in lower case: a letter is listed when either of its cases looks like the Latin one
# (Cyrillic `В` is `в` in a key); where the two differ, the upper one counts: SKUs are in capitals.
_ALIKE: Final = {
    "a": "аα\u0251",
    "b": "вβ",
    "c": "сϲ",
    "d": "ԁ",
    "e": "еε",
    "f": "ϝ",
    "g": "\u0261ց",
    "h": "нһηհ",
    "i": "іι",
    "j": "јϳ",
    "k": "кκ",
    "l": "ӏ",
    "m": "мμ",
    "n": "ν",
    "o": "оοօ",
    "p": "рρ",
    "q": "ԛ",
    "s": "ѕ",
    "t": "тτ",
    "u": "ս",
    "v": "ѵ",
    "w": "ԝ",
    "x": "хχ",
    "y": "уүυ",
    "z": "ζ",
}
_DASHES: Final = re.compile("[\u058a\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\u02d7]")
_AROUND_DASH: Final = re.compile(" *- *")
_LATIN: Final = {ord(letter): latin for latin, letters in _ALIKE.items() for letter in letters}


@dataclass(eq=False)
class LooksAlike(AlreadyExists):
    """Another row has a name that looks the same, in letters of another script."""

    other: str = ""


@dataclass(eq=False)
class DiffersInSigns(LooksAlike):
    """Another row has a code that differs in the kind of its dashes or in blanks around them."""


def plain_code(key: str) -> str:
    """Return what a code's key looks like with plain dashes and no blanks around them."""
    if key.isascii() and " -" not in key and "- " not in key:
        return key
    return _AROUND_DASH.sub("-", _DASHES.sub("-", skeleton_of(key)))


def differ_in_signs(key: str, other_key: str) -> bool:
    """Whether two codes are one but for the kind of their dashes and blanks around them."""
    return key != other_key and plain_code(key) == plain_code(other_key)


def taken_for(sku: str, other: str) -> LooksAlike:
    """Return as what a SKU is taken for another: by its dashes and blanks, or its letters too."""
    one, two = (_AROUND_DASH.sub("-", _DASHES.sub("-", key_of(each))) for each in (sku, other))
    return (DiffersInSigns if one == two else LooksAlike)("item", "sku", sku, other)


def skeleton_of(key: str) -> str:
    """Return what a name's key looks like, in Latin letters where they look the same."""
    if key.isascii():
        return key
    decomposed = unicodedata.normalize("NFD", key)
    return unicodedata.normalize("NFC", decomposed.translate(_LATIN))


def look_alike(key: str, other_key: str) -> bool:
    """Whether two different names look the same, with letters of different scripts.

    Within one script they are told apart by those who write it: Bashkir `һ` is no `н`.
    """
    if key == other_key or skeleton_of(key) != skeleton_of(other_key):
        return False
    pairs = zip(*(unicodedata.normalize("NFD", each) for each in (key, other_key)), strict=False)
    return any(_script_of(one) != _script_of(other) for one, other in pairs)


def _script_of(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]
