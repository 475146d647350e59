"""The WSGI application alone: what `coaching.asgi` hands pages to, for a server that needs no streams."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coaching.settings")
django.setup(set_prefix=False)

from coaching.handlers import PageHandler  # noqa: E402 - needs the settings

application = PageHandler()
