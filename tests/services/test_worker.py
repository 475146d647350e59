"""What a real worker does that an in-process call cannot show: taking messages, being heard of, dying, taking over."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import redis
from django.core.cache import cache

from coaching.celery import app
from coaching.lib import heartbeats, logs
from coaching.schedule import LEASE_S
from tests.services.conftest import wait_for
from tests.services.servers import START_S, STOP_S

pytestmark = [pytest.mark.services, pytest.mark.timeout(900)]

StartWorker = Callable[..., "subprocess.Popen[bytes]"]


def test_worker_is_heard_of_with_its_queues(start_worker: StartWorker) -> None:
    start_worker("--queues", "dfs,default")

    (beat,) = heartbeats.alive()
    assert beat.queues == ["default", "dfs"]
    assert not beat.is_scheduler
    assert heartbeats.alive("judge") == []


def test_task_writes_the_id_of_the_request_that_sent_it(start_worker: StartWorker, worker_log: Path) -> None:
    start_worker()
    token = logs.request_id.set("0123456789abcdef")
    app.send_task("celery.backend_cleanup", queue="default")
    logs.request_id.reset(token)

    wait_for(lambda: bool(lines_of(worker_log, "celery.backend_cleanup")))
    (line,) = lines_of(worker_log, "celery.backend_cleanup")
    assert line["request_id"] == "0123456789abcdef"
    assert line["state"] == "SUCCESS"


def test_stopped_worker_is_forgotten(start_worker: StartWorker) -> None:
    worker = start_worker()
    worker.terminate()
    assert worker.wait(STOP_S) == 0

    assert heartbeats.alive() == []


def test_message_sent_while_no_worker_runs_is_taken_later(start_worker: StartWorker) -> None:
    with app.connection_for_write() as connection:
        app.send_task("celery.backend_cleanup", queue="default", connection=connection)

    assert waiting("default") == 1

    start_worker()
    wait_for(lambda: waiting("default") == 0)


def test_of_two_schedulers_one_acts_and_the_other_takes_over(start_worker: StartWorker) -> None:
    first = start_worker("--scheduler")
    wait_for(lambda: cache.get("scheduler-lease") is not None)
    holder = cache.get("scheduler-lease")
    second = start_worker("--scheduler")
    assert second.poll() is None
    assert cache.get("scheduler-lease") == holder

    os.killpg(first.pid, signal.SIGKILL)
    wait_for(lambda: cache.get("scheduler-lease") not in {None, holder}, within_s=LEASE_S + START_S)


def lines_of(log: Path, task: str) -> list[dict[str, Any]]:
    """What the workers wrote about a task that ended; not the line that is just being written."""
    whole = [line for line in log.read_text().splitlines(keepends=True) if line.startswith("{") and line.endswith("\n")]
    return [line for line in map(json.loads, whole) if line.get("task") == task]


def waiting(queue: str) -> int:
    """Messages in the queue that no worker has taken."""
    prefix = app.conf.broker_transport_options["global_keyprefix"]
    with redis.Redis.from_url(app.conf.broker_url) as client:
        return int(cast(int, client.llen(f"{prefix}{queue}")))
