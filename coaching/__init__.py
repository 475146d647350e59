"""The site: settings, routes, composed pages and operator commands.

This is the top floor. `coaching.urls`, `coaching.pages`, `coaching.celery` and `coaching.management` see every
app; `coaching.lib` is the ground floor and imports no app. Start reading at `settings.py`, then `urls.py`.
"""

import sys

try:  # Debian's SQLite still has the WAL-reset bug; the wheel's is newer. Must happen before Django looks for sqlite3.
    import pysqlite3
except ImportError:  # no wheel for this platform: the standard library's SQLite serves
    pass
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
