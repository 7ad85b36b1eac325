"""Words: what names are found by, without accents, width and punctuation, and how well they match.

What is kept beside the rows (`words_of`, `parts_of`) and what is typed go through the same `fold`.
A change here takes a migration that writes the words again.
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


def fold(text: str) -> str:
    """Return a text as it is searched: its key without accents."""
    return fold_key(key_of(text))


def fold_key(key: str) -> str:
    """Return a key without accents."""
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
        folded = fold(text)
        words[folded] = None
        words.update(dict.fromkeys(_WORD.findall(folded)))
        words.update(dict.fromkeys(map(_squeeze_piece, folded.split())))
        if place == 0:
            words[squeeze(folded)] = None
    words.pop("", None)
    return tuple(words)


def parts_of(*texts: str) -> Iterator[tuple[str, str]]:
    """Return (end of a word, word) for all ends but the whole: the middle begins one of them."""
    for word in {_squeeze_piece(chunk) for text in texts for chunk in fold(text).split()}:
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
        folded = fold(key)
        chunks = [(squeeze(chunk), chunk) for chunk in folded.split()]
        tokens = {token: token != chunk for token, chunk in chunks if token}
        return cls(key, folded, squeeze(folded), tuple(tokens.items())[:_MAX_TOKENS])

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
