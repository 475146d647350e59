"""A file of marks between its upload and what is done with it."""

import uuid

from accounts.models import User
from coaching.lib.drafts import Drafts
from exams.models import Test

_DRAFTS = Drafts("import", "marks-import")


def keep(content: bytes, name: str, *, test: Test, actor: User) -> uuid.UUID:
    return _DRAFTS.keep_file(content, {"name": name}, owners=(actor.uuid, test.uuid))


def load(draft: uuid.UUID, *, test: Test, actor: User) -> tuple[bytes, str] | None:
    """The file and its name; None when it is not there any more, another person's or another test's."""
    found = _DRAFTS.load_file(draft, owners=(actor.uuid, test.uuid))
    return (found[0], str(found[1]["name"])) if found else None
