"""Where a message to be shown on the next page waits: in a cookie named like the others, the rest in the session."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookieStorage(CookieStorage):
    """Django's own under MESSAGE_COOKIE_NAME, which has the `__Host-` prefix under HTTPS."""

    cookie_name = settings.MESSAGE_COOKIE_NAME


class NoteStorage(FallbackStorage):
    """The cookie first, so that somebody who is not signed in gets no session for a message."""

    storage_classes = (HostCookieStorage, SessionStorage)
