"""`manage.py worker`: a Celery worker with this project's queues."""

import argparse
import os
import socket
import sys
import warnings
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.keys import verify_master_keys
from coaching.celery import QUEUES, app
from coaching.lib import heartbeats

JUDGE_TASKS_PER_CHILD = 200
"""A task of the judge is up to a minute of programs."""


class Command(BaseCommand):
    """Start a worker and stay until it is told to stop (SIGTERM: after the task in hand)."""

    help = "Run a Celery worker. Several may run; of several schedulers one acts and the others stand by."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--queues", default=",".join(QUEUES), help=f"comma separated, of {', '.join(QUEUES)}")
        parser.add_argument("--scheduler", action="store_true", help="also send the tasks that run by the clock")
        parser.add_argument(
            "--alive", action="store_true", help="only say whether a worker of this machine is heard of (exit 0 or 1)"
        )
        parser.add_argument(
            "--concurrency", type=int, help="tasks at a time (2; of a worker that only judges, one less than cores)"
        )
        parser.add_argument("--nice", type=int, default=0, help="give way to others, from 0 (not) to 19 (to everybody)")

    def handle(self, **options: Any) -> None:
        if options["alive"]:
            self._say_alive()
            return
        queues = [queue.strip() for queue in options["queues"].split(",") if queue.strip()]
        unknown = sorted(set(queues) - set(QUEUES))
        if unknown or not queues:
            asked, names = ", ".join(unknown) or "nothing", ", ".join(QUEUES)
            raise CommandError(f"--queues takes some of {names}, not {asked}.", returncode=2)
        concurrency = usual_concurrency(queues) if options["concurrency"] is None else options["concurrency"]
        if concurrency < 1:
            raise CommandError("--concurrency must be at least 1.", returncode=2)
        if not 0 <= options["nice"] <= 19:
            raise CommandError("--nice must be from 0 to 19.", returncode=2)
        if options["scheduler"] and sys.platform == "win32":
            raise CommandError("On Windows the scheduler is a process of its own; see start_worker.bat.", returncode=2)
        verify_master_keys()
        # Celery warns a root worker of pickled messages; only JSON is accepted here.
        warnings.filterwarnings("ignore", message="You're running the worker with superuser", category=UserWarning)
        if options["nice"] and hasattr(os, "nice"):
            os.nice(options["nice"])
        app.worker_main(worker_arguments(queues, concurrency, is_scheduler=options["scheduler"]))

    def _say_alive(self) -> None:
        """For health checks. Raises: CommandError with status 1 when no worker of this machine is heard of."""
        here = [beat for beat in heartbeats.alive() if beat.hostname.endswith(f"@{socket.gethostname()}")]
        if not here:
            raise CommandError("No worker of this machine is heard of.", returncode=1)
        for beat in here:
            self.stdout.write(f"{beat.hostname} {' '.join(beat.queues)} {beat.at:%H:%M:%S}")


def usual_concurrency(queues: list[str]) -> int:
    """A core is left to others: programs take all of theirs."""
    return max(1, (os.cpu_count() or 2) - 1) if queues == ["judge"] else 2


def worker_arguments(queues: list[str], concurrency: int, *, is_scheduler: bool) -> list[str]:
    """The arguments of `celery worker`. Gossip and mingle only make noise: workers here never talk to each other."""
    arguments = [
        "--quiet",
        "worker",
        "--queues",
        ",".join(queues),
        "--concurrency",
        str(concurrency),
        "--loglevel",
        "INFO",
    ]
    # Each worker needs a name of its own, also beside another one on the same machine.
    arguments += ["--hostname", f"{'-'.join(queues)}-{os.getpid()}@{socket.gethostname()}"]
    arguments += ["--without-gossip", "--without-mingle", "--heartbeat-interval", str(heartbeats.INTERVAL_S)]
    arguments += ["--pool", "threads" if sys.platform == "win32" else "prefork"]
    if queues == ["judge"]:
        arguments += ["--max-tasks-per-child", str(JUDGE_TASKS_PER_CHILD)]
    if is_scheduler:
        arguments += ["--beat", "--scheduler", "coaching.schedule:LeasedScheduler"]
    return arguments
