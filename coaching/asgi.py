"""What the web server runs: `coaching.asgi:application`, pages and streams on one port."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coaching.settings")
django.setup(set_prefix=False)

from accounts.keys import verify_master_keys  # noqa: E402 - needs the settings
from coaching.front import Front  # noqa: E402

application = Front(verify_master_keys)
