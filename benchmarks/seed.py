"""Prints the session cookie of the demo's admin, after giving him twenty-five files. Run by `benchmarks.pages`."""

import django
from django.conf import settings
from django.test import Client

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
    browser = Client()
    browser.force_login(admin)  # whatever else signing in leaves behind is there
    print(f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}")


if __name__ == "__main__":
    main()
