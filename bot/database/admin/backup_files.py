"""Files that appear whole or not at all, protected by a checksum; and the error of all backups.

Neither SQLite nor pg_restore notices every changed byte. Both ignore what follows the end
of what they wrote, so the checksum is there.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from bot.errors import TallymanError

_MARK: Final = b"\nsealed by tallyman, sha256:"
_SEAL_BYTES: Final = len(_MARK) + hashlib.sha256().digest_size


@dataclass(eq=False)
class BackupRefused(TallymanError):
    """The operator must fix something first, and nothing was changed; no secret is in it."""

    problem: str

    def __str__(self) -> str:
        return self.problem


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a file to write to, which gets its name once it is complete and on the disk.

    Only its owner may read it, and it never takes another file's place.
    """
    if path.exists():
        raise BackupRefused(f"{path} exists already; name a new file.")
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield made
        _sync(made)
        os.link(made, path)
        _sync(path.parent)
    except FileExistsError:
        raise BackupRefused(f"{path} exists already; name a new file.") from None
    except OSError as error:
        raise BackupRefused(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        made.unlink(missing_ok=True)


def add_checksum(path: Path) -> None:
    """Add a checksum to a complete backup."""
    with path.open("r+b") as file:
        checksum = _checksum(file, file.seek(0, os.SEEK_END))
        file.seek(0, os.SEEK_END)
        file.write(_MARK + checksum)


def require_checksum(path: Path) -> None:
    """Raise BackupRefused unless a file is, byte for byte, what was written."""
    try:
        with path.open("rb") as file:
            length = max(0, file.seek(0, os.SEEK_END) - _SEAL_BYTES)
            is_whole = _checksum(file, length) == file.read().removeprefix(_MARK)
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read: {error.strerror}.") from error
    if not is_whole:
        raise damaged(path)


def damaged(path: Path) -> BackupRefused:
    """Return the refusal of a file that is not what `tallyman db backup` wrote."""
    return BackupRefused(f"{path} is damaged, or was not written by `tallyman db backup`.")


def _checksum(file: BinaryIO, length: int) -> bytes:
    """Read the beginning of a file and return its checksum."""
    checksum = hashlib.sha256()
    file.seek(0)
    while length and (piece := file.read(min(length, 1 << 20))):
        checksum.update(piece)
        length -= len(piece)
    return checksum.digest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
