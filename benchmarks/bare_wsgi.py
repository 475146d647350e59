"""The plain application of `bare_autosave` as a server loads it, on the product's database."""

import django
from django.conf import settings

django.setup(set_prefix=False)

from benchmarks import bare_autosave, bare_dashboard  # noqa: E402

settings.AUTHENTICATION_BACKENDS.append(bare_dashboard.BACKEND)
application = bare_autosave.application()
