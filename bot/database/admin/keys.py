"""Whether the encryption key of contact data is there, and is the one that encrypted it.

A key that is lost or mistyped is noticed when the bot starts: a new one in its place would encrypt
what comes, and what was there would stay unreadable without a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from sqlalchemy.engine import make_url

from bot.database.admin.revisions import on_connection
from bot.database.encrypted_columns import read_samples
from bot.database.encryption import key_file, list_known_keys
from bot.errors import KeyMissing

# `none`: nothing is encrypted yet. `partly`: some values need a key that is not there.
KeyState: TypeAlias = Literal["none", "well", "partly", "wrong"]


@dataclass(frozen=True, slots=True)
class KeysFound:
    """Whether there is a key, where one is looked for, and what it opens of what is stored.

    `file` is None when DATA_KEY alone counts.
    """

    has_key: bool
    file: Path | None
    state: KeyState

    @property
    def is_missing(self) -> bool:
        """Whether there are encrypted values and no key at all."""
        return self.state == "wrong" and not self.has_key


def list_keys(url: str, data_key: str | None) -> list[str]:
    """Return the keys that there are for a database, the newest first; none is made."""
    return list_known_keys(make_url(url), data_key)


async def find_keys_state(url: str, data_key: str | None) -> KeysFound:
    """Try the keys that there are on what is stored; none is made. Raises Unavailable."""
    keys = list_keys(url, data_key)
    samples = await on_connection(url, read_samples)
    file = None if data_key is not None else key_file(make_url(url))
    return KeysFound(bool(keys), file, _try(keys, samples) if samples else "none")


def _try(keys: Sequence[str], samples: Sequence[tuple[str, str]]) -> KeyState:
    from bot.database.ciphers import Ciphers  # noqa: PLC0415  # six megabytes, see there

    ciphers, opened = Ciphers(keys), 0
    for value, place in samples:
        try:
            ciphers.decrypt(value, place)
        except KeyMissing:
            continue
        opened += 1
    if opened == len(samples):
        return "well"
    return "partly" if opened else "wrong"
