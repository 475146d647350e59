"""The demo's coding labs: what they say of every program is what the judge says of it, and two programs are alike."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from accounts import demo as people_demo
from accounts.models import User
from exams import demo
from exams.content_checks import problems
from exams.demo_code import DIGITS, LIBRARY
from exams.demo_code_now import BRACKETS, DISTANCE, SECOND
from exams.judge import jobs, similar, suite_checks
from exams.judge.suites import student_view
from exams.models import CodeSubmission, CodeSuite, Judgement, Test
from exams.sandbox import process
from exams.sandbox.protocol import Compiled, Ran
from tests.batches import timetables
from tests.exams.sandbox.working import sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def seeded(settings: Any, tmp_path: Path) -> dict[str, User]:
    settings.DATA_DIR = tmp_path
    people = people_demo.seed()
    for name in (demo.MAIN, demo.PROGRAMMING):
        timetables.enrol(people["ananya"], timetables.batch(name))
    demo.seed(people)
    return people


def test_a_visitor_can_begin_one_lab_and_has_programs_in_the_other(seeded):
    assert [problems(one.content) for one in (LIBRARY, DIGITS, SECOND, BRACKETS, DISTANCE)] == [[]] * 5
    suites = CodeSuite.objects.ready().order_by("pk")
    assert len(suites) == 5
    for suite in suites:
        assert all(one.is_as_wanted for one in suite_checks.judged(suite)), suite
        assert sum(one["points"] for one in suite.tests.values("points")) == 100
        assert len(student_view(suite)["samples"]) == 2
    now, past = Test.objects.get(title="Coding lab 2"), Test.objects.get(title="Coding lab 1")
    assert now.questions.count() == 3
    assert not now.attempts.exists()
    own = CodeSubmission.objects.filter(attempt__student=seeded["ananya"], question__test=past)
    assert [(one.judgement.verdict, int(one.judgement.points)) for one in own.order_by("asked_at")] == [
        ("WA", 20),
        ("AC", 100),
        ("RE", 80),
        ("AC", 100),
    ]
    assert past.newest_results.ranked_count == 8
    question = past.questions.get(position=1)
    (pair,) = similar.report_of(question)["pairs"]
    authors = CodeSubmission.objects.filter(uuid__in=pair["programs"]).values_list("attempt__student", flat=True)
    assert set(authors) == {seeded["priyanka"].pk, seeded["harpreet"].pk}
    assert min(pair["shares"]) > 0.8


def judged(languages: Iterable[str]) -> None:
    """Every program of the demo in these languages, each once, by two helpers at a time."""
    rows = Judgement.objects.select_related("submission", "solution", "suite").order_by("pk")
    asked = {row.pk: jobs.job_of(row) for row in rows}
    known = {row.pk: (row.suite_id, asked[row.pk].job.source, bool(asked[row.pk].job.stop_groups)) for row in rows}
    once = {known[pk]: one for pk, one in asked.items() if one.job.language in languages}
    several = list(once.values())

    def judge(slot: int) -> None:
        for one in several[slot::2]:
            process.judged(one.job, slot=slot, on_event=lambda event, one=one: hear(one, event))

    with ThreadPoolExecutor(2) as helpers:
        list(helpers.map(judge, range(2)))
    for row in rows:
        if known[row.pk] in once:
            require_same(row, once[known[row.pk]].found())


def hear(asked: jobs.Asked, event: Compiled | Ran) -> None:
    if isinstance(event, Compiled):
        asked.compiled = event
    else:
        asked.ran.append(event)


def require_same(row: Judgement, found: dict[str, Any]) -> None:
    assert (row.verdict, row.points, row.most) == (found["verdict"], found["points"], found["most"]), row
    for said, was in zip(row.tests, found["tests"], strict=True):
        names = ("test", "number", "verdict", "points", "stdout")
        assert [said.get(name) for name in names] == [was.get(name) for name in names], (row, said, was)


@sandbox
def test_the_judge_says_of_every_program_in_python_what_the_demo_says(seeded):
    judged(["py", "c"])


@pytest.mark.proof
@sandbox
def test_the_judge_says_of_every_program_in_other_languages_what_the_demo_says(seeded):
    judged(["cpp", "java", "js"])
