"""The Celery application: three queues, messages that are only a wake-up.

The database row is the truth; a message lost, doubled or late changes nothing. Tasks are acknowledged late so that
a killed worker's message comes back, and the scheduler picks up rows whose worker died.
"""

import logging.config
import os
import time
from typing import Any

from celery import Celery, signals
from celery.worker import state
from django.conf import settings

from coaching.lib import heartbeats, logs, pdf_fonts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coaching.settings")

app = Celery("classcrew")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

QUEUES = ("dfs", "default", "judge")
logger = logging.getLogger("coaching.worker")
_started: dict[str, float] = {}
_this: dict[str, Any] = {}


@signals.setup_logging.connect
def _log_like_the_site(**_kwargs: Any) -> None:
    """A receiver here keeps Celery from setting up logging of its own, so worker and site write the same lines."""
    logging.config.dictConfig(settings.LOGGING)


@signals.before_task_publish.connect
def _carry_request(headers: dict[str, Any], **_kwargs: Any) -> None:
    """Send along which request asked, so that its lines and the task's can be read together."""
    headers["request_id"] = logs.request_id.get()


@signals.task_prerun.connect
def _note_start(task_id: str, task: Any, **_kwargs: Any) -> None:
    asked_by = getattr(task.request, "request_id", "-")
    logs.request_id.set(task_id if asked_by == "-" else asked_by)
    _started[task_id] = time.monotonic()


@signals.task_postrun.connect
def _log_task(task_id: str, task: Any, **kwargs: Any) -> None:
    """One line per task, as the site writes one per request. Arguments are left out: they may name people."""
    took_ms = round((time.monotonic() - _started.pop(task_id, time.monotonic())) * 1000)
    fields = {"task": task.name, "task_id": task_id, "state": kwargs.get("state"), "ms": took_ms}
    logger.info("task %s %s %s ms", task.name, kwargs.get("state"), took_ms, extra={"fields": fields})


@signals.worker_ready.connect
def _make_fonts(sender: Any, **_kwargs: Any) -> None:
    """Have the fonts of documents ready before somebody asks for one. A judge's worker has another DATA_DIR."""
    if "default" in sender.app.amqp.queues.consume_from and not pdf_fonts.are_made():
        sender.app.send_task("coaching.tasks.make_fonts", ignore_result=True)


@signals.worker_init.connect
def _begin_judging(sender: Any, **_kwargs: Any) -> None:
    """Before the processes of its pool are forked, which then know how many they are."""
    from exams.judge import hosts

    hosts.begin(runners=sender.concurrency or 1)


@signals.worker_ready.connect
def _judge_what_waits(sender: Any, **_kwargs: Any) -> None:
    """See first whether programs can be judged here; then what a worker that died has left is taken up at once."""
    from exams.judge import queue

    if "judge" in sender.app.amqp.queues.consume_from:
        queue.awake()
        queue.wake()


@signals.worker_shutting_down.connect
def _judge_no_more(**_kwargs: Any) -> None:
    """The program in hand is judged, no further one."""
    from exams.judge import judging

    judging.stop()


@signals.worker_ready.connect
@signals.heartbeat_sent.connect
def _say_alive(sender: Any, **_kwargs: Any) -> None:
    """Repeat this worker's sign of life, and bring back its scheduler if that process died."""
    # `worker_ready` is sent by the consumer; the Heart behind `heartbeat_sent` does not know its worker.
    worker = getattr(sender, "controller", None) or _this.get("worker")
    if worker is None:
        return
    _this["worker"] = worker
    scheduler = getattr(worker, "beat", None)
    try:
        heartbeats.record(
            worker.hostname,
            queues=sorted(queue.name for queue in worker.app.amqp.queues.consume_from.values()),
            pid=os.getpid(),
            is_scheduler=scheduler is not None,
        )
    except Exception as error:  # the broker is the same server: Celery reconnects by itself, the next sign will arrive
        logger.warning("The worker's sign of life could not be noted: %s", error)
    if scheduler is not None and hasattr(scheduler, "exitcode") and scheduler.exitcode is not None:
        logger.error("The scheduler process died with %s; the worker ends to be started again.", scheduler.exitcode)
        vars(state)["should_stop"] = 1  # the exit status


@signals.worker_shutdown.connect
def _say_goodbye(sender: Any, **_kwargs: Any) -> None:
    """Be forgotten at once. Not at `worker_shutting_down`: the heart beats once more after that."""
    try:
        heartbeats.forget(sender.hostname)
    except Exception as error:
        logger.warning("The worker's sign of life lapses by itself: %s", error)
