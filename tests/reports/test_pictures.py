"""What is kept of a picture: small, upright, its first frame, and nothing that it says beside."""

import base64
import contextlib
import io
import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.domain.pictures import MAX_KEPT_BYTES, MAX_SIDE, UnusablePicture
from bot.reports.pictures import make_picture

# Pillow says of broken files what it thinks of them.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
RED, BLUE = (220, 20, 20), (20, 20, 220)
GPS_INFO, ORIENTATION, QUARTER_TURN = 0x8825, 0x0112, 6


def written(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def kept(content: bytes) -> Image.Image:
    made = make_picture(content)
    shown = base64.b64decode(made.content)
    assert len(shown) <= MAX_KEPT_BYTES
    picture = Image.open(io.BytesIO(shown))
    assert picture.format == "WEBP"
    assert picture.size == (made.width, made.height)
    assert not picture.getexif()
    return picture


def png_of(width: int, height: int) -> bytes:
    """A file of some bytes that claims to be as large as that."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_a_photo_is_turned_upright_and_says_no_more_where_it_was_taken() -> None:
    photo = Image.new("RGB", (3000, 2000), RED)
    photo.paste(BLUE, (0, 0, 1500, 2000))
    exif = Image.Exif()
    exif[ORIENTATION] = QUARTER_TURN
    exif.get_ifd(GPS_INFO)[1] = "N"
    picture = kept(written(photo, "JPEG", exif=exif)).convert("RGB")
    assert picture.size == (683, MAX_SIDE)
    top = picture.getpixel((300, 100))
    assert isinstance(top, tuple)
    assert top[2] > top[0], "what was on the left is at the top"


def test_noise_of_many_pixels_is_kept_small() -> None:
    noise = Image.frombytes("RGB", (2000, 1500), random.Random(1).randbytes(9_000_000))
    assert max(kept(written(noise, "PNG")).size) <= MAX_SIDE


def test_of_an_animation_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in (RED, BLUE)]
    picture = kept(written(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert getattr(picture, "n_frames", 1) == 1
    first = picture.convert("RGB").getpixel((5, 5))
    assert isinstance(first, tuple)
    assert first[0] > first[2]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_pictures_of_every_mode_are_kept(mode: str) -> None:
    kind = {"CMYK": "TIFF", "F": "TIFF"}.get(mode, "PNG")
    assert kept(written(Image.new(mode, (30, 20)), kind)).size == (30, 20)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (png_of(30_000, 30_000), "too_many_pixels"),
        (png_of(6_000, 6_000), "too_many_pixels"),
        (png_of(900, 900), "unreadable"),
        (b"", "unreadable"),
        (b"%PDF-1.7", "unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unreadable"),
    ],
)
def test_what_is_no_picture_of_a_bounded_size_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnusablePicture) as refused:
        make_picture(content)
    assert refused.value.reason == reason


FILES = {
    kind: written(Image.new("RGB", (60, 40), RED), kind)
    for kind in ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")
}


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.integers(0, 2000), st.binary(max_size=8))
def test_a_broken_file_is_kept_or_refused(kind: str, at: int, with_what: bytes) -> None:
    content = FILES[kind]
    place = at % len(content)
    broken = content[:place] + with_what + content[place + len(with_what) // 2 :]
    with contextlib.suppress(UnusablePicture):
        kept(broken)
