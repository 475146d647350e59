"""Images of questions: taken in once, made anew, and then kept in the row itself.

The file as it was sent goes to the store. What is shown and sealed into papers lies in the database, so that a Drive
that does not answer never takes an image out of a test.
"""

import hashlib
from io import BytesIO

from django.utils.translation import gettext as _

from accounts.models import User
from coaching.lib.errors import TooLarge
from coaching.lib.pictures import small_webp
from dfs import store
from exams.models import QuestionImage

UPLOAD_BYTES = 5_000_000
SMALL_BYTES = 200_000
SIDE = 1600
CONTENT_TYPE = "image/webp"


def take_image(stream_bytes: bytes, *, name: str, actor: User | None) -> QuestionImage:
    """Keep a JPEG, PNG or WebP for questions; the same one sent again by the same person is the same image.

    Raises: TooLarge, coaching.lib.pictures.NotAPicture.
    """
    if len(stream_bytes) > UPLOAD_BYTES:
        raise TooLarge(_("The image is larger than 5 MB. Choose a smaller one."))
    webp = small_webp(stream_bytes, side=SIDE, at_most=SMALL_BYTES)
    sha256 = hashlib.sha256(webp).hexdigest()
    known = QuestionImage.objects.filter(sha256=sha256, created_by=actor).first()
    if known:
        return known
    width, height = _size(webp)
    return QuestionImage.objects.create(
        file=store.put(BytesIO(stream_bytes), name=name, purpose="exams", owner=actor),
        content_type=CONTENT_TYPE,
        width=width,
        height=height,
        bytes_small=webp,
        sha256=sha256,
        created_by=actor,
    )


def _size(webp: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(BytesIO(webp), formats=("WEBP",)) as picture:
        return picture.size
