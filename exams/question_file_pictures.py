"""Pictures of a file of questions: whether they can be taken, and small ones for the page that shows them before."""

import base64
from collections.abc import Mapping
from io import BytesIO

from coaching.lib.pictures import FORMATS, MAX_PIXELS, NotAPicture, small_webp
from exams.images import UPLOAD_BYTES

SIDE, SMALL_BYTES = 480, 30_000


def is_fit(content: bytes) -> bool:
    """Whether the bytes begin like a picture that can be taken; decoding it comes with the import."""
    from PIL import Image  # no page without pictures needs it

    if len(content) > UPLOAD_BYTES:
        return False
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            return picture.width * picture.height <= MAX_PIXELS
    except Exception:  # decoders of broken files raise nearly anything
        return False


def shown_before(images: Mapping[str, bytes], reference: str) -> str:
    """A picture that is not kept yet as an address that holds it, "" when it cannot be read."""
    try:
        small = small_webp(images.get(reference, b""), side=SIDE, at_most=SMALL_BYTES)
    except NotAPicture:
        return ""
    return f"data:image/webp;base64,{base64.b64encode(small).decode()}"
