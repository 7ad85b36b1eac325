"""What is at the end of a backup: a checksum, and with a key a proof of who wrote it.

Neither SQLite nor pg_restore notices every changed byte. Both ignore what follows the end of what
they wrote, so both are there. A checksum finds damage; those who change a backup on purpose write
it again, so with a key there is an HMAC as well.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TypeAlias

from bot.database.admin.backup_files import require_regular
from bot.database.fingerprints import derive_key
from bot.errors import BackupRefused

# `bare`: a checksum alone, as backups without a key have, and those of older programs.
Authenticity: TypeAlias = Literal["authentic", "bare", "other key"]

_CHECKSUM_MARK: Final = b"\nsealed by tallyman, sha256:"
_PROOF_MARK: Final = b"\nproved by tallyman, hmac-sha256:"
_PURPOSE: Final = b"tallyman backups, version 1"
_DIGEST_BYTES: Final = 32
_NAME_BYTES: Final = 8
_CHECKSUM_BYTES: Final = len(_CHECKSUM_MARK) + _DIGEST_BYTES
_PROOF_BYTES: Final = len(_PROOF_MARK) + _NAME_BYTES + _DIGEST_BYTES


def seal(path: Path, keys: Sequence[str]) -> None:
    """Add a checksum to a complete backup, and a proof under the newest of the keys, if any."""
    with path.open("r+b") as file:
        checksum = _digest(hashlib.sha256(), file, file.seek(0, os.SEEK_END))
        file.seek(0, os.SEEK_END)
        file.write(_CHECKSUM_MARK + checksum)
        if keys:
            name, key = _derive(keys[0])
            length = file.tell()
            proof = _digest(hmac.new(key, digestmod="sha256"), file, length)
            file.seek(length)
            file.write(_PROOF_MARK + name + proof)


def require_sealed(path: Path, keys: Sequence[str]) -> Authenticity:
    """Raise BackupRefused unless a file is, byte for byte, what was written; say who wrote it."""
    try:
        require_regular(path)
        with path.open("rb") as file:
            return _judge(path, file, dict(map(_derive, keys)))
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read: {error.strerror}.") from error


def damaged(path: Path) -> BackupRefused:
    """Return the refusal of a file that is not what `tallyman db backup` wrote."""
    return BackupRefused(f"{path} is damaged, or was not written by `tallyman db backup`.")


def _judge(path: Path, file: BinaryIO, keys: dict[bytes, bytes]) -> Authenticity:
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - _PROOF_BYTES))
    end = file.read()
    is_proved = end.startswith(_PROOF_MARK)
    length = max(0, length - _CHECKSUM_BYTES - is_proved * _PROOF_BYTES)
    checksum = _digest(hashlib.sha256(), file, length)
    file.seek(length)
    if file.read(_CHECKSUM_BYTES) != _CHECKSUM_MARK + checksum:
        raise damaged(path)
    if not is_proved:
        return "bare"
    name, proof = end[len(_PROOF_MARK) : -_DIGEST_BYTES], end[-_DIGEST_BYTES:]
    if name not in keys:
        return "other key"
    expected = _digest(hmac.new(keys[name], digestmod="sha256"), file, length + _CHECKSUM_BYTES)
    if not hmac.compare_digest(expected, proof):
        raise BackupRefused(
            f"{path} was changed after it was written, by someone without the key. Use another."
        )
    return "authentic"


def _digest(digest: Any, file: BinaryIO, length: int) -> bytes:
    """Read the beginning of a file into a checksum and return that."""
    file.seek(0)
    while length and (piece := file.read(min(length, 1 << 20))):
        digest.update(piece)
        length -= len(piece)
    return bytes(digest.digest())


def _derive(key: str) -> tuple[bytes, bytes]:
    derived = derive_key(key, _PURPOSE)
    return hashlib.sha256(derived).hexdigest()[:_NAME_BYTES].encode(), derived
