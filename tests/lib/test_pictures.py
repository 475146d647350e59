"""Pictures made anew: small, upright, nothing but pixels; what is no picture is refused."""

from io import BytesIO
from random import Random

import pytest

from coaching.lib.pictures import NotAPicture, small_webp

pytestmark = pytest.mark.apart

Image = pytest.importorskip("PIL.Image")
AT_MOST = 40 * 1024


def encoded(picture, kind, **more):
    made = BytesIO()
    picture.save(made, kind, **more)
    return made.getvalue()


def noise(across, down):
    """Nothing compresses worse."""
    return Image.frombytes("RGB", (across, down), Random(1).randbytes(across * down * 3))


def opened(webp):
    picture = Image.open(BytesIO(webp))
    assert picture.format == "WEBP"
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_allowed_format_becomes_small_webp(kind):
    made = small_webp(encoded(noise(1200, 700), kind), side=512, at_most=AT_MOST)
    assert len(made) <= AT_MOST
    assert max(opened(made).size) <= 512


def test_a_square_is_cut_from_the_middle():
    assert opened(small_webp(encoded(noise(900, 300), "JPEG"), side=256, at_most=AT_MOST, is_square=True)).size == (
        256,
        256,
    )


def test_a_long_narrow_picture_is_taken():
    assert opened(small_webp(encoded(noise(900, 9), "PNG"), side=512, at_most=AT_MOST)).size == (512, 5)


def test_small_pictures_are_not_blown_up():
    assert opened(small_webp(encoded(noise(20, 10), "PNG"), side=512, at_most=AT_MOST)).size == (20, 10)


@pytest.mark.parametrize("is_square", [True, False])
def test_nothing_but_pixels_survives_and_the_picture_stands_upright(is_square):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90°
    exif[0x010E] = "Home of the Kulkarnis"
    exif.get_ifd(0x8825)[1] = "N"
    picture = Image.new("RGB", (200, 100), "red")
    picture.paste("blue", (100, 0, 200, 100))
    content = encoded(picture, "JPEG", exif=exif, icc_profile=b"x" * 200, comment=b"secret")
    made = small_webp(content, side=512, at_most=AT_MOST, is_square=is_square)
    shown = opened(made)
    assert not shown.getexif()
    assert "icc_profile" not in shown.info
    assert b"Kulkarni" not in made
    if not is_square:
        assert shown.size == (100, 200)
        assert shown.getpixel((50, 20))[0] > 200  # the left half is on top


def test_transparency_is_kept():
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert opened(small_webp(encoded(clear, "PNG"), side=512, at_most=AT_MOST)).mode == "RGBA"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "CMYK"])
def test_every_mode_is_read(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    opened(small_webp(encoded(Image.new(mode, (80, 40)), kind), side=64, at_most=AT_MOST))


def test_other_formats_and_broken_files_are_refused():
    picture = noise(64, 64)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    broken = encoded(picture, "PNG")[:2000]
    for content in (b"", svg, b"GIF89a" + b"x" * 50, encoded(picture, "GIF"), encoded(picture, "BMP"), broken):
        with pytest.raises(NotAPicture):
            small_webp(content, side=64, at_most=AT_MOST)


@pytest.mark.parametrize("size", [(7_000, 6_000), (10_000, 10_000)])
def test_more_than_40_megapixels_are_refused_before_they_are_decoded(size):
    bomb = encoded(Image.new("1", size), "PNG")
    assert len(bomb) < 100_000
    with pytest.raises(NotAPicture, match="too many pixels"):
        small_webp(bomb, side=64, at_most=AT_MOST)
