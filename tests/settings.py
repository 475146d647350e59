"""The project's settings for a test run: a data directory of its own, secrets of its own, no server needed.

`make test-services` sets DATABASE_URL and REDIS_URL; then those are used as they are.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_data_dir = os.environ.get("CLASSCREW_TEST_DATA_DIR") or tempfile.mkdtemp(prefix="classcrew-test-")
if "CLASSCREW_TEST_DATA_DIR" not in os.environ:
    atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)
os.environ["DATA_DIR"] = _data_dir
Path(_data_dir, "static").mkdir(exist_ok=True)  # WhiteNoise warns when it is missing
os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 50)
os.environ.setdefault("CLASSCREW_MASTER_KEYS", "t1:" + "dGVzdHMtb25seS1tYXN0ZXIta2V5LTMyLWJ5dGVzISE=")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("DFS_CHUNK_BYTES", str(1024 * 1024))
_lane = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if os.environ.get("REDIS_URL") and _lane:  # test processes side by side: each its own database, as on PostgreSQL
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL']}/{int(_lane) + 1}"

from coaching.settings import *  # noqa: E402, F403
from coaching.settings import BASE_DIR, DATABASES, IS_VALKEY_EMBEDDED  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # a file, so that threads and other processes see the rows
    DATABASES["default"]["TEST"] = {"NAME": str(Path(_data_dir) / "test.sqlite3")}

WHITENOISE_USE_FINDERS = True
JUDGE_CACHE_DIR = BASE_DIR / "var" / "test-judge"
FONTS_DIR = BASE_DIR / "var" / "test-fonts"  # made once for all runs and all processes of one
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if IS_VALKEY_EMBEDDED:  # one process: its own memory is a shared cache, and tasks run where they are sent
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CELERY_TASK_ALWAYS_EAGER = False
    CELERY_BROKER_URL = "memory://"
