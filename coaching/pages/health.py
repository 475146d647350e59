"""Two questions a machine asks: is the process up, and may it be sent requests."""

import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from accounts.access import public
from coaching.lib import heartbeats

logger = logging.getLogger(__name__)

FREE_BYTES = 200 * 1024 * 1024
_migrations_seen: set[str] = set()


class NotReadyError(Exception):
    """One check's refusal, in a few words that tell an outsider nothing."""


@public
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks nobody."""
    return JsonResponse({"status": "ok"})


@public
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when everything a request needs is there, else 503; `checks` names what is missing.

    Without a worker pages still work and uploads wait, so its absence is told and does not refuse.
    """
    checks: dict[str, str] = {}
    for name, check in CHECKS.items():
        is_pointless = check is _check_migrations and checks["database"] != "ok"  # it would wait as long again
        checks[name] = "unknown" if is_pointless else _result(check)
    is_ready = all(result == "ok" for result in checks.values())
    answer = {"status": "ok" if is_ready else "unready", "checks": checks, "worker": _worker()}
    return JsonResponse(answer, status=200 if is_ready else 503)


def _result(check: Callable[[], None]) -> str:
    try:
        check()
    except NotReadyError as error:
        return str(error)
    except Exception:
        logger.exception("A readiness check failed")
        return "failed"
    return "ok"


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_migrations() -> None:
    """Once applied they stay so: the answer yes is kept, reading the plan costs fifty times the rest."""
    database = str(connection.settings_dict["NAME"])
    if database in _migrations_seen:
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReadyError("behind")
    _migrations_seen.add(database)


def forget_answers() -> None:
    """For tests, which change what is applied."""
    _migrations_seen.clear()


def _check_redis() -> None:
    """Write and read back: a cache that is full or read-only answers a ping all the same."""
    key, token = f"readyz:{os.getpid()}", os.urandom(8).hex()
    cache.set(key, token, 30)
    if cache.get(key) != token:
        raise NotReadyError("forgetful")


def _check_data_dir() -> None:
    directory = Path(settings.DATA_DIR)
    with tempfile.TemporaryFile(dir=directory) as file:
        file.write(b"x")
        file.flush()
    if shutil.disk_usage(directory).free < FREE_BYTES:
        raise NotReadyError("low on space")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _check_database,
    "migrations": _check_migrations,
    "redis": _check_redis,
    "data_dir": _check_data_dir,
}


def _worker() -> str:
    """Whether any worker gave a sign of life within its last half minute."""
    try:
        return "ok" if heartbeats.alive() else "absent"
    except Exception:  # the same server as the cache, which has its own check
        return "unknown"
