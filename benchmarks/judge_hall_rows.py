"""What `judge_under_exam` does in the database: a hall that writes, with a question whose programs are judged."""

from decimal import Decimal
from typing import Any

import django

django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks import exam_hall  # noqa: E402
from exams.content import Body, Kind, Text  # noqa: E402
from exams.judge import hosts, suites  # noqa: E402
from exams.models import (  # noqa: E402
    Attempt,
    CodeGroup,
    CodeSuite,
    CodeTest,
    ExamQuestion,
    JudgeHost,
    Judgement,
    Question,
    QuestionVersion,
    Test,
)
from exams.sandbox.protocol import Probed, Toolchain  # noqa: E402

QUESTIONS, TESTS = 90, 8


def seed(students: int) -> dict[str, Any]:
    """So many write since a minute; where each saves and submits."""
    call_command("migrate", verbosity=0)
    hall = exam_hall.fill(students=students, questions=QUESTIONS, is_bare=False)
    test = Attempt.objects.select_related("test").earliest("pk").test
    question = _coding_question(test)
    return {
        "cookies": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME],
        "questions": [uuid for _pk, uuid in hall.questions],
        "writers": [
            {
                "session": one.cookie.partition("=")[2],
                "save": one.path,
                "submit": reverse("code_submit", args=[one.uuid, question.uuid]),
                "run": reverse("code_run", args=[one.uuid, question.uuid]),
            }
            for one in hall.writers
        ],
    }


def count() -> dict[str, Any]:
    """Judgements by state, and whether a machine judges."""
    states = Judgement.objects.order_by().values_list("state").annotate(count=Count("pk"))
    tries = Judgement.objects.filter(tries__gt=1).count()
    return {"states": dict(states), "tried_again": tries, "is_on": JudgeHost.objects.filter(works=True).exists()}


def a_judge() -> None:
    """A machine that judges Python, as it says; nobody works there."""
    hosts.remember(Probed("bwrap", languages=(Toolchain("py", "Python", 3.0),)), now=timezone.now())


def _coding_question(test: Test) -> ExamQuestion:
    """Two numbers added, in a sample and seven hidden tests."""
    section = test.sections.earliest("pk")
    row = Question.objects.create(kind=Kind.CODING.value, subject=Question.objects.earliest("pk").subject)
    body = Body(Text("Add two numbers."), languages=("py", "cpp"))
    row.newest = QuestionVersion.objects.create(question=row, number=1, body=body.to_json(), key={}, plain="Add")
    row.save()
    suite = CodeSuite.objects.create(question=row, state=CodeSuite.State.READY, ready_at=timezone.now())
    samples = CodeGroup.objects.create(suite=suite, title="Samples", is_sample=True)
    hidden = CodeGroup.objects.create(suite=suite, position=2, title="All")
    for n in range(1, TESTS + 1):
        CodeTest.objects.create(
            suite=suite,
            group=samples if n == 1 else hidden,
            position=n,
            points=Decimal(0 if n == 1 else 10),
            stdin=suites.keep_data(b"%d %d\n" % (n, n * n)),
            answer=suites.keep_data(b"%d\n" % (n + n * n)),
        )
    position = test.questions.count() + 1
    return ExamQuestion.objects.create(test=test, section=section, position=position, question=row, version=row.newest)
