"""How hard a secret text can be to guess, by what it is made of.

Keys are derived from these texts without stretching them, so anyone with one ciphertext or one
signature can try texts out by the billion: a text needs 128 bits of its own. The estimate is what a
text of such characters holds if it was made by chance, as no program knows more; what is visibly no
chance, the same characters again, counts once.
"""

import string
from math import log2
from typing import Final

MIN_BITS: Final = 128
# Fewer distinct ones are no chance: of 39 random digits, one text in a million has that few.
_MIN_CHARACTERS: Final = 7
# What comes again in such a length was repeated; among random digits that is one in 100,000.
_REPEATED: Final = 8
_HEXADECIMAL: Final = (set(string.digits + "abcdef"), set(string.digits + "ABCDEF"))
_DIGITS, _SMALL, _BIG = (
    frozenset(each) for each in (string.digits, string.ascii_lowercase, string.ascii_uppercase)
)
# Printable ASCII beyond those, and whatever else there is: a guesser begins with these.
_OTHER_CHARACTERS: Final = 33


def is_strong(key: str) -> bool:
    """Whether no one can try out all texts like this one; see the module."""
    return len(set(key)) >= _MIN_CHARACTERS and _bits(key) >= MIN_BITS


def _bits(key: str) -> float:
    parts = {key[at : at + _REPEATED] for at in range(len(key) - _REPEATED + 1)}
    return min(len(key), len(parts) + _REPEATED - 1) * log2(_alphabet_size(set(key)))


def _alphabet_size(used: set[str]) -> int:
    if used <= _DIGITS:
        return 10
    if used & _DIGITS and any(used <= each for each in _HEXADECIMAL):
        return 16
    size = sum(len(each) for each in (_DIGITS, _SMALL, _BIG) if used & each)
    if used - _DIGITS - _SMALL - _BIG:
        return size + _OTHER_CHARACTERS
    # A short text in base64 may happen to have no digit.
    return 64 if used & _SMALL and used & _BIG else size
