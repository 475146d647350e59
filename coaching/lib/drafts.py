"""A file between its upload and what is done with it: sealed, in the shared cache, for two hours, for one person only.

It is never written to a disk of ours in the clear, and the browser holds nothing but its number.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from coaching.lib.sealing import SealBroken, ring

LIVES_S = 2 * 3600


@dataclass(frozen=True, slots=True)
class Drafts:
    """Those of one `purpose`, which the seal is bound to; `prefix` parts them from others in the cache."""

    purpose: str
    prefix: str

    def keep(self, content: bytes, *, owners: tuple[uuid.UUID, ...], number: uuid.UUID | None = None) -> uuid.UUID:
        """Keep it under a new number, or in place of what `number` holds. `owners`: whoever and whatever it is for."""
        number = number or uuid.uuid4()
        token = ring().seal(self.purpose, content, context=_context(number, owners))
        cache.set(self._key(number), token, LIVES_S)
        return number

    def load(self, number: uuid.UUID, *, owners: tuple[uuid.UUID, ...]) -> bytes | None:
        """What was kept, None when it is not there any more or another owner's."""
        token = cache.get(self._key(number))
        try:
            return ring().open(self.purpose, token, context=_context(number, owners)) if token else None
        except SealBroken:
            return None

    def keep_file(
        self, content: bytes, how: Mapping[str, Any], *, owners: tuple[uuid.UUID, ...], number: uuid.UUID | None = None
    ) -> uuid.UUID:
        """A file with how it is to be read, which JSON can hold."""
        return self.keep(json.dumps(how).encode() + b"\0" + content, owners=owners, number=number)

    def load_file(self, number: uuid.UUID, *, owners: tuple[uuid.UUID, ...]) -> tuple[bytes, dict[str, Any]] | None:
        """What `keep_file` kept, None as `load` says."""
        plain = self.load(number, owners=owners)
        if plain is None:
            return None
        how, _zero, content = plain.partition(b"\0")
        return content, json.loads(how)

    def _key(self, number: uuid.UUID) -> str:
        return f"{self.prefix}:{number}"


def _context(number: uuid.UUID, owners: tuple[uuid.UUID, ...]) -> bytes:
    return " ".join(str(one) for one in (number, *owners)).encode()
