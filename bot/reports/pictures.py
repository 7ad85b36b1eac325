"""Pictures as they are kept: decoded within bounds, turned upright, small, without anything else.

Pillow takes ten megabytes, so this module is imported with the first picture.
"""

import base64
import hashlib
import io
import struct
import warnings
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.domain.pictures import MAX_KEPT_BYTES, MAX_SIDE, Picture, UnusablePicture

# As a file says of itself, and as it is decoded, four bytes each: JPEGs come at a fraction.
MAX_PIXELS: Final = 100_000_000
MAX_DECODED_PIXELS: Final = 24_000_000
# PDFs and the like take other programs; these are decoded by Pillow itself.
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO")
# Tried in this order until it is small enough: a picture of noise takes the last.
_TRIED: Final = ((MAX_SIDE, 80), (MAX_SIDE, 60), (MAX_SIDE, 40), (640, 40), (320, 30))

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# What it thinks of the files that people send is no news for the log.
warnings.filterwarnings("ignore", module=r"PIL\b")


def make_picture(content: bytes) -> Picture:
    """Return a picture as it is kept; raises UnusablePicture. It takes a thread of its own."""
    try:
        upright = _decode(content)
    except Image.DecompressionBombError as error:
        raise UnusablePicture("too_many_pixels") from error
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        MemoryError,
        struct.error,
    ) as error:
        # What Pillow's decoders raise of broken files: they agree on no class.
        raise UnusablePicture("unreadable") from error
    return _encode(upright)


def _decode(content: bytes) -> Image.Image:
    """Return the first frame, upright, at most as large as it is kept, with its colours alone."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise UnusablePicture("too_many_pixels")
        opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
        if opened.width * opened.height > MAX_DECODED_PIXELS:
            raise UnusablePicture("too_many_pixels")
        opened.seek(0)
        has_alpha = opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info
        mode = "RGBA" if has_alpha else "RGB"
        # Colours of a palette cannot be mixed; all others are made small before they are copied.
        picture = opened.convert(mode) if opened.mode in {"1", "P", "PA"} else opened
        picture.thumbnail((MAX_SIDE, MAX_SIDE))
        return ImageOps.exif_transpose(picture).convert(mode)


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
