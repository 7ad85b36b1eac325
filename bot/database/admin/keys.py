"""Whether the keys are there, and are those that encrypted contact data and signed closed days.

A key that is lost or mistyped is noticed when the bot starts: a new one in its place would encrypt
what comes, and what was there would stay unreadable without a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from sqlalchemy import Connection, inspect, select
from sqlalchemy.engine import make_url

from bot.database.admin.revisions import on_connection
from bot.database.encrypted_columns import read_samples
from bot.database.encryption import key_file, list_known_keys
from bot.database.models import AuditEvent, Guild
from bot.database.models.audit_event import NOT_OF_THE_FLOOR
from bot.database.models.base import table_of
from bot.database.signing import Signing
from bot.domain.anchors import DAY_CLOSED, signature_of_day
from bot.errors import KeyMissing, ValueDamaged

_GUILDS_LOOKED_AT: Final = 20
_guild, _event = table_of(Guild).c, table_of(AuditEvent).c
_LAST_DAYS: Final = (
    select(
        select(_event.detail)
        .where(_event.guild_id == _guild.guild_id, _event.action == DAY_CLOSED, NOT_OF_THE_FLOOR)
        .order_by(_event.record.desc())
        .limit(1)
        .correlate(table_of(Guild))
        .scalar_subquery()
    )
    .select_from(table_of(Guild))
    .order_by(_guild.guild_id)
    .limit(_GUILDS_LOOKED_AT)
)

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
        except ValueDamaged:
            pass  # nothing is said of the keys: verifying finds it
        except KeyMissing:
            continue
        opened += 1
    if opened == len(samples):
        return "well"
    return "partly" if opened else "wrong"


async def find_lost_signer(url: str, signing_key: str | None) -> str | None:
    """Return the name of a key that signed the last day of a guild and is not here; else None."""
    found = map(signature_of_day, await on_connection(url, _read_last_days))
    names = [signature.key_name for signature in found if signature is not None]
    if not names:
        return None  # and what derives keys need not be loaded
    known = {public.name for public in Signing(url, signing_key).list_public_keys()}
    return next((name for name in names if name not in known), None)


def _read_last_days(connection: Connection) -> list[str]:
    if not inspect(connection).has_table("audit_event"):
        return []
    return [detail for (detail,) in connection.execute(_LAST_DAYS) if detail is not None]
