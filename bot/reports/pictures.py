"""Pictures as they are kept: decoded within bounds, turned upright, small, without anything else.

Pillow takes ten megabytes, so this module is imported with the first picture.
"""

import base64
import hashlib
import io
import warnings
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.domain.pictures import MAX_KEPT_BYTES, MAX_SIDE, Picture, UnusablePicture

# Four bytes each while it is decoded: what a phone's camera takes fits, a bomb does not.
MAX_PIXELS: Final = 64_000_000
# PDFs and the like take other programs; these are decoded by Pillow itself.
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO")
# Tried in this order until it is small enough: a picture of noise takes the last.
_TRIED: Final = ((MAX_SIDE, 80), (MAX_SIDE, 60), (MAX_SIDE, 40), (640, 40), (320, 30))

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def make_picture(content: bytes) -> Picture:
    """Return a picture as it is kept; raises UnusablePicture. It takes a thread of its own."""
    with warnings.catch_warnings():
        # Above the bound Pillow only warns, and refuses from twice the bound on.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            upright = _decode(content)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise UnusablePicture("too_many_pixels") from error
        except (
            UnidentifiedImageError,
            OSError,
            SyntaxError,
            ValueError,
            EOFError,
            IndexError,
            KeyError,
            TypeError,
            OverflowError,
            MemoryError,
        ) as error:
            # What Pillow's decoders raise of broken files: they agree on no class.
            raise UnusablePicture("unreadable") from error
    return _encode(upright)


def _decode(content: bytes) -> Image.Image:
    """Return the first frame, upright, at most as large as it is kept, with its colours alone."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        # JPEGs are decoded at a fraction of their size where that is enough.
        opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
        opened.seek(0)
        upright = ImageOps.exif_transpose(opened)
        has_alpha = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
        plain = upright.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((MAX_SIDE, MAX_SIDE))
    return plain


def _encode(picture: Image.Image) -> Picture:
    for side, quality in _TRIED:
        smaller = picture.copy()
        smaller.thumbnail((side, side))
        # Nothing that the file said of its camera or its place is written.
        smaller.info.clear()
        written = io.BytesIO()
        smaller.save(written, "WEBP", quality=quality, method=4, exif=b"", xmp=b"", icc_profile=b"")
        content = written.getvalue()
        if len(content) <= MAX_KEPT_BYTES:
            break
    return Picture(
        base64.b64encode(content).decode(),
        hashlib.sha256(content).hexdigest(),
        smaller.width,
        smaller.height,
    )
