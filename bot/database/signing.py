"""Signing the heads of chains with Ed25519, under a key that is not in the database.

Replaced books cannot be signed like the old ones: the key is in the environment (SIGNING_KEY), or
in a file beside an SQLite file. The private key is derived from a text, like those of DATA_KEY.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from loguru import logger
from sqlalchemy.engine import make_url

from bot.database.encryption import make_key_file, split_keys
from bot.domain.anchors import Anchor, Signature, message_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_PURPOSE: Final = b"tallyman signing, version 1"
_KEY_NAME_LENGTH: Final = 8

Verdict = Literal["valid", "wrong", "unknown"]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key as it is published: its name in signatures, and its 32 bytes in base64."""

    name: str
    content: str

    def __str__(self) -> str:
        return f"{self.name} {self.content}"


class Signing:
    """The signing keys of a database, looked for when they are first needed and not before."""

    def __init__(self, url: str, signing_key: str | None) -> None:
        parsed = make_url(url)
        self._keys = split_keys(signing_key) if signing_key is not None else []
        is_sqlite = parsed.get_backend_name() == "sqlite"
        is_file = is_sqlite and parsed.database not in {None, ":memory:"}
        self.file = Path(f"{parsed.database}.signing.key") if is_file and not self._keys else None
        self._known: dict[str, tuple[PublicKey, Ed25519PrivateKey]] | None = None

    @property
    def is_possible(self) -> bool:
        """Whether there is a key, or a place to make one."""
        return bool(self._keys) or self.file is not None

    @property
    def made_at(self) -> datetime | None:
        """When the key file was written; None without one."""
        if self.file is None or not self.file.exists():
            return None
        return datetime.fromtimestamp(self.file.stat().st_mtime, UTC)

    def sign(
        self,
        anchor: Anchor,
        stamp: str,
        *,
        after: Signature | None = None,
        may_make_key: bool = False,
    ) -> str:
        """Sign a head under the first key; empty without one.

        The bot alone makes a missing key file: one that an operator's command made would belong to
        that operator, and the bot could not read it. One that signed what came before, `after`, is
        not replaced. A day without a signature is better than none.
        """
        if after is not None and after.key_name not in self._load():
            logger.error(
                "Guild {} was signed with the key {}, which is not here: put it back into {}",
                anchor.guild_id,
                after.key_name,
                self.file or "SIGNING_KEY",
            )
            may_make_key = False
        try:
            if may_make_key and self.file is not None and not self.file.exists():
                make_key_file(self.file)
                self._known = None
        except OSError as error:
            logger.error("The signing key {} cannot be made: {}", self.file, error.strerror)
        known = self._load()
        if not known:
            return ""
        public, key = next(iter(known.values()))
        content = _encode(key.sign(message_of(anchor, stamp)))
        return str(Signature(public.name, stamp, content))

    def check(self, anchor: Anchor) -> Verdict:
        """Say whether an anchor's signature is right, or of a key that is not known here."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  # six megabytes

        signature = Signature.parse(anchor.signature)
        if signature is None:
            return "wrong"
        known = self._load().get(signature.key_name)
        if known is None:
            return "unknown"
        try:
            public = known[1].public_key()
            public.verify(_decode(signature.content), message_of(anchor, signature.stamp))
        except InvalidSignature:
            return "wrong"
        return "valid"

    def list_public_keys(self) -> list[PublicKey]:
        """List the public keys, that of new signatures first; a key file is not made."""
        return [public for public, _ in self._load().values()]

    def _load(self) -> "dict[str, tuple[PublicKey, Ed25519PrivateKey]]":
        if not self._known:
            keys = self._keys
            if self.file is not None and self.file.exists():
                try:
                    keys = split_keys(self.file.read_text())
                except (OSError, UnicodeDecodeError) as error:
                    logger.error("The signing key {} cannot be read: {}", self.file, error)
            self._known = {public.name: (public, key) for public, key in map(_derive, keys)}
        return self._known


def _derive(text: str) -> "tuple[PublicKey, Ed25519PrivateKey]":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415  # see above
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(text.encode())
    key = Ed25519PrivateKey.from_private_bytes(seed)
    content = key.public_key().public_bytes_raw()
    name = hashlib.sha256(content).hexdigest()[:_KEY_NAME_LENGTH]
    return PublicKey(name, _encode(content)), key


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
