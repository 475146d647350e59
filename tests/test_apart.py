"""What is left out beside the servers could not have used them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache

from tests import apart
from tests.services.__main__ import SELECTION


@pytest.mark.apart
def test_a_marked_test_finds_servers_that_are_nowhere_and_a_cache_that_refuses():
    assert {name: os.environ[name] for name in apart.NOWHERE} == apart.NOWHERE
    for use in (lambda: cache.get("a"), lambda: cache.set("a", 1), lambda: cache.incr("a"), lambda: cache.has_key("a")):
        with pytest.raises(AssertionError, match="not the same beside every server"):
            use()


@pytest.mark.apart
def test_a_process_that_a_marked_test_leaves_on_the_servers_gets_nowhere(project_dir: Path, tmp_path: Path):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "CLASSCREW_TEST_DATA_DIR": str(tmp_path)}
    told = "from django.conf import settings as s; print(s.DATABASES['default']['NAME'], s.REDIS_URL)"
    command = [sys.executable, "-c", told]
    done = subprocess.run(command, cwd=project_dir, env=environment, capture_output=True, text=True)
    database, redis = done.stdout.split()
    assert database == "nowhere", done.stderr
    assert redis.startswith(apart.NOWHERE["REDIS_URL"])  # each of pytest's processes asks for a number of its own


@pytest.mark.parametrize("asks", ["db", "transactional_db", "mark"])
def test_a_marked_test_that_asks_for_the_database_is_refused(request: pytest.FixtureRequest, asks: str):
    marked = pytest.Function.from_parent(request.node.parent, name="some_test", callobj=lambda: None)
    marked.add_marker(pytest.mark.apart)
    apart.refuse_the_database([marked])
    if asks == "mark":
        marked.add_marker(pytest.mark.django_db)
    else:
        marked.fixturenames.append(asks)
    with pytest.raises(pytest.UsageError, match="asks for the database"):
        apart.refuse_the_database([marked])


def test_only_they_walks_and_proofs_are_left_out_beside_the_servers():
    assert f"not browser and not proof and not {apart.MARK}" == SELECTION
