"""Staff have the programs for a question compared: asked, found, shown side by side to who may change the test."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Role, User
from exams.judge import similar, similar_page
from exams.models import CodeComparison, CodeSubmission, CodeSuite, ExamQuestion, Test
from tests import people, racing
from tests.exams import coded, marked
from tests.exams.judge import judged
from tests.exams.judge.test_winnowing import IN_CPP, MERGE, OWN_WAY, RENAMED

pytestmark = pytest.mark.django_db
JAVA = IN_CPP.replace("#include <cstdio>", "import java.util.*;").replace("long long", "long")


def submitted(row: Test, student: User, source: str, points: str | None = "20", **fields: Any) -> CodeSubmission:
    known = row.attempts.filter(student=student).first()
    return judged.submits(known or judged.writes(row, student), points, source=source, **fields)


def lab(*sources: str, **fields: Any) -> ExamQuestion:
    """The coding question of a test that is over; Ananya, Ritika and so on submitted these programs."""
    row = judged.closed(**fields)
    for who, source in zip(marked.several(len(sources)), sources, strict=True):
        submitted(row, who, source)
    return judged.programs(row)[0]


def address(question: ExamQuestion) -> str:
    return reverse("similar_programs", args=[question.test.uuid, question.uuid])


def someone(name: str) -> User:
    return people.person(name, Role.STUDENT, admission_number=f"S-{name}")


def ask(question: ExamQuestion, **given: Any) -> CodeComparison:
    return similar.ask(question, actor=people.teacher(), **({"now": timezone.now()} | given))


def compared(question: ExamQuestion) -> set[str]:
    """The programs among which pairs were found."""
    named = {one for pair in ask(question).report["pairs"] for one in pair["programs"]}
    return set(CodeSubmission.objects.filter(uuid__in=named).values_list("source", flat=True))


def test_a_pair_is_found_and_shown_side_by_side_with_a_caution() -> None:
    question = lab(MERGE, OWN_WAY, RENAMED)
    teacher = people.signed_in(people.teacher())
    listed = teacher.get(reverse("test_programs", args=[question.test.uuid])).content.decode()
    assert "Programs of 3 students" in listed
    assert "Not compared" in listed
    assert address(question) in listed
    page = teacher.get(address(question)).content.decode()
    assert "Compare the programs" in page
    assert "Alike is no proof." in page
    page = teacher.post(address(question), follow=True).content.decode()
    assert "1 pair" in page
    assert people.student().name in page
    assert "Student 0003" in page
    assert people.other_student().name not in page
    (pair,) = CodeComparison.objects.get().report["pairs"]
    both = teacher.get(f"{address(question)}{pair['programs'][0]}/{pair['programs'][1]}/").content.decode()
    assert "Alike is no proof." in both
    assert both.count('id="a1"') == both.count('href="#a1"') == both.count('id="b1"') == 1
    assert "# they touch" in both
    assert "3 stretches with 139 equal words and signs" in both
    assert Activity.objects.filter(event="results.programs_compared", actor=people.teacher()).count() == 1
    assert "1 pair" in teacher.get(reverse("test_programs", args=[question.test.uuid])).content.decode()


def test_a_report_names_nobody() -> None:
    report = str(ask(lab(MERGE, RENAMED)).report)
    assert people.student().name not in report
    assert people.student().identifier not in report


def test_in_an_honest_test_no_pair_stands_out() -> None:
    page = people.signed_in(people.admin()).post(address(lab(MERGE, OWN_WAY)), follow=True).content.decode()
    assert "No pair stands out" in page


def test_of_each_student_the_program_that_counts_is_compared() -> None:
    best = lab(OWN_WAY, RENAMED)
    submitted(best.test, people.student(), MERGE, "5")  # later, but worse
    assert compared(best) == set()
    last = lab(OWN_WAY, RENAMED, counts="LAST", title="Last")
    submitted(last.test, people.student(), MERGE, "5")
    assert compared(last) == {MERGE, RENAMED}
    unjudged = lab(RENAMED, title="Unjudged")
    other = judged.writes(unjudged.test, people.other_student())
    for source in (OWN_WAY, MERGE):
        judged.submits(other, None, source=source, state="WAITING")
    judged.submits(other, None, source=OWN_WAY, kind="RUN")
    assert compared(unjudged) == {MERGE, RENAMED}


def test_only_programs_of_one_family_are_compared_and_the_frame_is_nobodys() -> None:
    question = lab(MERGE, RENAMED, title="Frames")
    submitted(question.test, someone("C"), IN_CPP, language="cpp")
    submitted(question.test, someone("J"), JAVA, language="java")
    assert compared(question) == {MERGE, RENAMED, IN_CPP, JAVA}
    CodeSuite.objects.filter(question=question.question).update(frames={"py": {"start": MERGE, "after": RENAMED}})
    assert compared(question) == {IN_CPP, JAVA}


def test_many_programs_are_compared_by_a_worker_and_again_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "AT_ONCE", 1)
    question = lab(MERGE, OWN_WAY)
    browser = people.signed_in(people.teacher())
    page = browser.post(address(question), follow=True).content.decode()
    assert "being compared" in page
    assert f'data-live="{address(question)}"' in page
    assert ask(question).found_at is None  # it is being done: asking again changes nothing
    assert Activity.objects.filter(event="results.programs_compared").count() == 1
    assert similar.find_due(now=timezone.now()) == 1
    assert similar.find_due(now=timezone.now()) == 0
    answer = browser.get(address(question), headers={"X-Live": "1"})
    assert answer.status_code == 286
    assert "<h1" not in answer.content.decode()
    submitted(question.test, someone("Late"), RENAMED)
    assert "1 program was submitted since" in browser.get(address(question)).content.decode()
    assert "being compared" in browser.post(address(question), follow=True).content.decode()
    assert similar.find_due(now=timezone.now()) == 1
    assert "1 pair" in browser.get(address(question)).content.decode()


def test_what_a_killed_worker_began_another_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "AT_ONCE", 0)
    row, now = ask(lab(MERGE, RENAMED)), timezone.now()

    def killed(_question: ExamQuestion) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as worker:
        worker.setattr(similar, "report_of", killed)
        with pytest.raises(KeyboardInterrupt):
            similar.find(row, now=now)
    assert similar.find_due(now=now + timedelta(minutes=9)) == 0  # it may still be at work
    assert similar.find_due(now=now + timedelta(minutes=11)) == 1
    row.refresh_from_db()
    assert row.report["count"] == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_one_comparison() -> None:
    question, actor, now = lab(MERGE, RENAMED), people.teacher(), timezone.now()
    rows = racing.at_once([lambda: similar.ask(question, actor=actor, now=now)] * 3)
    assert len({row.pk for row in rows}) == 1
    assert CodeComparison.objects.get().report["count"] == 1


def test_there_is_nothing_to_compare_without_two_students() -> None:
    question = lab(MERGE)
    teacher = people.signed_in(people.teacher())
    assert "Nothing to compare" in teacher.get(address(question)).content.decode()
    assert "Fewer than two students" in teacher.post(address(question), follow=True).content.decode()
    nobody = judged.closed(title="Nobody")
    assert "No programs" in teacher.get(reverse("test_programs", args=[nobody.uuid])).content.decode()
    assert teacher.get(address(judged.programs(nobody)[0])).status_code == 404
    assert not CodeComparison.objects.exists()


def test_only_pairs_of_the_report_can_be_read() -> None:
    question = lab(MERGE, RENAMED, OWN_WAY)
    one, other, own = CodeSubmission.objects.order_by("pk").values_list("uuid", flat=True)
    teacher = people.signed_in(people.teacher())
    assert teacher.get(f"{address(question)}{one}/{other}/").status_code == 404  # nobody asked yet
    ask(question)
    assert teacher.get(f"{address(question)}{other}/{one}/").status_code == 200
    assert teacher.get(f"{address(question)}{one}/{own}/").status_code == 404
    for who in (people.student(), people.guardian()):
        for path in (f"{address(question)}{one}/{other}/", address(question)):
            assert people.signed_in(who).get(path).status_code == 403
    stranger = people.person("Strange Teacher", Role.TEACHER, email="strange@example.org")
    assert people.signed_in(stranger).get(address(question)).status_code == 404


def test_pages_cost_the_same_however_many_pairs_and_students(same_queries: Any) -> None:
    question = lab(MERGE, RENAMED)
    row, chance = ask(question), random.Random(1)
    browser = people.signed_in(people.teacher())

    def add(count: int) -> None:
        row.refresh_from_db()
        for _more in range(count):
            mine = submitted(question.test, someone(f"{chance.random()}"), OWN_WAY)
            row.report["pairs"].append({**row.report["pairs"][0], "programs": [str(mine.uuid), programs[0]]})
            row.report["groups"].append([str(mine.uuid), *programs])
        row.save()

    programs = row.report["pairs"][0]["programs"]
    same_queries(lambda: browser.get(address(question)), add=add)
    same_queries(lambda: browser.get(reverse("test_programs", args=[question.test.uuid])), add=add)


def test_blocks_say_which_lines_belong_to_which_stretch() -> None:
    question = lab("a\nb\u202e\nc\nd\x1b[2J\ne\n", "e\nd\nc\n")
    one, other = CodeSubmission.objects.order_by("pk")
    pair = {"programs": [str(one.uuid), str(other.uuid)], "tokens": 20, "shares": [0.999, 0.5], "rarest": 2}
    pair["regions"] = [[[1, 2], [2, 2]], [[2, 4], [2, 3]]]
    row = CodeComparison(question=question, report={"pairs": [pair]})
    first, second = similar_page.sides_of(row, pair)
    assert [(one.numbers, one.begins, one.lines, one.text) for one in first.blocks] == [
        ((1,), (1,), "1", "a"),
        ((1, 2), (2,), "2", "b·"),  # what turns text around is seen
        ((2,), (), "3\n4", "c\nd␛[2J"),
        ((), (), "5", "e"),
    ]
    assert [(one.numbers, one.first, one.last) for one in second.blocks] == [((), 1, 1), ((1, 2), 2, 2), ((2,), 3, 3)]
    assert (first.share, second.share) == (99, 50)


def test_results_lead_to_it_where_there_are_programs() -> None:
    question = lab(MERGE, RENAMED)
    row = marked.reckoned(question.test)
    page = people.signed_in(people.teacher()).get(reverse("test_results", args=[row.uuid])).content.decode()
    assert reverse("test_programs", args=[row.uuid]) in page
    other = marked.exam(2, 2, title="No programs")
    page = people.signed_in(people.teacher()).get(reverse("test_results", args=[other.uuid])).content.decode()
    assert reverse("test_programs", args=[other.uuid]) not in page


def test_its_stylesheet_is_there() -> None:
    assert finders.find("css/similar.css")
    assert coded.ADD in lab(coded.ADD).code_submissions.get().source
