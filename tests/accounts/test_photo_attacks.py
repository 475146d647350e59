"""Pictures that were made to harm: what is kept are pixels of ours, small, in bounded memory; all else is refused."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from accounts import photos
from accounts.models import Photo
from coaching.lib.pictures import NotAPicture
from tests import people

pytestmark = pytest.mark.django_db


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, kind, **options)
    return kept.getvalue()


def kept(content: bytes) -> bytes:
    """The photo that becomes of it."""
    person = people.teacher()
    photos.put_photo(person, content, actor=person)
    return photos.opened(Photo.objects.select_related("user").get())


def frames(kind: str) -> bytes:
    pictures = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue", "green")]
    return encoded(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=40)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_kept(kind):
    photo = Image.open(io.BytesIO(kept(frames(kind))))
    assert (photo.format, getattr(photo, "n_frames", 1)) == ("WEBP", 1)
    red, green, blue = photo.convert("RGB").getpixel((128, 128))
    assert red > 200 > 60 > max(green, blue)


@pytest.mark.parametrize("size", [(1, 1), (65_000, 1), (1, 65_000), (8_000, 3)])
def test_the_thinnest_picture_becomes_a_square(size):
    photo = Image.open(io.BytesIO(kept(encoded(Image.new("RGB", size)))))
    assert photo.width == photo.height <= photos.SIDE


def test_what_follows_a_picture_does_not_survive():
    page = b"<html><script>alert(1)</script></html>"
    both = kept(encoded(Image.new("RGB", (300, 300)), "JPEG") + page + b"PK\x03\x04")
    assert b"script" not in both
    assert b"PK" not in both


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_chunk(kind: bytes, content: bytes) -> bytes:
    """A PNG with another chunk behind its header."""
    png = encoded(Image.new("RGB", (300, 300)))
    return png[:33] + chunk(kind, content) + png[33:]


@pytest.mark.parametrize(
    "content",
    [
        with_chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 200_000_000, 9)),
        with_chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(b"x" * 200_000_000, 9)),
        with_chunk(b"iCCP", b"a\0\0" + zlib.compress(b"x" * 200_000_000, 9)),
    ],
    ids=["text", "international text", "colour profile"],
)
def test_bomb_beside_the_pixels_is_refused_or_left_out(content):
    assert len(content) < photos.UPLOAD_BYTES
    try:
        assert len(kept(content)) <= 40 * 1024
    except NotAPicture:
        assert not Photo.objects.exists()


@pytest.mark.parametrize("size", [(40_000, 40_000), (2**31 - 1, 1), (0, 1)])
def test_header_that_claims_more_than_any_photo_is_refused_before_a_pixel_is_read(size):
    png = encoded(Image.new("RGB", (2, 2)))
    header = chunk(b"IHDR", struct.pack(">II", *size) + png[24:29])
    with pytest.raises(NotAPicture):
        kept(png[:8] + header + png[33:])


def test_words_in_a_picture_are_not_kept():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "Home of the Joshis")
    words.add_itxt("XML:com.adobe.xmp", "<x>18.52, 73.85</x>")
    place = Image.Exif()
    place[0x8825] = {1: "N", 2: (18.0, 31.0, 12.0)}
    left = kept(encoded(Image.new("RGB", (300, 300)), pnginfo=words, exif=place))
    assert not any(word in left for word in (b"Joshis", b"18.52", b"EXIF", b"XMP "))


def test_photo_of_another_person_is_put_by_nobody():
    student, browser = people.student(), people.signed_in(people.teacher())
    picture = io.BytesIO(encoded(Image.new("RGB", (300, 300))))
    picture.name = "me.png"
    browser.post("/accounts/photo/", {"picture": picture, "person": str(student.uuid), "public_id": str(student.uuid)})
    assert [photo.user for photo in Photo.objects.all()] == [people.teacher()]
