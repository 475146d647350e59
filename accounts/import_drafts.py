"""A file of people between its upload and its import, with how it is to be read and what was put right in it."""

import uuid
from dataclasses import asdict

from accounts.import_plans import Mode, Source
from accounts.models import Role, User
from coaching.lib.drafts import Drafts

_DRAFTS = Drafts("import", "people-import")


def keep(source: Source, *, actor: User, draft: uuid.UUID | None = None) -> uuid.UUID:
    """Keep a file, or what was put right in one that is kept already; answers its number."""
    how = {name: value for name, value in asdict(source).items() if name != "content"}
    return _DRAFTS.keep_file(source.content, how, owners=(actor.uuid,), number=draft)


def load(draft: uuid.UUID, *, actor: User) -> Source | None:
    """The file, None when it is not there any more or another admin's."""
    found = _DRAFTS.load_file(draft, owners=(actor.uuid,))
    if found is None:
        return None
    content, how = found
    fixes = {int(line): cells for line, cells in how["fixes"].items()}
    return Source(content, how["file_name"], Mode(how["mode"]), Role(how["role"]), fixes)
