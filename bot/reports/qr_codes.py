"""QR codes of links, as pictures."""

import asyncio
import io
from typing import Final

# So large that a phone reads it off a screen, with the quiet zone that the standard asks for.
_SCALE: Final = 8
_BORDER: Final = 4


async def draw_qr_code(text: str) -> bytes:
    """Return a QR code as PNG."""
    return await asyncio.to_thread(_draw, text)


def _draw(text: str) -> bytes:
    import segno  # noqa: PLC0415

    drawn = io.BytesIO()
    # Readable with 15 % of it covered; a plain one, for which no camera needs a special reader.
    segno.make_qr(text, error="m").save(drawn, kind="png", scale=_SCALE, border=_BORDER)
    return drawn.getvalue()
