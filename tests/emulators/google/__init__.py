"""Google as far as the store meets it: OAuth 2.0 with OpenID Connect, and the application data folder of Drive v3.

    with GoogleEmulator() as google:
        meera = google.account("meera@example.org", limit_bytes=15 * 10**9)
        settings.update(google.settings)            # GOOGLE_API_ROOT, GOOGLE_TOKEN_URL, ...
        google.plan.add("put", Refuse(503), nth=2)  # the second upload of bytes is refused
        google.clock.advance(3600)                  # tokens, sessions and quotas live by this clock

`python -m tests.emulators.google` serves it by hand. Behaviour follows the static discovery document of Drive v3 (in
google-api-python-client), Google's guides on uploads, application data, generated ids, limits, errors and OAuth for
web servers, and the facts measured in the store's reference; where Google's own behaviour is not known, the docstring
of the place says what was chosen. rclone's Drive backend drives it in the tests: a client nobody here wrote agrees.

Where to start reading: `emulator` (what a test holds), `faults` (what can go wrong), `wire` (a request's way), then
`oauth`, `files` and `uploads`.
"""

from tests.emulators.google.accounts import Account, StoredFile
from tests.emulators.google.emulator import GoogleEmulator
from tests.emulators.google.faults import (
    Delay,
    Drop,
    EndSession,
    Flip,
    Hide,
    IgnoreRange,
    Keep,
    Mangle,
    Omit,
    Refuse,
    Replace,
    Truncate,
)

__all__ = [
    "Account",
    "Delay",
    "Drop",
    "EndSession",
    "Flip",
    "GoogleEmulator",
    "Hide",
    "IgnoreRange",
    "Keep",
    "Mangle",
    "Omit",
    "Refuse",
    "Replace",
    "StoredFile",
    "Truncate",
]
