"""Pictures people send, made anew by us: small WebP without anything but the pixels.

What a camera wrote into a file (place, time, owner) and what somebody hid behind a picture does not survive being
decoded and encoded again.
"""

import warnings
from functools import cache
from io import BytesIO
from types import ModuleType
from typing import Any

from django.utils.translation import gettext as _

from coaching.lib.errors import DomainError

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 40_000_000
_QUALITIES = (88, 80, 70, 60, 50, 40)
_SMALLER, _TIMES = 0.75, 12


class NotAPicture(DomainError):
    """The file is none of `FORMATS`, is broken, or would take more memory than any photo needs (400)."""

    code = "not_a_picture"
    status = 400


@cache
def _pillow() -> ModuleType:
    """Pillow's `Image`, loaded with the first picture: no page needs it. It counts pixels before it decodes any."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
    return Image


def small_webp(content: bytes, *, side: int, at_most: int, is_square: bool = False) -> bytes:
    """The picture as WebP of at most `side` pixels across and down and `at_most` bytes, upright.

    `is_square` cuts the middle out of it, exactly `side` by `side` unless that is too many bytes. Of an animation the
    first frame is taken. Raises: NotAPicture.
    """
    try:
        return _encoded(_decoded(content, side, is_square=is_square), at_most)
    except NotAPicture:
        raise
    except Exception as error:  # decoders of broken files raise nearly anything, also from C
        raise NotAPicture(_("This is not a picture we can read. Choose a JPEG, PNG or WebP file.")) from error


def _decoded(content: bytes, side: int, *, is_square: bool) -> Any:
    from PIL import ImageOps

    with _opened(content) as source:
        if not is_square:
            source.thumbnail((side, side))  # a JPEG is then decoded at a fraction of its size
        elif source.format == "JPEG":
            source.draft("RGB", (2 * side, 2 * side))
        mode = "RGBA" if source.has_transparency_data else "RGB"
        upright = ImageOps.exif_transpose(source).convert(mode)
    return ImageOps.fit(upright, (side, side)) if is_square else upright


def _opened(content: bytes) -> Any:
    """Raises: NotAPicture for too many pixels, and whatever Pillow raises for what is no picture."""
    image = _pillow()
    too_many = _("The picture has too many pixels. Make it smaller first: 40 megapixels at most.")
    try:
        source = image.open(BytesIO(content), formats=FORMATS)
    except (image.DecompressionBombError, image.DecompressionBombWarning) as error:
        raise NotAPicture(too_many) from error
    if source.width * source.height > MAX_PIXELS:  # where the warning was filtered by somebody else
        raise NotAPicture(too_many)
    return source


def _encoded(picture: Any, at_most: int) -> bytes:
    """WebP in the best quality that fits, made smaller when none does."""
    picture.info.clear()
    for _time in range(_TIMES):
        for quality in _QUALITIES:
            made = BytesIO()
            picture.save(made, "WEBP", quality=quality, method=4)
            if made.tell() <= at_most:
                return made.getvalue()
        picture = picture.resize([max(1, round(length * _SMALLER)) for length in picture.size])
    raise NotAPicture(_("This picture cannot be made small enough. Choose another one."))
