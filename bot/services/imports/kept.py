"""What a preview keeps of a file: plain, but of suppliers encrypted as their contact data is."""

import base64
from typing import Final

from bot.database.encryption import Encryption
from bot.database.models import ImportPreview
from bot.domain.imports import ImportLapsed
from bot.domain.imports.content import Content, pack, unpack
from bot.errors import KeyMissing

_ENCRYPTED: Final = frozenset({"suppliers"})


def pack_kept(
    encryption: Encryption, place: tuple[int, str], content: Content, prints: list[str]
) -> bytes:
    """Write what the preview with a guild and a token keeps."""
    packed = pack(content, prints)
    if content.kind not in _ENCRYPTED:
        return packed
    text = base64.b64encode(packed).decode()
    return encryption.encrypt(text, place_of(*place)).encode()


def unpack_kept(encryption: Encryption, preview: ImportPreview) -> tuple[Content, list[str]]:
    """Read what a preview keeps; raises ImportLapsed where its key is gone."""
    if preview.kind not in _ENCRYPTED:
        return unpack(preview.content)
    place = place_of(preview.guild_id, preview.token)
    try:
        text = encryption.decrypt(preview.content.decode(), place)
    except KeyMissing as error:
        raise ImportLapsed(label=preview.file_name) from error
    return unpack(base64.b64decode(text))


def place_of(guild_id: int, token: str) -> str:
    """Return the place that what a preview keeps is encrypted for."""
    return f"import_preview.content/{guild_id}/{token}"
