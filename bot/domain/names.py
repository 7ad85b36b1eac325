"""Names, SKUs and notes: what people type, made safe to keep and comparable without case."""

import re
import unicodedata

from bot.errors import InvalidValue

MAX_SKU = 40
MAX_ITEM_NAME = 80
MAX_LOCATION_NAME = 60
MAX_UNIT = 16
MAX_ROLE_NAME = 40
MAX_DESCRIPTION = 100
MAX_SUPPLIER_NAME = 80
MAX_NOTE = 200
MAX_PERSON_NAME = 40
# The longest path of a location fits.
MAX_REFERENCE = 520
# A list's query travels in its paging buttons.
MAX_QUERY = 40

# Control, format (zero width, direction overrides), surrogate, private, unassigned, separators.
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and symbols by category, and yet nothing to see.
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")
# They choose between glyphs of one character: nothing that distinguishes two names.
_VARIATIONS = re.compile(r"[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_MARKS_IN_A_ROW = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{4}")
_DISCORD_MARKUP = re.compile(r"<(?:[@#:/]|a:|t:|id:)|@(?:everyone|here)\b", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


def clean_text(text: str, *, field: str, limit: int, required: bool = False) -> str:
    """Return a free text in one line and normal form; raise InvalidValue if it hides something."""
    if len(text) > limit * 4:
        raise InvalidValue(field=field, reason="too_long", limit=limit)
    clean = _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if len(clean) > limit:
        raise InvalidValue(field=field, reason="too_long", limit=limit)
    if required and not key_of(clean):
        raise InvalidValue(field=field, reason="empty")
    if any(map(_is_invisible, clean)) or _MARKS_IN_A_ROW.search(clean):
        raise InvalidValue(field=field, reason="invisible")
    return clean


def clean_name(text: str, *, field: str = "name", limit: int) -> str:
    """Return a name as it will be kept; unlike a note it may not hold Discord's own markup."""
    clean = clean_text(text, field=field, limit=limit, required=True)
    if _DISCORD_MARKUP.search(clean):
        raise InvalidValue(field=field, reason="markup")
    return clean


def remembered_name(text: str) -> str:
    """Return a person's name as it will be kept: Discord gave it, so what hides is left out."""
    seen = "".join(c for c in _BLANKS.sub(" ", text) if not _is_invisible(c))
    calm = _MARKS_IN_A_ROW.sub("", unicodedata.normalize("NFC", seen))
    return _BLANKS.sub(" ", calm).strip()[:MAX_PERSON_NAME].strip()


def key_of(text: str) -> str:
    """Return the form in which two names are the same: no case, no width, no outer space."""
    folded = unicodedata.normalize("NFKC", _VARIATIONS.sub("", text)).casefold()
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", folded)).strip()


def reference_key(text: str, *, field: str) -> str:
    """Return the key under which a typed reference is looked up; raises InvalidValue."""
    return key_of(clean_text(text, field=field, limit=MAX_REFERENCE, required=True))


def _is_invisible(character: str) -> bool:
    if character in _INVISIBLE_LETTERS:
        return True
    return unicodedata.category(character) in _INVISIBLE_CATEGORIES
