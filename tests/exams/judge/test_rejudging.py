"""Judging again: what is seen is what is applied, and what all reckoned from nothing comes to."""

import re
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Activity
from exams import key_fixes
from exams.judge import hosts, rejudging
from exams.judge.rejudging import RejudgeRefused, StaleRejudge
from exams.models import CodeRules, CodeSubmission, Judgement, KeyFix, Rejudge
from exams.models.papers import AnyRule
from exams.reckoning import CannotReckon, draft
from exams.result_rounds import reckon_due
from exams.result_sheets import Fix
from exams.sandbox.protocol import Probed, Toolchain
from tests import people
from tests.exams import coded, marked
from tests.exams.judge import judged

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def judge():
    hosts.remember(Probed("bwrap", languages=(Toolchain("py", "3.11", 3.0),)), now=timezone.now())
    yield
    hosts.forget()


def reckoned(*points: str, counts: str = ""):
    """A student for each word: "10 20" submitted twice, worth so many points."""
    row = judged.closed(counts=counts)
    for who, said in zip(marked.several(len(points)), points, strict=True):
        attempt = judged.writes(row, who)
        for one in said.split():
            judged.submits(attempt, one)
    return marked.reckoned(row)


def begun(row, **fields) -> Rejudge:
    question = judged.programs(row)[0]
    suite = coded.a_suite(question.question, note="Test 3 mended")
    given = {"reason": "Test 3 was wrong", "actor": people.teacher(), "now": timezone.now()} | fields
    return rejudging.start(question, fields.pop("suite", suite), **given)


def judges(rejudge: Rejudge, *points: str | None) -> None:
    """What the worker comes to, one program after the other; None fails."""
    for one, worth in zip(Judgement.objects.filter(rejudge=rejudge).order_by("submission_id"), points, strict=True):
        found = {"state": "COMPLETE", "points": worth or 0, "most": 20, "verdict": "AC" if worth == "20" else "WA"}
        if worth is None:
            found = {"state": "FAILED", "detail": "The worker died"}
        Judgement.objects.filter(pk=one.pk).update(finished_at=timezone.now(), **found)
    rejudging.settle(rejudge)


def apply(rejudge: Rejudge, **fields):
    seen = rejudging.preview(rejudge)
    given = {"seen": seen.base, "digest": seen.digest, "actor": people.teacher(), "now": timezone.now()}
    return rejudging.apply(rejudge, **(given | fields))


def test_what_is_previewed_is_applied_and_is_what_all_comes_to_from_nothing():
    row = reckoned("20", "10", "5 0")
    assert marked.totals(row) == ["14 1", "9 2", "6.5 3"]
    rejudge = begun(row)
    rows = Judgement.objects.filter(rejudge=rejudge)
    assert {*rows.values_list("state", "priority", "test_count")} == {("PENDING", 9, 3)}
    assert rejudging.progress(rejudge) == rejudging.Progress(4, 0, 0, 0)
    judges(rejudge, "10", "10", "0", "20")
    assert rejudge.state == Rejudge.State.PREVIEW
    seen = rejudging.preview(rejudge)
    assert [(one.before.total, one.after.total) for one in seen.changes if one.marks_change] == [
        (Decimal("6.5"), 14),
        (14, 9),
    ]
    assert draft(row).digest == marked.version(row).digest  # nothing is changed yet
    version = apply(rejudge)
    assert (version.number, version.cause, version.reason) == (2, "JUDGED", "Test 3 was wrong")
    assert version.digest == seen.digest == draft(row).digest
    assert marked.totals(row) == ["14 1", "9 2", "9 2"]
    assert version.judged_upto == CodeSubmission.objects.latest("judged_at").judged_at
    assert Activity.objects.filter(event="results.rejudged", actor=people.teacher()).exists()
    assert apply_again(rejudge) == version
    assert reckon_due(now=timezone.now()).reckoned == 0


def apply_again(rejudge: Rejudge):
    return rejudging.apply(rejudge, seen=0, digest="", actor=people.teacher(), now=timezone.now())


def test_of_the_last_program_only_that_one_is_judged_again():
    row = reckoned("20 10", "5", counts="LAST")
    rejudge = begun(row)
    numbers = Judgement.objects.filter(rejudge=rejudge).values_list("submission__number", flat=True)
    assert sorted(numbers) == [1, 2]
    judges(rejudge, "20", "20")
    apply(rejudge)
    assert marked.totals(row) == ["14 1", "14 1"]


def test_what_could_not_be_judged_again_keeps_what_it_had_and_can_be_tried_once_more():
    row = reckoned("20", "10")
    rejudge = begun(row)
    judges(rejudge, None, "0")
    assert rejudging.progress(rejudge).failed == 1
    assert [one.after.total for one in rejudging.preview(rejudge).changes if one.marks_change] == [Decimal(2)]
    assert rejudging.judge_failed(rejudge, now=timezone.now()) == 1
    rejudge.refresh_from_db()
    assert rejudge.state == Rejudge.State.RUNNING
    with pytest.raises(RejudgeRefused):
        apply(rejudge)
    Judgement.objects.filter(rejudge=rejudge, state="PENDING").update(state="FAILED")
    assert rejudging.settle_due() == 1
    rejudge.refresh_from_db()
    apply(rejudge)
    assert marked.totals(row) == ["14 1", "2 2"]


def test_what_waited_for_the_judge_is_decided_by_what_is_applied():
    row = judged.closed()
    attempt = judged.writes(row)
    waits = judged.submits(attempt, None, state="WAITING")
    marked.reckoned(row)
    assert marked.result(row).verdicts == "RM"
    rejudge = begun(row)
    judges(rejudge, "20")
    apply(rejudge)
    waits.refresh_from_db()
    assert (marked.totals(row), waits.judgement.rejudge) == (["14 1"], rejudge)
    assert sorted(waits.judgements.values_list("state", flat=True)) == ["CANCELLED", "COMPLETE"]


def test_one_at_a_time_by_tests_of_its_own_question_with_a_reason_when_all_is_over():
    row = reckoned("20")
    question = judged.programs(row)[0]
    other = coded.a_suite(coded.a_coding_question("Another"))
    draft_suite = coded.a_suite(question.question, ready=False)
    for fields, words in (
        ({"suite": other}, "not of this question"),
        ({"suite": draft_suite}, "not in use"),
        ({"reason": " "}, "Say why"),
    ):
        given = {"suite": judged.suite(question), "reason": "Why", "actor": people.teacher(), "now": timezone.now()}
        given |= fields
        with pytest.raises(RejudgeRefused, match=words):
            rejudging.start(question, given.pop("suite"), **given)
    draft_suite.delete()
    rejudge = begun(row)
    with pytest.raises(RejudgeRefused, match="already"):
        begun(row)
    rejudging.drop(rejudge, actor=people.teacher(), now=timezone.now())
    rejudging.drop(rejudge, actor=people.teacher(), now=timezone.now())
    assert set(Judgement.objects.filter(rejudge=rejudge).values_list("state", flat=True)) == {"CANCELLED"}
    with pytest.raises(RejudgeRefused):
        apply_again(rejudge)
    row.attempts.update(state="WRITING")
    with pytest.raises(RejudgeRefused, match="still writes"):
        begun(row)
    assert marked.version(row).number == 1


def test_results_that_changed_meanwhile_are_looked_at_again():
    row = reckoned("20", "10")
    rejudge = begun(row)
    judges(rejudge, "0", "0")
    seen = rejudging.preview(rejudge)
    judged.submits(row.attempts.latest("pk"), "20")
    with pytest.raises(StaleRejudge):
        apply(rejudge, seen=seen.base, digest=seen.digest)
    rejudge.refresh_from_db()
    assert (rejudge.state, marked.version(row).number) == (Rejudge.State.PREVIEW, 1)
    row.attempts.filter(student=people.student()).update(state="WRITING")
    with pytest.raises(CannotReckon):
        rejudging.preview(rejudge)


def test_more_programs_are_no_more_queries():
    row, counts = judged.closed(), []
    for students in (2, 8):
        Rejudge.objects.filter(state="PREVIEW").update(state="DROPPED")
        for who in marked.several(students):
            attempt = judged.writes(row, who)
            judged.submits(attempt, "10")
        marked.reckoned(row)
        rejudge = begun(row)
        judges(rejudge, *["20"] * Judgement.objects.filter(rejudge=rejudge).count())
        seen = rejudging.preview(rejudge)
        with CaptureQueriesContext(connection) as queries:
            rejudging.preview(rejudge)
            draft(row)
        counts.append(len(queries))
        assert seen.marks_changed == students
    assert counts[0] == counts[1]


# --- Any programs, any corrections ------------------------------------------------------------------------------------

PROGRAMS = st.lists(st.sampled_from(["0", "5", "10", "20", None]), max_size=2)
STUDENTS = st.lists(st.tuples(st.sampled_from([None, "b", "c"]), PROGRAMS, PROGRAMS), min_size=2, max_size=3)
AGAIN = st.lists(st.sampled_from(["0", "10", "20", None]), min_size=12, max_size=12)
ACTIONS = [None, KeyFix.Action.DROP, KeyFix.Action.BONUS_ALL, KeyFix.Action.BONUS_ATTEMPTED]


def test_any_judging_again_and_any_correction_is_what_all_marked_again_comes_to():
    row = judged.closed(2)
    first, second = judged.programs(row)
    rules = CodeRules.objects.create(test=row)
    suite = judged.suite(first)

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        STUDENTS,
        AGAIN,
        st.sampled_from(["BEST", "LAST"]),
        st.sampled_from([None, 1, 2]),
        st.sampled_from(list(AnyRule)),
        st.sampled_from(ACTIONS),
        st.booleans(),
    )
    def each(said, again, counts, at_most, rule, action, is_marked):
        clean(row)
        CodeRules.objects.filter(pk=rules.pk).update(counts=counts)
        row.sections.filter(title="Programs").update(answers_count=at_most, any_rule=rule)
        for who, (theory, one, two) in zip(marked.several(len(said)), said, strict=True):
            attempt = judged.writes(row, who, says=theory, source="" if not one and not two else coded.ADD)
            for question, programs in ((first, one), (second, two)):
                for points in programs:
                    judged.submits(attempt, points, question=question, state="COMPLETE" if points else "FAILED")
        if is_marked:
            marked.mark(attempt, 1, "1.5")
        marked.reckoned(row, force=True)
        if KeyFix.objects.filter(question=first).exists():
            fix(row, first, KeyFix.Action.CHANGE)
        if action:
            fix(row, first, action)
        if not any(one for _theory, one, _two in said):
            return
        by = {"actor": people.teacher(), "now": timezone.now()}
        rejudge = rejudging.start(first, suite, reason="Mended", **by)
        judges(rejudge, *again[: Judgement.objects.filter(rejudge=rejudge).count()])
        seen = rejudging.preview(rejudge)
        version = apply(rejudge)
        assert version.digest == seen.digest == draft(row).digest
        if action != KeyFix.Action.DROP:
            fix(row, second, KeyFix.Action.BONUS_ALL)

    each()


def fix(row, question, action) -> None:
    """Its preview is what is applied and what all comes to."""
    wanted = Fix(question.pk, action)
    seen = key_fixes.preview(row, wanted)
    by = {"actor": people.teacher(), "now": timezone.now(), "reason": "Why", "token": uuid.uuid4()}
    version = key_fixes.apply(row, wanted, seen=seen.base, digest=seen.digest, **by)
    assert version.digest == seen.digest == draft(row).digest


def clean(row) -> None:
    """As if nobody had written it yet."""
    CodeSubmission.objects.update(judgement=None)
    Judgement.objects.all().delete()
    CodeSubmission.objects.all().delete()
    Rejudge.objects.all().delete()


# --- Pages ------------------------------------------------------------------------------------------------------------


def page(row, client, **posted):
    """To a post belongs the number of the one that is open."""
    address, row = reverse("rejudge", args=[row.uuid, 2]), Rejudge.objects.first()
    sent = {"rejudge": row.uuid if row else ""} | posted
    return client.post(address, sent) if posted else client.get(address)


def hidden(answer) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(seen|digest|rejudge)" value="([^"]*)"', answer.content.decode())
    return dict(found)


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_on_its_pages_it_is_begun_watched_looked_at_and_applied():
    row = reckoned("20", "10")
    suite = coded.a_suite(judged.programs(row)[0].question)
    client = people.signed_in(people.teacher())
    assert "Version 2" in text(page(row, client))
    assert page(row, client, do="start", suite=str(suite.uuid), reason="").status_code == 422
    assert page(row, client, do="start", suite=str(suite.uuid), reason="Test 3").status_code == 302
    assert page(row, client, do="start", suite=str(suite.uuid), reason="Test 3").status_code == 409
    assert "0 of 2 judged" in text(page(row, client))
    live = {"X-Live": "1"}
    assert client.get(reverse("rejudge", args=[row.uuid, 2]), headers=live).status_code == 200
    judges(Rejudge.objects.get(), "20", None)
    assert client.get(reverse("rejudge", args=[row.uuid, 2]), headers=live).status_code == 286
    page(row, client, do="again")
    judges(Rejudge.objects.get(), "20", "20")
    shown = page(row, client)
    assert "Marks change for 1 of 2 students" in text(shown)
    assert "nothing is changed yet" in text(shown)
    assert page(row, client, do="apply").status_code == 400
    assert page(row, client, **hidden(shown) | {"digest": "other", "do": "apply"}).status_code == 409
    for _twice in range(2):
        done = page(row, client, do="apply", **hidden(shown))
        assert done["Location"] == reverse("result_versions", args=[row.uuid])
    assert marked.version(row).number == 2
    assert "Test 3" in text(client.get(reverse("result_versions", args=[row.uuid])))
    assert "Applied" in text(page(row, client))
    assert page(row, client, do="drop", **hidden(shown)).status_code == 409


def test_a_question_that_is_no_program_or_of_another_teacher_is_not_found():
    row = reckoned("20")
    client = people.signed_in(people.teacher())
    assert client.get(reverse("rejudge", args=[row.uuid, 1])).status_code == 404
    assert client.get(reverse("rejudge", args=[row.uuid, 9])).status_code == 404
    assert page(row, people.signed_in(people.other_teacher())).status_code == 404
