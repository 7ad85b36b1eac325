"""Contact data is encrypted before it is written and decrypted after it was read.

An encrypted value is bound to its row and column: no one with the database alone can read it,
change it unseen, or move it to another row. A key file is made beside a new SQLite file and never
beside one that holds encrypted values: those need the key that is missing.
"""

import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import URL, make_url

from bot.database.encrypted_columns import has_encrypted_values
from bot.database.fingerprints import Fingerprints
from bot.errors import KeyMissing, KeyUnreadable

if TYPE_CHECKING:
    from bot.database.ciphers import Ciphers


class Encryption:
    """The keys of a database, looked for when they are first needed and not before.

    A key file is read again once it is another file: `rekey` replaces it under running bots.
    """

    def __init__(self, url: str, data_key: str | None) -> None:
        self._url, self._data_key = make_url(url), data_key
        # The key file, if the keys are in one.
        self.file = key_file(self._url) if data_key is None else None
        self._ciphers: Ciphers | None = None
        self._fingerprints: Fingerprints | None = None
        self._known: list[str] = []
        self._read_from: tuple[int, ...] | None = None

    def encrypt(self, text: str, place: str) -> str:
        """Return a text as the database keeps it."""
        return self.ciphers.encrypt(text, place)

    def decrypt(self, encrypted: str, place: str) -> str:
        """Return the text again."""
        return self.ciphers.decrypt(encrypted, place)

    @property
    def ciphers(self) -> "Ciphers":
        """What encrypts and decrypts, with the keys that there are; raises KeyMissing."""
        self._look_for_keys()
        if self._ciphers is None:
            from bot.database.ciphers import Ciphers  # noqa: PLC0415  # six megabytes, see there

            self._ciphers = Ciphers(self._known)
        return self._ciphers

    @property
    def fingerprints(self) -> Fingerprints:
        """What makes and compares fingerprints, with the same keys.

        Without any they are bare, as in a restored file whose key is elsewhere: what such a request
        holds is not worth a key, for contact data cannot be written then.
        """
        try:
            self._look_for_keys()
        except KeyMissing:
            return Fingerprints([])
        if self._fingerprints is None:
            self._fingerprints = Fingerprints(self._known)
        return self._fingerprints

    @property
    def is_loaded(self) -> bool:
        """Whether the ciphers are there, so that using them takes no time."""
        return self._ciphers is not None

    def _look_for_keys(self) -> None:
        found = _identity(self.file)
        # While the file is away or cannot be read, the keys that were read from it go on working.
        if self._known and (found == self._read_from or found is None):
            return
        try:
            keys = find_keys(self._url, self._data_key)
        except KeyUnreadable:
            if self._known:
                return
            raise
        # A reader may still look at what was there before the last key was dropped.
        known = list(dict.fromkeys([*keys, *self._known]))
        if known != self._known:
            self._known, self._ciphers, self._fingerprints = known, None, None
        self._read_from = _identity(self.file) if found is None else found

    def make_key(self) -> None:
        """Make a key file where there is none, whatever is encrypted: the lost key is given up."""
        if self.file is not None and not self.file.exists():
            make_key_file(self.file)

    def add_key(self) -> None:
        """Put a new key in front of the one in the file; not if a change of keys is under way.

        To be called by one process at a time, as `keep_newest_key` is.
        """
        path = self.file
        if path is None or not path.exists():
            return
        keys = _read(path)
        if len(keys) == 1:
            _replace(path, [_new_key(), *keys])

    def keep_newest_key(self) -> None:
        """Drop all keys in the file but the first."""
        path = self.file
        if path is not None and path.exists():
            keys = _read(path)
            if len(keys) > 1:
                _replace(path, keys[:1])


def find_keys(url: URL, data_key: str | None) -> list[str]:
    """Return the keys, the newest first: those set, else the one beside the SQLite file.

    Raises KeyMissing rather than to make a key for a file with values that another encrypted.
    """
    keys = list_known_keys(url, data_key)
    path = key_file(url)
    if keys or data_key is not None or path is None:
        return keys
    if has_encrypted_values(Path(str(url.database))):
        raise KeyMissing
    make_key_file(path)
    return _read(path)


def list_known_keys(url: URL, data_key: str | None) -> list[str]:
    """Return the keys that there are, without making one; raises KeyUnreadable."""
    if data_key is not None:
        return split_keys(data_key)
    path = key_file(url)
    with suppress(FileNotFoundError):
        return [] if path is None else _read(path)
    return []


def _read(path: Path) -> list[str]:
    """Read a key file, which may be missing but nothing else."""
    try:
        return split_keys(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeyUnreadable(str(path), error.strerror or "it fails") from error
    except UnicodeDecodeError as error:
        raise KeyUnreadable(str(path), "It is no text") from error


def split_keys(data_key: str) -> list[str]:
    """Read DATA_KEY: one key, or several with commas between, the newest first.

    A key file has one per line.
    """
    return [key.strip() for key in re.split(r"[,\n]", data_key) if key.strip()]


def key_file(url: URL) -> Path | None:
    """Return the path of an SQLite file's key; None for a server."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(f"{url.database}.key")


def make_key_file(path: Path) -> None:
    """Make a key file, whole or not at all, and never over that of a process that was quicker."""
    with _written_beside(path, [_new_key()]) as made, suppress(FileExistsError):
        os.link(made, path)


def _replace(path: Path, keys: Sequence[str]) -> None:
    """Rewrite the key file, whole or not at all, and for good before anything relies on it."""
    with _written_beside(path, keys) as made:
        made.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@contextmanager
def _written_beside(path: Path, keys: Sequence[str]) -> Iterator[Path]:
    """Write keys into a file beside, which is gone afterwards if it was not moved."""
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "w") as file:  # noqa: PTH123  # a descriptor has no path
            file.write("".join(f"{key}\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        yield made
    finally:
        made.unlink(missing_ok=True)


def _new_key() -> str:
    return secrets.token_urlsafe(32)


def _identity(path: Path | None) -> tuple[int, ...] | None:
    """Return what distinguishes a file from its replacement."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return None if found is None else (found.st_ino, found.st_mtime_ns, found.st_size)
