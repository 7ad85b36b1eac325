"""Pictures of items: what is kept of one, and what makes a file none."""

from dataclasses import dataclass
from typing import Final

from bot.errors import RuleBroken

# What people may attach, and what is kept of it.
MAX_UPLOAD_BYTES: Final = 8 * 1024 * 1024
MAX_SIDE: Final = 1024
MAX_KEPT_BYTES: Final = 200 * 1024


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: WebP in base64, with its SHA-256; requests are JSON."""

    content: str
    content_hash: str
    width: int
    height: int


@dataclass(eq=False)
class UnusablePicture(RuleBroken):
    """A file is no picture that can be kept; `reason` is a code that the translator knows.

    It is too_large (a file of more than 8 MB), too_many_pixels, unreadable, or gone.
    """

    reason: str
