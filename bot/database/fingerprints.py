"""Fingerprints of requests, by which the same request is known again; nothing can be read off one.

Requests hold contact data. A bare hash would let those who have the database alone try numbers and
addresses on it, hundreds of thousands a second, so the hash takes a key derived from DATA_KEY. It
needs the standard library alone: the one behind the ciphers takes six megabytes.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

_MARK: Final = "h1"
_PURPOSE: Final = b"tallyman fingerprints, version 1"
_KEY_NAME_LENGTH: Final = 8


class Fingerprints:
    """Makes fingerprints under the first of the keys, and knows those of all.

    A fingerprint reads `h1.<name of the key>.<HMAC-SHA256>`.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        derived = [derive_key(key, _PURPOSE) for key in keys]
        self._keys = {hashlib.sha256(key).hexdigest()[:_KEY_NAME_LENGTH]: key for key in derived}
        self._newest = next(iter(self._keys), "")

    def make(self, request: bytes) -> str:
        """Return what distinguishes a dumped request from any other of its operation."""
        return self._under(self._newest, request) if self._newest else _bare(request)

    def matches(self, kept: str, request: bytes) -> bool:
        """Whether a fingerprint is of this request."""
        mark, _, rest = kept.partition(".")
        if mark != _MARK:
            # Of a receipt from before they had a key: those live for seven days.
            return hmac.compare_digest(kept, _bare(request))
        name = rest.partition(".")[0]
        return name in self._keys and hmac.compare_digest(kept, self._under(name, request))

    def _under(self, name: str, request: bytes) -> str:
        digest = hmac.digest(self._keys[name], _without_case(request), "sha256")
        return f"{_MARK}.{name}.{digest.hex()}"


def derive_key(key: str, purpose: bytes) -> bytes:
    """Derive a key of 32 bytes for one purpose from one of DATA_KEY: HKDF with SHA-256."""
    secret = hmac.digest(bytes(hashlib.sha256().digest_size), key.encode(), "sha256")
    return hmac.digest(secret, purpose + b"\x01", "sha256")


def _bare(request: bytes) -> str:
    return hashlib.sha256(_without_case(request)).hexdigest()


def _without_case(request: bytes) -> bytes:
    # `bolt-8` and `BOLT-8` name the same item.
    return request.decode().casefold().encode()
