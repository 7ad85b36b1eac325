"""Words: what names are found by, without accents, width and punctuation, and how well they match.

What is kept beside the rows (`words_of`, `parts_of`) and what is typed go through the same `fold`.
A change here takes a migration that writes the words again, unless what is kept is added to: Arabic
letters are kept both as they were written and in one form, and rows of before in the first alone.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.domain.names import key_of

# The middle of a word is looked for from three letters on; from two in a script without capitals,
# where a word is often that long (and where spaces may not divide words).
_LEAST_PART: Final = 3
_LEAST_PART_WITHOUT_CASE: Final = 2
_MAX_TOKENS: Final = 6

_WORD: Final = re.compile(r"[^\W_]+")
_ACCENTS: Final = re.compile(r"[\u0300-\u036f]")
# Letters with a stroke or of two shapes, which do not come apart into a letter and an accent.
_LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "\u0131": "i",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
        "ð": "d",
    }
)


# Letters that Arabic is written with in several ways, and Persian ones of the same look.
_ARABIC: Final = str.maketrans(
    {
        "\u0671": "\u0627",  # alef wasla: alef
        "\u0629": "\u0647",  # teh marbuta: heh
        "\u0649": "\u064a",  # alef maksura: yeh
        "\u06cc": "\u064a",
        "\u06a9": "\u0643",
    }
)
# Signs of vowels, hamzas above and below a letter, and what stretches a word.
_ARABIC_SIGNS: Final = re.compile(
    r"[\u0640\u064b-\u0655\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]"
)
_HAS_ARABIC: Final = re.compile(r"[\u0600-\u06ff]")
# Runs of letters that are written in one way alone.
_STEADY: Final = re.compile(r"[\u0628\u062a-\u0642\u0644-\u0646]+")


def fold(text: str) -> str:
    """Return a text as it is searched: its key without accents, of Arabic letters one form."""
    return fold_key(key_of(text))


def fold_key(key: str) -> str:
    """Return a key without accents, and with one form of each Arabic letter."""
    bare = _without_accents(key)
    if not _HAS_ARABIC.search(bare):
        return bare
    plain = _ARABIC_SIGNS.sub("", unicodedata.normalize("NFD", bare)).translate(_ARABIC)
    return unicodedata.normalize("NFC", plain)


def _forms_of(text: str) -> tuple[str, ...]:
    """Return a text as it is searched, and as it was before Arabic letters had one form."""
    key = key_of(text)
    return tuple(dict.fromkeys((_without_accents(key), fold_key(key))))


def _without_accents(key: str) -> str:
    if key.isascii():
        return key
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", key.translate(_LETTERS)))
    return unicodedata.normalize("NFC", bare)


def squeeze(folded: str) -> str:
    """Return a folded text's letters and digits alone: `ams1117-3.3` is `ams111733`."""
    return "".join(_WORD.findall(folded))


def words_of(*texts: str) -> tuple[str, ...]:
    """Return the distinct words by whose beginning a row with these texts is found.

    Each text whole, its words, and what is written together without its punctuation; the first
    one, a SKU or a name, without its spaces as well.
    """
    words: dict[str, None] = {}
    for place, text in enumerate(texts):
        for folded in _forms_of(text):
            words[folded] = None
            words.update(dict.fromkeys(_WORD.findall(folded)))
            words.update(dict.fromkeys(map(_squeeze_piece, folded.split())))
            if place == 0:
                words[squeeze(folded)] = None
    words.pop("", None)
    return tuple(words)


def parts_of(*texts: str) -> Iterator[tuple[str, str]]:
    """Return (end of a word, word) for all ends but the whole: the middle begins one of them."""
    forms = [form for text in texts for form in _forms_of(text)]
    for word in {_squeeze_piece(chunk) for form in forms for chunk in form.split()}:
        yield from _ends_of(word)


# The names of a catalogue have most of their words in common.
_squeeze_piece = lru_cache(maxsize=4096)(squeeze)


@lru_cache(maxsize=4096)
def _ends_of(word: str) -> tuple[tuple[str, str], ...]:
    last = len(word) - least_part(word)
    return tuple((word[begin:], word) for begin in range(1, last + 1))


def least_part(word: str) -> int:
    """Return how many letters of the middle of a word are enough to look for it."""
    if not word.isascii() and any(unicodedata.category(letter) == "Lo" for letter in word):
        return _LEAST_PART_WITHOUT_CASE
    return _LEAST_PART


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed, as it is searched."""

    key: str
    folded: str
    squeezed: str
    # Each as it is searched, and whether punctuation was left out of it.
    tokens: tuple[tuple[str, bool], ...]

    @classmethod
    def read(cls, typed: str) -> "Wanted":
        """Read what was typed; there are no tokens if it has neither letter nor digit."""
        key = key_of(typed)
        return cls._of(key, fold(key))

    @classmethod
    def _of(cls, key: str, folded: str) -> "Wanted":
        chunks = [(squeeze(chunk), chunk) for chunk in folded.split()]
        tokens = {token: token != chunk for token, chunk in chunks if token}
        return cls(key, folded, squeeze(folded), tuple(tokens.items())[:_MAX_TOKENS])

    @property
    def as_written(self) -> "Wanted":
        """What was typed with its Arabic letters as they are: every row keeps those of its own."""
        return self._of(self.key, _without_accents(self.key))

    @property
    def steady_part(self) -> str:
        """The longest part of an Arabic word that is written in one way alone; empty if none."""
        parts: list[str] = _STEADY.findall(self.folded)
        longest = max(parts, key=len, default="")
        return longest if len(longest) >= _LEAST_PART_WITHOUT_CASE else ""

    def names(self, key: str) -> bool:
        """Whether a word of this text begins with a word that was typed."""
        words = _WORD.findall(fold_key(key))
        return any(_begins(token, words) for token, _ in self.tokens)

    def rank(self, keys: Sequence[str]) -> int | None:
        """Return how well a row's keys match: the smaller the better, None if they do not.

        Exact, then from the beginning, then by words, then by the middle; of each the first
        text's match first.
        """
        if self.key in keys:
            return list(keys).index(self.key)
        places = len(keys)
        texts = [fold_key(key) for key in keys]
        squeezed = squeeze(texts[0])
        if self.squeezed and squeezed.startswith(self.squeezed):
            return places if squeezed == self.squeezed else places + 1
        for place, text in enumerate(texts):
            if text.startswith(self.folded):
                return places + 1 + place
        if not self.tokens:
            return None  # every row has each of no words
        whole = " ".join(texts)
        words = _WORD.findall(whole)
        others = [each for each in self.tokens if not _begins(each[0], words)]
        if others:
            # Whatever is written together counts as one word, too.
            words = [squeeze(chunk) for chunk in whole.split()]
            others = [each for each in others if not _begins(each[0], words)]
        if not others:
            return 2 * places + 1
        is_inside = all(_is_inside(*each, words) for each in others)
        return 2 * places + 2 if is_inside else None


def _begins(token: str, words: Sequence[str]) -> bool:
    return any(word.startswith(token) for word in words)


def _is_inside(token: str, had_punctuation: bool, words: Sequence[str]) -> bool:  # noqa: FBT001
    # `3.3` is two digits that mean as much as three.
    least = min(2, least_part(token)) if had_punctuation else least_part(token)
    return len(token) >= least and any(token in word for word in words)
