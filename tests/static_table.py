"""Looks for the static files once a process, not once a test client. Importing this module is enough.

Each `Client` builds the middleware anew, and WhiteNoise then looks at every static file there is: that took longer than
the page it was asked for. A server builds it once, so nothing of the site is left out.
"""

from typing import Any

from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware

_look_for_all = WhiteNoiseMiddleware.add_files_from_finders
_found: dict[tuple[Any, ...], dict[str, Any]] = {}


def _look_once(self: Any) -> None:
    where = (self.static_prefix, self.max_age, *settings.STATICFILES_DIRS)
    if where not in _found:
        known = dict(self.files)
        _look_for_all(self)
        _found[where] = {url: file for url, file in self.files.items() if url not in known}
    self.files.update(_found[where])


WhiteNoiseMiddleware.add_files_from_finders = _look_once
