"""A file of people between its upload and its import: sealed, in the shared cache, for two hours, for one admin only.

It is never written to a disk of ours in the clear, and the browser holds nothing but its number.
"""

import json
import uuid
from dataclasses import asdict

from django.core.cache import cache

from accounts.import_plans import Mode, Source
from accounts.models import Role, User
from coaching.lib.sealing import SealBroken, ring

LIVES_S = 2 * 3600
_PURPOSE = "import"


def keep(source: Source, *, actor: User, draft: uuid.UUID | None = None) -> uuid.UUID:
    """Keep a file, or what was put right in one that is kept already; answers its number."""
    number = draft or uuid.uuid4()
    how = {name: value for name, value in asdict(source).items() if name != "content"}
    token = ring().seal(_PURPOSE, json.dumps(how).encode() + b"\0" + source.content, context=_context(number, actor))
    cache.set(_key(number), token, timeout=LIVES_S)
    return number


def load(draft: uuid.UUID, *, actor: User) -> Source | None:
    """The file, None when it is not there any more or another admin's."""
    token = cache.get(_key(draft))
    if token is None:
        return None
    try:
        plain = ring().open(_PURPOSE, token, context=_context(draft, actor))
    except SealBroken:
        return None
    told, _zero, content = plain.partition(b"\0")
    how = json.loads(told)
    fixes = {int(line): cells for line, cells in how["fixes"].items()}
    return Source(content, how["file_name"], Mode(how["mode"]), Role(how["role"]), fixes)


def _key(draft: uuid.UUID) -> str:
    return f"people-import:{draft}"


def _context(draft: uuid.UUID, actor: User) -> bytes:
    return f"{draft} {actor.uuid}".encode()
