"""Names, SKUs and notes: what people type, made safe to keep and comparable without case."""

import re
import unicodedata

from bot.errors import InvalidValue

# What clears a field where one is typed; as a name it would mean both.
NOTHING = "none"

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

# Keyboards, other programs and our own answers put these between letters, and they mean nothing:
# they are left out of what is typed, so that what is shown can be copied back.
_MEANINGLESS = re.compile(
    "[\u00ad\u200b\u200e\u200f\u061c\u202a-\u202c\u2060-\u2064\u2066-\u2069\ufeff]"
)
# Joiners shape the letters of scripts that are written joined, and emoji; anywhere else they hide.
_JOINERS = "\u200c\u200d\u180e"
_ALL_JOINERS = re.compile(f"[{_JOINERS}]")
_REPEATED_JOINERS = re.compile(f"([{_JOINERS}])[{_JOINERS}]+")
_SHAPED = (
    "\u0600-\u1aaf\u1b00-\u1cff\ua840-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00011fff\U0001e900-\U0001e95f"
)
_PICTURED = "\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff"
_VIRAMA_CLASS = 9
_VIRAMAS = "".join(
    sign for sign in map(chr, range(0x900, 0x12000)) if unicodedata.combining(sign) == _VIRAMA_CLASS
)
_STRAY_JOINERS = re.compile(
    f"(?<![{_SHAPED}{_PICTURED}\ufe0f])[{_JOINERS}]"
    f"|(?<![{_VIRAMAS}])[{_JOINERS}](?![{_SHAPED}{_PICTURED}])"
)

# Control, format (direction overrides, tags), surrogate, private, unassigned, separators.
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Of those categories, and seen: signs above numbers, newer emoji and ideographs than Python knows.
_SEEN = re.compile(
    "[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
    "\U0001f000-\U0001faff\U0002a6e0-\U0002fffd\U00030000-\U0003fffd]"
)
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
    clean = _BLANKS.sub(" ", without_meaningless(text)).strip()
    if len(clean) > limit:
        raise InvalidValue(field=field, reason="too_long", limit=limit)
    if required and not key_of(clean):
        raise InvalidValue(field=field, reason="empty")
    if clean.isascii():
        is_seen = clean.isprintable()
    else:
        is_seen = not any(map(_is_invisible, clean)) and not _MARKS_IN_A_ROW.search(clean)
    if not is_seen:
        raise InvalidValue(field=field, reason="invisible")
    return clean


def clean_name(text: str, *, field: str = "name", limit: int) -> str:
    """Return a name as it will be kept; unlike a note it may not hold Discord's own markup."""
    clean = clean_text(text, field=field, limit=limit, required=True)
    if _DISCORD_MARKUP.search(clean):
        raise InvalidValue(field=field, reason="markup")
    if key_of(clean) == NOTHING:
        raise InvalidValue(field=field, reason="reserved", value=clean)
    return clean


def without_meaningless(text: str) -> str:
    """Return a text in normal form without marks that no one sees and no script needs."""
    if text.isascii():
        return text
    seen = unicodedata.normalize("NFC", _MEANINGLESS.sub("", text))
    if not _ALL_JOINERS.search(seen):
        return seen
    joined = _STRAY_JOINERS.sub("", _REPEATED_JOINERS.sub(r"\1", seen))
    return unicodedata.normalize("NFC", joined)


def remembered_name(text: str) -> str:
    """Return a person's name as it will be kept: Discord gave it, so what hides is left out."""
    kept = without_meaningless(_BLANKS.sub(" ", text))
    seen = without_meaningless("".join(c for c in kept if not _is_invisible(c)))
    calm = _MARKS_IN_A_ROW.sub("", unicodedata.normalize("NFC", seen))
    return _BLANKS.sub(" ", calm).strip()[:MAX_PERSON_NAME].strip()


def key_of(text: str) -> str:
    """Return the form in which two names are the same: no case, width, joiners or outer space."""
    if text.isascii():
        # Nothing to normalize, and of a large file every cell comes here several times.
        return " ".join(text.lower().split())
    seen = _ALL_JOINERS.sub("", _MEANINGLESS.sub("", _VARIATIONS.sub("", text)))
    folded = unicodedata.normalize("NFKC", seen).casefold()
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", folded)).strip()


def reference_key(text: str, *, field: str) -> str:
    """Return the key under which a typed reference is looked up; raises InvalidValue."""
    return key_of(clean_text(text, field=field, limit=MAX_REFERENCE, required=True))


def _is_invisible(character: str) -> bool:
    if character in _INVISIBLE_LETTERS:
        return True
    if character in _JOINERS or _SEEN.match(character):
        return False
    return unicodedata.category(character) in _INVISIBLE_CATEGORIES
