"""Whether the encryption key of contact data is there, and is the one that encrypted it."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.database.admin.revisions import on_connection
from bot.database.encrypted_columns import KeyState, judge_keys
from bot.database.encryption import key_file, list_known_keys


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


async def find_keys_state(url: str, data_key: str | None) -> KeysFound:
    """Try the keys that there are on what is stored; none is made. Raises Unavailable."""
    parsed = make_url(url)
    keys = list_known_keys(parsed, data_key)
    state = await on_connection(url, lambda connection: judge_keys(connection, keys))
    return KeysFound(bool(keys), None if data_key is not None else key_file(parsed), state)
