"""Pictures people send, made anew by us: small WebP without anything but the pixels.

What a camera wrote into a file (place, time, owner) and what somebody hid behind a picture does not survive being
decoded and encoded again. Pictures are decoded one after the other in each process, so that many large ones at once
take no more memory than one: 0.6 GB for a WebP of 40 megapixels, less for the other formats.
"""

import threading
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
_one_at_a_time = threading.Lock()


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
        with _one_at_a_time:
            picture = _decoded(content, side, is_square=is_square)
        return _encoded(picture, at_most)
    except NotAPicture:
        raise
    except Exception as error:  # decoders of broken files raise nearly anything, also from C
        raise NotAPicture(_("This is not a picture we can read. Choose a JPEG, PNG or WebP file.")) from error


def _decoded(content: bytes, side: int, *, is_square: bool) -> Any:
    from PIL import ImageOps

    with _opened(content) as source:
        # A JPEG is then decoded at a fraction of its size; of the others, no further copy is as large as the picture.
        source.thumbnail(_box(source.size, side) if is_square else (side, side))
        mode = "RGBA" if source.has_transparency_data else "RGB"
        upright = ImageOps.exif_transpose(source).convert(mode)
    return ImageOps.fit(upright, (side, side)) if is_square else upright


def _box(size: tuple[int, int], side: int) -> tuple[int, int]:
    """What the picture is made smaller to before its middle is cut out: the shorter side twice what is wanted."""
    factor = max(1.0, min(size) / (2 * side))
    return round(size[0] / factor), round(size[1] / factor)


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
