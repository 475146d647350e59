"""A file of questions between its upload and its import, with where its questions belong."""

import uuid
from dataclasses import asdict

from accounts.models import User
from coaching.lib.drafts import Drafts
from exams.question_file_plans import Source

_DRAFTS = Drafts("import", "questions-import")


def keep(source: Source, *, actor: User, draft: uuid.UUID | None = None) -> uuid.UUID:
    """Keep a file, or another place for one that is kept already; answers its number."""
    how = {name: value for name, value in asdict(source).items() if name != "content"}
    return _DRAFTS.keep_file(source.content, how, owners=(actor.uuid,), number=draft)


def load(draft: uuid.UUID, *, actor: User) -> Source | None:
    """The file, None when it is not there any more or another person's."""
    found = _DRAFTS.load_file(draft, owners=(actor.uuid,))
    if found is None:
        return None
    content, how = found
    return Source(content=content, **how)
