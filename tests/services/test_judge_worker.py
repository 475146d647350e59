"""Programs judged by a real Celery worker: woken by the hand-in, killed in the middle, each judged once."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from coaching.lib import heartbeats
from exams.judge import hosts
from exams.models import CodeSubmission, JudgeHost, Judgement
from exams.models.judging import JudgeState
from tests.exams import coded, judge_rows
from tests.exams.judge_rows import a_question, an_attempt, crowd
from tests.exams.sandbox.programs import require_sandbox
from tests.services.conftest import wait_for

pytestmark = [pytest.mark.services, pytest.mark.timeout(900)]

StartWorker = Callable[..., "subprocess.Popen[bytes]"]
SLEEPER = "import time\ntime.sleep(2)\n" + coded.ADD
CASES = [coded.sample("2 3", "5"), coded.Case("1 1", "2")]


@pytest.fixture(autouse=True)
def _need_a_sandbox() -> None:
    require_sandbox()


def judging_worker(start_worker: StartWorker, *more: str) -> "subprocess.Popen[bytes]":
    """A worker that has withstood its own attack."""
    began = timezone.now()
    worker = start_worker("--queues", "judge", *more)
    wait_for(lambda: JudgeHost.objects.filter(works=True, probed_at__gte=began).exists(), of=worker)
    hosts.forget()
    return worker


def submitted(source: str = SLEEPER) -> CodeSubmission:
    question = a_question(tests=CASES)
    with transaction.atomic():
        return judge_rows.submit(an_attempt(question), question, source)


def is_in(state: str) -> Callable[[], bool]:
    return lambda: Judgement.objects.filter(state=state).exists()


def helpers() -> list[int]:
    """Processes that run programs, of whatever worker."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(one.endswith(b"exams/sandbox/__main__.py") for one in words):
            found.append(int(entry.name))
    return found


def test_a_program_is_judged_as_soon_as_it_is_submitted(start_worker: StartWorker, worker_log: Path) -> None:
    worker = judging_worker(start_worker)
    assert [beat.queues for beat in heartbeats.alive("judge")] == [["judge"]]
    made = submitted(coded.ADD)
    wait_for(is_in(JudgeState.COMPLETE), of=worker)  # no scheduler runs that would look by itself
    made.refresh_from_db()
    assert (made.judgement.verdict, made.judgement.tries) == ("AC", 1)
    lines = [json.loads(line) for line in worker_log.read_text().splitlines() if line.startswith("{")]
    assert any(line.get("task") == "exams.tasks.judge_next" for line in lines)


def test_a_worker_killed_in_the_middle_leaves_nothing_running_and_the_next_one_judges_it(
    start_worker: StartWorker,
) -> None:
    worker = judging_worker(start_worker)
    made = submitted()
    wait_for(is_in(JudgeState.RUNNING), of=worker)
    wait_for(lambda: bool(helpers()), of=worker)
    mine = set(helpers())
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    wait_for(lambda: not mine & set(helpers()))
    assert Judgement.objects.get().state == JudgeState.RUNNING

    judging_worker(start_worker)
    wait_for(is_in(JudgeState.COMPLETE))
    made.refresh_from_db()
    row = Judgement.objects.get()
    assert (row.verdict, row.tries, row.done_count, made.judgement) == ("AC", 2, 2, row)


def test_a_process_of_a_worker_killed_in_the_middle_is_replaced_and_the_program_judged(
    start_worker: StartWorker,
) -> None:
    worker = judging_worker(start_worker)
    submitted()
    wait_for(is_in(JudgeState.RUNNING), of=worker)
    process = int(Judgement.objects.get().host.split(":")[-2])
    assert process != worker.pid
    os.kill(process, signal.SIGKILL)
    wait_for(is_in(JudgeState.COMPLETE), of=worker)
    row = Judgement.objects.get()
    assert (row.verdict, row.tries) == ("AC", 2)


def test_a_worker_told_to_stop_ends_the_program_in_hand_and_begins_no_other(start_worker: StartWorker) -> None:
    worker = judging_worker(start_worker)
    question = a_question(tests=CASES)
    for student in crowd(3):
        with transaction.atomic():
            judge_rows.submit(an_attempt(question, student), question, SLEEPER)
    wait_for(is_in(JudgeState.RUNNING), of=worker)
    worker.terminate()
    assert worker.wait(60) == 0
    states = list(Judgement.objects.order_by("pk").values_list("state", "tries"))
    assert states == [(JudgeState.COMPLETE, 1), (JudgeState.PENDING, 0), (JudgeState.PENDING, 0)]


def test_two_processes_share_what_waits(start_worker: StartWorker) -> None:
    question = a_question(tests=CASES[:1])
    judge_rows.a_host()
    for student in crowd(6):
        with transaction.atomic():
            judge_rows.submit(an_attempt(question, student), question, SLEEPER)
    judging_worker(start_worker, "--concurrency", "2")
    wait_for(lambda: Judgement.objects.filter(state=JudgeState.COMPLETE).count() == 6)
    rows = list(Judgement.objects.values_list("host", "tries"))
    assert len({host for host, _tries in rows}) == 2
    assert {tries for _host, tries in rows} == {1}
    assert JudgeHost.objects.get(name=hosts.own_name()).runners == 2
