"""What suppliers were before an import edited them: records mask it, so its preview keeps it.

Encrypted, as contact data is, and for a month: who undoes an import does so soon.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson

from bot.database.unit import UnitOfWork
from bot.domain.imports.contents import ImportContents
from bot.errors import KeyMissing
from bot.services.imports.kept import place_of

FORMER_LIFE: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class FormerSupplier:
    """The columns that an import set: as they were, as it left them, and the version it left."""

    values: dict[str, Any]
    now: dict[str, Any]
    version: int


def pack_former(uow: UnitOfWork, token: str, former: dict[int, FormerSupplier]) -> bytes:
    """Write what the applied preview keeps; nothing if the import edited no supplier."""
    if not former:
        return b""
    kept = {str(key): [each.values, each.now, each.version] for key, each in former.items()}
    place = place_of(uow.scope.guild_id, token)
    return uow.scope.encryption.encrypt(orjson.dumps(kept).decode(), place).encode()


async def read_former(
    uow: UnitOfWork, record: int, contents: ImportContents
) -> dict[int, FormerSupplier]:
    """Return what the suppliers of a record were before it, as far as that is still kept."""
    preview = await uow.import_previews.find_one(
        kind="suppliers", file_hash=contents.file_hash, applied_record=record
    )
    if preview is None or not preview.content:
        return {}
    place = place_of(uow.scope.guild_id, preview.token)
    try:
        kept = orjson.loads(uow.scope.encryption.decrypt(preview.content.decode(), place))
    except KeyMissing:
        return {}
    return {int(key): FormerSupplier(*each) for key, each in kept.items()}
