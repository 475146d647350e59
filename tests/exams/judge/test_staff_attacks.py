"""What an author, an admin or an operator may do to the judge that nobody thought of; each was a defect once."""

import json
import stat
import threading
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exams.judge import hosts, queue, suite_checks, suite_editor, suite_zips
from exams.models import CodeGroup, CodeSuite, JudgeHost, Judgement
from tests import people
from tests.exams import coded, judge_rows, marked
from tests.exams.judge import judged
from tests.exams.judge.test_suite_zips import packed
from tests.racing import outcomes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    yield
    hosts.forget()


@pytest.fixture
def browser() -> Client:
    return people.signed_in(people.teacher())


@pytest.fixture
def suite(db: None) -> CodeSuite:
    return coded.a_suite(ready=False)


def words(answer: Any) -> str:
    return str(answer.content.decode())


def taken_in(browser: Client, suite: CodeSuite, content: bytes) -> Any:
    """The zip chosen, looked at, and taken in place of all that is there."""
    chosen = browser.post(
        reverse("suite_zip", args=[suite.question.uuid]), {"file": SimpleUploadedFile("tests.zip", content)}
    )
    assert chosen.status_code == 302
    return browser.post(chosen["Location"], {"revision": suite.revision})


# --- Zips -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [[], {}, 7, None])
def test_a_manifest_whose_rule_is_no_text_does_no_harm(rule: Any) -> None:
    manifest = json.dumps({"groups": {"": {"rule": rule}}, "tests": {}})
    plan = suite_zips.read(packed({"1.in": "1", "1.out": "1", "tests.json": manifest}))
    assert (plan.problems, plan.groups[0].rule) == ((), "EACH")


def test_a_link_in_a_zip_is_no_right_output() -> None:
    link, into = zipfile.ZipInfo("1.out"), BytesIO(packed({"1.in": "1"}))
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(into, "a") as archive:
        archive.writestr(link, "1.in")
    assert ("1.out", "This is a link and no file. Make the zip with the files themselves.") in suite_zips.read(
        into.getvalue()
    ).problems


def test_hidden_tests_of_a_zip_never_become_samples_by_their_groups_title(browser: Client, suite: CodeSuite) -> None:
    groups = {"a": {"title": "Small", "is_sample": True}, "b": {"title": "Small", "is_sample": False}}
    files = {f"{folder}/1.{ending}": "1" for folder in "ab" for ending in ("in", "out")}
    manifest = {"tests.json": json.dumps({"groups": groups, "tests": {}})}
    answer = taken_in(browser, suite, packed(files | manifest))
    assert "a group of samples and one of hidden tests" in words(answer)
    CodeGroup.objects.filter(suite=suite, is_sample=True).update(title="secret")
    answer = taken_in(browser, suite, packed({"secret/1.in": "1", "secret/1.out": "1", "x/1.in": "1", "x/1.out": "1"}))
    assert "“secret” is a group of samples" in words(answer)
    assert suite.tests.count() == 3


# --- Checking ---------------------------------------------------------------------------------------------------------


def test_who_wrote_a_checker_that_fails_is_told_so_and_how(browser: Client, suite: CodeSuite) -> None:
    CodeSuite.objects.update(checker="custom", checker_language="py", checker_source="boo(")
    solution, said = coded.a_solution(suite), "not judged: the checker does not compile: SyntaxError\u202e: line 1"
    Judgement.objects.create(solution=solution, suite=suite, state="FAILED", detail=said)
    page = words(browser.get(reverse("question_tests", args=[suite.question.uuid])))
    assert "Your own checker failed on add.py" in page
    assert "ask the operator" not in page
    own = words(browser.get(reverse("suite_solution", args=[suite.question.uuid, solution.uuid])))
    assert "the checker does not compile: SyntaxError" in own
    assert "\u202e" not in own


def test_who_wrote_a_solution_that_breaks_off_sees_how_on_the_samples(browser: Client, suite: CodeSuite) -> None:
    solution, tests = coded.a_solution(suite), list(suite.tests.order_by("position"))
    entry = {"verdict": "RE", "score": 0, "cpu_ms": 9, "memory_bytes": 9, "points": "0"}
    found = [entry | {"test": one.pk, "number": at} for at, one in enumerate(tests, start=1)]
    found[0] |= {"stdout": "", "stderr": "ValueError: <no> number", "message": ""}
    done = {"state": "COMPLETE", "verdict": "RE", "finished_at": timezone.now()}
    Judgement.objects.create(solution=solution, suite=suite, tests=found, **done)
    own = words(browser.get(reverse("suite_solution", args=[suite.question.uuid, solution.uuid])))
    assert "ValueError: &lt;no&gt; number" in own


def test_a_tolerance_no_number_can_keep_is_none() -> None:
    assert suite_checks.tolerance_of("1e-999999") is None
    assert suite_checks.tolerance_of("1e-15")


def test_a_question_the_judge_marked_does_not_say_that_somebody_marks_it(browser: Client) -> None:
    test = judged.closed()
    judged.submits(judged.writes(test))
    marked.reckoned(test)
    compared = reverse("bank_question_compare", args=[judged.programs(test)[0].question.uuid])
    for url in (*(reverse(name, args=[test.uuid, 2]) for name in ("test_item", "key_fix")), compared):
        page = words(browser.get(url))
        assert "its tests judge the programs" in page
        assert "somebody marks it" not in page


# --- Machines ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"runner": "bwrap", "version": "1", "cgroup": "", "findings": [], "languages": [{"language": "py", "new": 1}]},
    ],
)
@pytest.mark.parametrize("works", [False, True])
def test_what_a_worker_of_another_release_says_of_its_machine_ends_no_page(
    browser: Client, said: dict[str, Any], *, works: bool
) -> None:
    judge_rows.a_host(works=works)
    JudgeHost.objects.update(probed=said)
    hosts.forget()
    answer = browser.get(reverse("judge"))
    assert (answer.status_code, hosts.judge_state(JudgeHost.objects.get().seen_at).languages) == (200, {})


@pytest.mark.django_db(transaction=True)
def test_tests_taken_back_while_their_last_solution_is_judged_wait_for_the_worker_and_it_not_for_them() -> None:
    judge_rows.a_host()
    suite, teacher = coded.a_suite(ready=False), people.teacher()
    coded.a_solution(suite)
    suite_editor.check(suite, seen=1, actor=teacher, now=timezone.now())
    row = queue.claim_next("a worker", now=timezone.now())
    assert row is not None
    is_writing = threading.Event()

    def judged() -> None:
        with transaction.atomic():
            Judgement.objects.filter(pk=row.pk).update(done_count=3)
            is_writing.set()
            time.sleep(0.3)
            judge_rows.finish(row, "AC", "AC", "AC", now=timezone.now())

    def taken_back() -> bool:
        is_writing.wait(10)
        return suite_editor.take_back(suite, actor=teacher, now=timezone.now())

    assert outcomes([judged, taken_back]) == [None, False]
    suite.refresh_from_db()
    assert suite.state == CodeSuite.State.READY
