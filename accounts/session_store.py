"""The session engine: rows in the database under the hash of their key, each followed by its slot.

The cookie holds the key, the table only its hash, so that a copy of the database lets nobody in. A slot takes the new
key when a session's key is cycled, and ends when its session is deleted, whoever deletes it.
"""

import hashlib
from datetime import datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from coaching.lib.statements import written_once

KEY_HASH_CHARS = 40  # 160 bits, what the table's key column holds


def hash_key(session_key: str) -> str:
    """What stands in the table for a session key."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:KEY_HASH_CHARS]


class SessionStore(db.SessionStore):
    """Django's database sessions with hashed keys."""

    def load(self) -> dict[str, Any]:
        row = self._live_row()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row.session_data)

    async def aload(self) -> dict[str, Any]:
        return await sync_to_async(self.load)()

    def exists(self, session_key: str) -> bool:
        return super().exists(hash_key(session_key))

    async def aexists(self, session_key: str) -> bool:
        return await super().aexists(hash_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        return self._hashed(super().create_model_instance(data))

    async def acreate_model_instance(self, data: dict[str, Any]) -> Any:
        return self._hashed(await super().acreate_model_instance(data))

    def delete(self, session_key: str | None = None) -> None:
        """Sign the session's browser out."""
        key = session_key or self.session_key
        if key is None:
            return
        from accounts.models import SessionSlot  # the engine is loaded before the models are

        with transaction.atomic():
            SessionSlot.objects.filter(key_hash=hash_key(key), ended_at=None).update(
                ended_at=timezone.now(), end_reason=SessionSlot.EndReason.LOGOUT
            )
            self.model.objects.filter(session_key=hash_key(key)).delete()

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)

    def cycle_key(self) -> None:
        """A new key for the same session; its slot goes along."""
        from accounts.models import SessionSlot

        kept, before = self._get_session(), self.session_key  # type: ignore[attr-defined]  # the stubs leave it out
        with transaction.atomic():
            self.create()
            self._session_cache = kept
            if before:
                SessionSlot.objects.filter(key_hash=hash_key(before)).update(key_hash=hash_key(str(self.session_key)))
                self.delete(before)

    async def acycle_key(self) -> None:
        await sync_to_async(self.cycle_key)()

    def _live_row(self) -> Any:
        if not self.session_key:
            return None
        rows = _live(self.model, key=hash_key(self.session_key), now=timezone.now())
        return rows[0] if rows else None

    @staticmethod
    def _hashed(row: Any) -> Any:
        row.session_key = hash_key(row.session_key)
        return row


@written_once
def _live(model: type[AbstractBaseSession], *, key: str, now: datetime) -> QuerySet[AbstractBaseSession]:
    return model._default_manager.filter(session_key=key, expire_date__gt=now)
