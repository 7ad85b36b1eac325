"""Ciphers: AES-GCM under keys derived from DATA_KEY; see `encryption.py` for who uses them.

A module of its own because the library behind it takes six megabytes, which a process pays only
once it meets contact data.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.database.encrypted_columns import MARK
from bot.errors import KeyMissing, ValueDamaged

_NONCE_BYTES: Final = 12
_KEY_NAME_LENGTH: Final = 8
_FORM: Final = re.compile(rf"{MARK}\.[0-9a-f]{{{_KEY_NAME_LENGTH}}}\.")
_PURPOSE: Final = b"tallyman contact data, version 1"


class Ciphers:
    """Ciphers under the first of the keys, opens under any: a new key is put in front of the old.

    An encrypted text reads `s1.<name of the key>.<nonce and ciphertext>`.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._ciphers = {_name_of(key): AESGCM(_derive(key)) for key in keys}
        self.newest_key_name = next(iter(self._ciphers), "")

    @property
    def newest_prefix(self) -> str:
        """The beginning of every text that is encrypted under the first key."""
        return f"{MARK}.{self.newest_key_name}."

    def encrypt(self, text: str, place: str) -> str:
        """Return a text encrypted for one row and column, which `place` names."""
        if not self._ciphers:
            raise KeyMissing
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = self._ciphers[self.newest_key_name]
        content = nonce + cipher.encrypt(nonce, text.encode(), place.encode())
        coded = base64.urlsafe_b64encode(content).decode()
        return f"{self.newest_prefix}{coded}"

    def decrypt(self, encrypted: str, place: str) -> str:
        """Return the text; raises KeyMissing without its key, ValueDamaged if that does not fit."""
        if not _FORM.match(encrypted):
            raise ValueDamaged
        _mark, key_name, coded = encrypted.split(".", 2)
        cipher = self._ciphers.get(key_name)
        if cipher is None:
            raise KeyMissing
        try:
            content = base64.urlsafe_b64decode(coded)
            nonce, ciphertext = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
            return cipher.decrypt(nonce, ciphertext, place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            # ValueError: it was cut short.
            raise ValueDamaged from error


def _derive(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())


def _name_of(key: str) -> str:
    return hashlib.sha256(_derive(key)).hexdigest()[:_KEY_NAME_LENGTH]
