"""Files that appear whole or not at all, for their owner alone."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import BackupRefused


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a file to write to, which gets its name once it is complete and on the disk.

    Only its owner may read it, and it never takes another file's place.
    """
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _require_free(path)
        os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            yield made
            _sync(made)
            os.link(made, path)
            _sync(path.parent)
        finally:
            made.unlink(missing_ok=True)
    except FileExistsError:
        raise BackupRefused(f"{path} exists already; name a new file.") from None
    except OSError as error:
        raise BackupRefused(f"{path} cannot be written: {error.strerror}.") from error


def require_regular(path: Path) -> None:
    """Raise BackupRefused for what has no end, or waits for another program: a device, a pipe."""
    if path.exists() and not path.is_dir() and not path.is_file():
        raise BackupRefused(f"{path} is no regular file; name one that `tallyman db backup` wrote.")


def _require_free(path: Path) -> None:
    """Raise FileExistsError, or another OSError for a name that is too long or out of reach."""
    if path.exists():
        raise FileExistsError


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
