"""The vault: contact data is sealed before it is written and opened after it was read.

What is sealed is bound to its row and column, so that nobody with the database alone can read it,
change it unseen, or move it to another row.
"""

import os
import secrets
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import URL, make_url

if TYPE_CHECKING:
    from bot.database.seals import Seals


class Vault:
    """The keys of a database, looked for when they are first needed and not before."""

    def __init__(self, url: str, data_key: str | None) -> None:
        self._url, self._data_key = make_url(url), data_key

    def seal(self, text: str, place: str) -> str:
        """Return what stands in the database for a text."""
        return self.seals.seal(text, place)

    def open(self, sealed: str, place: str) -> str:
        """Return the text again."""
        return self.seals.open(sealed, place)

    @cached_property
    def seals(self) -> "Seals":
        """What seals and opens, with the keys that there are."""
        from bot.database.seals import Seals  # noqa: PLC0415  # six megabytes, see there

        return Seals(find_keys(self._url, self._data_key))


def find_keys(url: URL, data_key: str | None) -> list[str]:
    """Return the keys, the newest first: those set, else the one beside the SQLite file."""
    if data_key is not None:
        return split_keys(data_key)
    path = key_file(url)
    return [] if path is None else [_read_or_make(path)]


def split_keys(data_key: str) -> list[str]:
    """Read DATA_KEY: one key, or several with commas between, the newest first."""
    return [key.strip() for key in data_key.split(",") if key.strip()]


def key_file(url: URL) -> Path | None:
    """Return where the key of an SQLite file lies; None for a server."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(f"{url.database}.key")


def _read_or_make(path: Path) -> str:
    with suppress(FileNotFoundError):
        return path.read_text().strip()
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:  # noqa: PTH123  # a descriptor has no path
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # Whole or not at all, and never over the key of another process that was quicker.
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        made.unlink()
    return path.read_text().strip()
