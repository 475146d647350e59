"""Prints the session cookie of the demo's admin, after giving him twenty-five files. Run by `benchmarks.pages`."""

import django
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

django.setup(set_prefix=False)

from accounts.models import Role, User  # noqa: E402
from dfs.models import StoredFile  # noqa: E402


def main() -> None:
    admin = User.objects.filter(role=Role.ADMIN).order_by("pk")[0]
    StoredFile.objects.bulk_create(
        StoredFile(
            name=f"Chapter {number}, notes and exercises.pdf",
            size_bytes=1_000_000 + number,
            crc32=0,
            purpose=StoredFile.MINE,
            owner=admin,
            chunk_bytes=settings.DFS_CHUNK_BYTES,
            segment_bytes=65536,
        )
        for number in range(25)
    )
    session = SessionStore()
    session[SESSION_KEY] = str(admin.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = admin.get_session_auth_hash()
    session.save()
    print(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")


if __name__ == "__main__":
    main()
