"""From a row of the queue through the sandbox and back: what is judged by what, and what is written down of it."""

import json
from functools import cache

import pytest
from django.utils import timezone

from exams.judge import hosts, judging, queue
from exams.judge.jobs import job_of
from exams.judge.said import submission_json
from exams.models import CodeSuite, JudgeHost, Judgement
from exams.models.judging import JudgeState
from exams.sandbox import probe
from exams.sandbox.protocol import Finding, Probed
from tests.exams import coded, judge_rows
from tests.exams.coded import Case, sample
from tests.exams.judge_rows import a_question, an_attempt, run, submit
from tests.exams.sandbox.programs import require_sandbox

pytestmark = pytest.mark.django_db

found = cache(probe.probe)
"""Of this machine, once."""


@pytest.fixture(autouse=True)
def _judge() -> None:
    require_sandbox()
    hosts.remember(found(), now=timezone.now())


def judged(submission):
    """As a worker does it; how it stands for its student."""
    assert judging.judge_one()
    submission.refresh_from_db()
    return submission_json(submission, for_staff=False, now=timezone.now())


def test_a_program_is_judged_on_all_tests():
    question = a_question()
    made = submit(an_attempt(question), question, "a, b = map(int, input().split())\nprint(min(a + b, 100))\n")
    said = judged(made)
    assert (said["verdict"], said["points"], said["most"], said["progress"]) == (
        "WA",
        "10",
        "20",
        {"done": 3, "total": 3},
    )
    assert [one["verdict"] for one in said["tests"]] == ["AC", "AC", "WA"]
    assert said["tests"][0]["stdout"] == "5\n"
    row = made.judgement
    assert (row.state, row.claim, row.host, row.test_count) == ("COMPLETE", None, hosts.own_process(), 3)
    assert row.cpu_ms > 0 < row.memory_bytes
    assert "stdout" not in row.tests[1]
    assert not judging.judge_one()


def test_what_does_not_compile_has_no_tests():
    question = a_question()
    said = judged(submit(an_attempt(question), question, "print('ok'\n"))
    assert (said["verdict"], said["points"], said["most"], said["tests"]) == ("CE", "0", "20", [])
    assert "main.py" in said["compiler_output"]


def test_a_run_is_on_samples_and_the_own_input_and_says_what_came_out():
    question = a_question()
    source = "import sys\nprint(sum(map(int, input().split())))\nprint('why \x1b[1m\u202e', file=sys.stderr)\n"
    said = judged(run(an_attempt(question), question, source, stdin="7 8 9\n"))
    sampled, own = said["tests"]
    assert (sampled["verdict"], sampled["stdout"], sampled["stderr"]) == ("AC", "5\n", "why ␛[1m·\n")
    assert (own["verdict"], own["stdin"], own["stdout"]) == ("OK", "7 8 9\n", "24\n")
    assert (said["verdict"], said["points"], said["most"]) == ("AC", None, None)


def test_without_samples_a_run_is_on_an_empty_input():
    question = a_question(tests=[Case("1", "1")])
    said = judged(run(an_attempt(question), question, "print('there')"))
    assert [(one["verdict"], one["stdout"], one["is_own"]) for one in said["tests"]] == [("OK", "there\n", True)]


def test_what_a_run_writes_is_cut_and_marked():
    question = a_question()
    said = judged(run(an_attempt(question), question, "print('ab' * 20000)"))
    assert len(said["tests"][0]["stdout"]) == 4096
    assert said["tests"][0]["is_cut"]


def test_all_or_nothing_stops_at_the_first_that_is_wrong():
    tests = [sample("1", "1"), *(Case(str(n), str(n), group="Large", rule="ALL") for n in (2, 3, 4))]
    question = a_question(tests=tests)
    said = judged(submit(an_attempt(question), question, "n = int(input())\nprint(n if n != 3 else 0)"))
    assert [one["verdict"] for one in said["tests"]] == ["AC", "AC", "WA", "SK"]
    assert (said["verdict"], said["points"]) == ("WA", "0")


def test_a_function_is_judged_within_the_authors_code():
    frames = {
        "py": {
            "before": "import sys\n",
            "start": "def add(a, b):\n    ",
            "after": "\nprint(add(*map(int, input().split())))\n",
        }
    }
    question = a_question(style=CodeSuite.Style.FUNCTION, frames=frames)
    said = judged(submit(an_attempt(question), question, "def add(a, b):\n    return a + b\n"))
    assert (said["verdict"], said["points"]) == ("AC", "20")


def test_an_own_checker_gives_parts_and_its_fault_costs_no_marks():
    source = "import sys\nprint('0.5 nearly' if 'sum' in sys.stdin.read() else 1)\n"
    fields = {"checker": "custom", "checker_language": "py", "checker_source": source}
    question = a_question(tests=[sample("1", "1"), Case("sum", "1", rule="ALL"), Case("2", "1", rule="ALL")], **fields)
    made = submit(an_attempt(question), question, "print(1)")
    said = judged(made)
    assert [one["verdict"] for one in said["tests"]] == ["AC", "PA", "AC"]
    assert (said["points"], said["tests"][0]["message"]) == ("10", "")
    CodeSuite.objects.update(checker_source="print('much')")
    broken = submit(an_attempt(question, judge_rows.crowd(1)[0]), question, "print(1)")
    Judgement.objects.filter(submission=broken).update(tries=1)
    for state in ("PENDING", "FAILED"):
        said = judged(broken)
        assert (said["state"], said["verdict"], said["points"]) == (state, None, None)
    assert "score" in Judgement.objects.get(submission=broken).detail


def test_solutions_of_the_author_are_run_on_all_tests_even_of_all_or_nothing():
    suite = coded.a_suite(tests=[Case(str(n), "1", rule="ALL") for n in (1, 2, 3)], ready=False, state="CHECKING")
    coded.a_solution(suite, "print(input())", expects="FAIL")
    queue.ask_for_solutions(suite, now=timezone.now())
    assert judging.judge_one()
    assert [one["verdict"] for one in Judgement.objects.get().tests] == ["AC", "WA", "WA"]


def test_hidden_tests_keep_no_output_but_a_detail_for_staff():
    question = a_question()
    made = submit(an_attempt(question), question, "import sys\nprint(input(), 'zebra')\nsys.exit(3)\n")
    judged(made)
    hidden = json.dumps(made.judgement.tests[1:])
    assert "zebra" not in hidden
    assert [one["verdict"] for one in made.judgement.tests] == ["RE", "RE", "RE"]


def test_progress_is_written_while_it_is_judged(monkeypatch):
    monkeypatch.setattr(judging, "REPORT_EVERY_S", 0.0)
    seen = []
    report = queue.report
    monkeypatch.setattr(queue, "report", lambda row, **said: (seen.append(said.get("done_count")), report(row, **said)))
    question = a_question()
    judged(submit(an_attempt(question), question))
    assert seen == [None, 0, 1, 2, 3]


def test_who_lost_his_claim_stops_and_goes_on_with_the_next(monkeypatch):
    question = a_question()
    first, second = (an_attempt(question, one) for one in judge_rows.crowd(2))
    made, other = submit(first, question, "import time\ntime.sleep(1)\n"), submit(second, question)
    monkeypatch.setattr(judging, "REPORT_EVERY_S", 0.0)
    row = queue.claim_next("x", now=timezone.now())
    queue.cancel(Judgement.objects.filter(pk=row.pk), now=timezone.now())
    assert judging.judge(row)
    made.refresh_from_db()
    assert (made.judgement, Judgement.objects.get(pk=row.pk).state) == (None, JudgeState.CANCELLED)
    assert judged(other)["verdict"] == "AC"


def test_a_machine_that_fails_its_probe_takes_nothing(settings):
    question = a_question()
    row = submit(an_attempt(question), question).judgements.get()
    JudgeHost.objects.all().delete()
    settings.JUDGE_RUNNER = "off"
    assert not judging.judge_one()
    assert not JudgeHost.objects.get().works
    assert Judgement.objects.get(pk=row.pk).state == JudgeState.PENDING
    hosts.remember(Probed("off", findings=(Finding("E110", "error", "It leaks."),)), now=timezone.now())
    settings.JUDGE_RUNNER = "auto"
    hosts.forget()
    assert "It leaks." in hosts.judge_state(timezone.now()).reason
    assert not judging.judge_one()


def test_a_machine_without_bubblewrap_hands_back_what_it_took(settings):
    settings.JUDGE_BWRAP = "/nonexistent/bwrap"
    question = a_question()
    row = submit(an_attempt(question), question).judgements.get()
    assert not judging.judge_one()
    row.refresh_from_db()
    assert (row.state, row.tries) == (JudgeState.WAITING, 0)


def test_a_worker_probes_its_machine_at_its_start_and_when_that_is_long_ago():
    assert judging.ready().works
    probed_at = JudgeHost.objects.get().probed_at
    judging.ready()
    assert JudgeHost.objects.get().probed_at == probed_at
    JudgeHost.objects.update(probed_at=timezone.now() - hosts.PROBED_WITHIN * 2)
    assert judging.ready().works
    assert JudgeHost.objects.get().probed_at > probed_at


def test_a_turn_judges_all_and_ends(monkeypatch):
    monkeypatch.setattr(judging, "_warm", {judging.os.getpid()})
    question = a_question()
    for one in judge_rows.crowd(2):
        submit(an_attempt(question, one), question)
    assert judging.judge_next() == 2
    assert set(Judgement.objects.values_list("verdict", flat=True)) == {"AC"}
    assert job_of(Judgement.objects.first()).job.language == "py"
