"""What a load balancer and a container's health check are told."""

import shutil

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db.migrations.recorder import MigrationRecorder

from coaching.lib import heartbeats
from coaching.pages import health


@pytest.fixture(autouse=True)
def _fresh():
    health.forget_answers()
    cache.clear()
    yield
    cache.clear()


def test_health_asks_no_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_everything_is_there(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"] == dict.fromkeys(["database", "migrations", "redis", "data_dir"], "ok")


@pytest.mark.django_db
def test_missing_worker_is_told_and_does_not_refuse(client):
    assert client.get("/readyz").json()["worker"] == "absent"
    heartbeats.record("w1@here", queues=["dfs"], pid=1, is_scheduler=False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (200, "ok")


@pytest.mark.django_db
def test_unapplied_migration_is_not_ready(client):
    MigrationRecorder.Migration.objects.filter(app="accounts").delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, "behind")


@pytest.mark.django_db
def test_unreachable_redis_is_not_ready(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 1},
        }
    }
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["redis"]) == (503, "failed")
    assert answer.json()["worker"] == "unknown"
    assert "127.0.0.1" not in answer.content.decode()


@pytest.mark.django_db
def test_missing_data_directory_is_not_ready(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["data_dir"]) == (503, "failed")


@pytest.mark.django_db
def test_little_space_is_not_ready(client, monkeypatch):
    free = shutil.disk_usage(settings.DATA_DIR).free
    monkeypatch.setattr(health, "FREE_BYTES", free * 2)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["data_dir"]) == (503, "low on space")


def test_database_that_does_not_answer_is_not_ready(client, django_db_blocker):
    """The test's own guard refuses the query, as a broken database would."""
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, "failed")
