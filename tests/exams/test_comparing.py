"""Staff have the answers of a test compared: asked once, found once, shown to who may change the test."""

import random
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from exams import alike, comparing
from exams.models import Attempt, Comparison, Response, ResultVersion, Test
from tests import people, racing
from tests.exams import marked

pytestmark = pytest.mark.django_db
DEVICE = uuid.UUID(int=5)


def hall(students: int = 14, questions: int = 27, *, copiers: bool = True) -> Test:
    """A test that is reckoned; with `copiers` the two last students are wrong alike at 24 questions."""
    test, chance = marked.closed(questions), random.Random(3)
    for nth, who in enumerate(marked.several(students)):
        said = {place: chance.choice(["a", "b", "b", "b", "c", "d", None]) for place in range(questions)}
        if copiers and nth >= students - 2:
            said |= {place: "acd"[place % 3] for place in range(24)}
            said |= {24: "c" if nth % 2 else "d"}
        fields: dict[str, Any] = {"device_id": DEVICE} if nth >= students - 2 else {}
        marked.answers(test, who, {place: one for place, one in said.items() if one}, **fields)
    return marked.reckoned(test)


def address(test: Test) -> str:
    return reverse("test_alike", args=[test.uuid])


def ask(test: Test, **given: Any) -> Comparison:
    return comparing.ask(test, actor=people.teacher(), now=timezone.now(), **given)


def test_who_copied_is_shown_with_what_speaks_for_and_against() -> None:
    test = hall()
    teacher = people.signed_in(people.teacher())
    page = teacher.get(address(test)).content.decode()
    assert "Compare the answers" in page
    assert "never a proof" in page
    page = teacher.post(address(test), follow=True).content.decode()
    assert "1 pair" in page
    assert "Student 0013" in page
    assert "Student 0014" in page
    assert "Student 0012" not in page
    assert "Same device" in page
    assert "91 pairs of 14 students" in page
    pair = Comparison.objects.get().report["pairs"][0]
    assert pair["same"][:24] == list(range(24))
    assert 24 not in pair["same"]
    assert pair["near"] == len(pair["same"])  # all answered in the same minute
    assert pair["expected"] < 0.001
    assert (pair["same_device"], pair["same_batch"]) == (True, True)
    assert Activity.objects.filter(event="results.compared", actor=people.teacher()).count() == 1
    for attempt in Attempt.objects.filter(device_id=DEVICE):
        assert reverse("attempt_audit", args=[attempt.uuid]) in page


def test_in_an_honest_test_no_pair_stands_out() -> None:
    page = people.signed_in(people.admin()).post(address(hall(copiers=False)), follow=True).content.decode()
    assert "No pair stands out" in page


def test_answers_given_at_other_times_are_not_near() -> None:
    test = hall()
    last = Attempt.objects.order_by("-pk")[0]
    later = Response.objects.filter(attempt=last, answered_at__isnull=False).order_by("question")
    for n, (pk, at) in enumerate(later.values_list("pk", "answered_at")):
        assert at
        Response.objects.filter(pk=pk).update(answered_at=at + timedelta(seconds=30 + (n >= 10)))
    assert ask(test).report["pairs"][0]["near"] == 10


def test_it_is_asked_for_once_and_again_for_new_results() -> None:
    test = hall(4, 3, copiers=False)
    first = ask(test)
    assert ask(test).pk == first.pk
    assert ask(test).found_at == first.found_at
    assert Activity.objects.filter(event="results.compared").count() == 1
    marked.answers(test, people.student(), {0: "c"})
    assert ask(marked.reckoned(test, force=True)).pk != first.pk


def test_many_students_are_compared_by_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "AT_ONCE", 3)
    test = hall(4, 3, copiers=False)
    browser = people.signed_in(people.teacher())
    page = browser.post(address(test), follow=True).content.decode()
    assert "being compared" in page
    assert f'data-live="{address(test)}"' in page
    assert browser.get(address(test), headers={"X-Live": "1"}).status_code == 200
    assert comparing.find_due(now=timezone.now()) == 1
    assert comparing.find_due(now=timezone.now()) == 0
    answer = browser.get(address(test), headers={"X-Live": "1"})
    assert answer.status_code == 286
    assert "No pair stands out" in answer.content.decode()
    assert "<h1" not in answer.content.decode()


def test_what_a_killed_worker_began_another_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "AT_ONCE", 0)
    row, now = ask(hall(4, 3, copiers=False)), timezone.now()

    def killed(_version: ResultVersion) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as worker:
        worker.setattr(comparing, "report_of", killed)
        with pytest.raises(KeyboardInterrupt):
            comparing.find(row, now=now)
    assert comparing.find_due(now=now + timedelta(minutes=9)) == 0  # it may still be at work
    assert comparing.find_due(now=now + timedelta(minutes=11)) == 1
    row.refresh_from_db()
    assert row.report["students"] == 4


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_one_comparison() -> None:
    test, actor, now = hall(4, 3, copiers=False), people.teacher(), timezone.now()
    rows = racing.at_once([lambda: comparing.ask(test, actor=actor, now=now)] * 3)
    assert len({row.pk for row in rows}) == 1
    assert Comparison.objects.get().found_at is not None
    assert Activity.objects.filter(event="results.compared").count() == 1


def test_there_is_nothing_to_compare_before_results_or_with_one_student() -> None:
    teacher = people.signed_in(people.teacher())
    for test in (marked.closed(2), marked.exam(1, 2, title="Only one")):
        assert "Nothing to compare" in teacher.get(address(test)).content.decode()
        with pytest.raises(comparing.NothingToCompare):
            ask(test)
        assert "Fewer than two students" in teacher.post(address(test), follow=True).content.decode()
    assert not Comparison.objects.exists()


def test_a_page_costs_the_same_however_many_pairs(same_queries: Any) -> None:
    row = ask(hall(6, 3, copiers=False))
    attempts = list(Attempt.objects.values_list("pk", "student"))
    browser = people.signed_in(people.teacher())

    def add(count: int) -> None:
        for n in range(count):
            (one, first), (other, second) = random.Random(n).sample(attempts, 2)
            pair = {"students": [first, second], "attempts": [one, other], "both": 50, "same": list(range(50))}
            pair |= {"by_chance": 9.2, "expected": 0.0031, "near": 2, "same_device": False, "same_batch": True}
            row.report["pairs"].append(pair)
        row.report["count"] = len(row.report["pairs"])
        row.save()

    same_queries(lambda: browser.get(address(row.version.test)), add=add)
    page = browser.get(address(row.version.test)).content.decode()
    assert "and 10 more" in page
    assert "0.0031" in page


def test_its_stylesheet_is_there() -> None:
    assert finders.find("css/alike.css")
    assert alike.BOUND == 0.05  # what docs and the page's caution are written for
