"""Fonts for print: any script falls back to one that has it, or to a sign that says so.

Noto Sans has Latin, Greek, Cyrillic and Devanagari, Noto Sans Arabic has Arabic, Rubik has Hebrew:
what is drawn of them is embedded. Chinese, Japanese and Korean have a font that systems
carry (Debian's `fonts-droid-fallback`, which the image installs); without it they are left to the
fonts that readers of PDF bring along, and one that brings none shows nothing.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

from bot.reports.right_to_left import join_letters

PLAIN: Final = "Tallyman"
_ARABIC, _HEBREW = "Tallyman Arabic", "Tallyman Hebrew"
_EASTERN: Final = "Tallyman East"
# Where systems have a font of Chinese, Japanese and Korean; the first one has all of Korean too.
EASTERN_FONTS: Final = (
    Path("/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf"),
    Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
)
# In place of what no font has.
_UNKNOWN: Final = "\ufffd"
# Letters and numbers of Hebrew and Arabic, and marks, which any script may have.
_FROM_THE_RIGHT: Final = frozenset({"R", "AL", "AN", "NSM"})
_HANGUL, _KANA, _HAN = "HYGothic-Medium", "HeiseiKakuGo-W5", "STSong-Light"
_HAN_NAMES: Final = ("CJK", "IDEOGRAPHIC", "FULLWIDTH")
_EASTERN_NAMES: Final = ("HANGUL", "HIRAGANA", "KATAKANA", *_HAN_NAMES)
_LAST_OF_PLANE: Final = 0xFFFF


@cache
def load_fonts() -> frozenset[int]:
    """Register the fonts, once, and return the characters that the plain one has."""
    for name in (_HANGUL, _KANA, _HAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return _load(PLAIN, "fontpkg_noto_sans", "NotoSans[wdth,wght].ttf")


@cache
def _load_further() -> dict[str, frozenset[int]]:
    """Register the fonts that few orders take, and return the characters of each."""
    return {
        _ARABIC: _load(_ARABIC, "fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
        _HEBREW: _load(_HEBREW, "fontpkg_rubik", "Rubik[wght].ttf"),
    }


@cache
def _load_eastern() -> frozenset[int]:
    """Register the system's font, and return its characters; none where there is no such font."""
    path = next((path for path in EASTERN_FONTS if path.is_file()), None)
    return frozenset() if path is None else _register(_EASTERN, path)


def _load(name: str, package: str, file: str) -> frozenset[int]:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return _register(name, Path(spec.origin).parent / "files" / file)


def _register(name: str, path: Path) -> frozenset[int]:
    font = TTFont(name, str(path))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def printable(text: str) -> str:
    """Return text on one line, without characters that control or cannot be drawn."""
    known = load_fonts()
    kept = [
        each if ord(each) in known or _foreign(each, text) else _UNKNOWN
        for each in join_letters(unicodedata.normalize("NFC", " ".join(text.split())))
        if unicodedata.category(each) not in {"Cc", "Cf", "Cs"}
    ]
    return "".join(kept)


def runs_of(text: str) -> Iterator[tuple[str, str]]:
    """Divide printable text by the fonts that it takes."""
    known, start, font = load_fonts(), 0, ""
    for place, each in enumerate(text):
        needed = PLAIN if ord(each) in known else _foreign(each, text) or PLAIN
        if needed != font:
            if place > start:
                yield font, text[start:place]
            start, font = place, needed
    if text[start:]:
        yield font, text[start:]


def width_of(text: str, size: float) -> float:
    """Return how wide printable text is."""
    return float(sum(pdfmetrics.stringWidth(part, font, size) for font, part in runs_of(text)))


def _foreign(character: str, text: str) -> str:
    """Return the font of a character that the plain one lacks, empty where none has it."""
    if unicodedata.bidirectional(character) in _FROM_THE_RIGHT:
        further = _load_further().items()
        return next((name for name, known in further if ord(character) in known), "")
    if ord(character) > _LAST_OF_PLANE:
        return ""
    name = unicodedata.name(character, "")
    if name.startswith(_EASTERN_NAMES) and ord(character) in _load_eastern():
        return _EASTERN
    return _left_to_the_reader(name, text)


def _left_to_the_reader(name: str, text: str) -> str:
    """Return the font of a character of Chinese, Japanese or Korean that a reader has to have."""
    if name.startswith("HANGUL"):
        return _HANGUL
    if name.startswith(("HIRAGANA", "KATAKANA")):
        return _KANA
    if name.startswith(_HAN_NAMES):
        has_kana = any("\u3040" <= each <= "\u30ff" for each in text)
        return _KANA if has_kana else _HAN
    return ""
