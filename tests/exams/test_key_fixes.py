"""Mending a key after the test: what is previewed is what is applied, and what a full reckoning comes to."""

import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams import key_fixes
from exams.content import Key, Kind
from exams.key_fixes import BadFix, StaleFix
from exams.models import KeyFix, Result, ResultVersion, Test
from exams.models.papers import AnyRule
from exams.reckoning import CannotReckon, draft
from exams.result_sheets import Fix
from tests import people
from tests.exams import marked, papers

pytestmark = pytest.mark.django_db
Action = KeyFix.Action


def fix(row: Test, place: int, action: str, *keys: Key) -> Fix:
    return Fix(marked.asked(row)[place].pk, action, keys)


def apply(row: Test, wanted: Fix, **more) -> ResultVersion:
    said = {"reason": "Key was wrong", "seen": marked.version(row).number, "token": uuid.uuid4()}
    return key_fixes.apply(row, wanted, actor=people.teacher(), now=timezone.now(), **(said | more))


def numbers(version: ResultVersion) -> list[tuple]:
    rows = Result.objects.filter(version=version).order_by("student", "attempt")
    return list(rows.values_list("student", "total", "most", "rank", "percentile", "verdicts", "sections", "marks"))


def test_a_changed_key_gives_other_marks_and_ranks_to_who_said_so():
    row = marked.test()
    wanted = fix(row, 0, Action.CHANGE, Key(right=("c",)))
    seen = key_fixes.preview(row, wanted)
    assert [(one.name, one.before.total, one.after.total) for one in seen.changes if one.marks_change] == [
        ("रितिका शर्मा", 11, 16),
        ("Ananya Kulkarni", 16, 11),
    ]
    assert (seen.marks_changed, seen.ranks_changed, seen.first_change, seen.students) == (2, 2, True, 5)
    assert (seen.mean_before, seen.mean_after) == (Decimal("7.20"), Decimal("7.20"))
    before = numbers(marked.version(row))
    made = apply(row, wanted, digest=seen.digest)
    assert (made.number, made.cause, made.digest) == (2, "KEY_FIX", seen.digest)
    assert marked.totals(row) == ["16 1", "11 2", "7 3", "3 4", "-1 5"]
    assert marked.result(row, people.other_student()).verdicts == "RRRR"
    assert numbers(made.test.result_versions.get(number=1)) == before


@pytest.mark.parametrize(
    ("action", "total", "most", "verdict"),
    [
        (Action.ACCEPT, "16", 16, "R"),
        (Action.BONUS_ALL, "16", 16, "G"),
        (Action.BONUS_ATTEMPTED, "16", 16, "G"),
        (Action.DROP, "12", 12, "D"),
    ],
)
def test_each_action_is_worth_what_it_says(action, total, most, verdict):
    """To who was wrong; the third student, who left it blank, only has what all get."""
    row = marked.test()
    keys = (Key(right=("b",)), Key(right=("c",))) if action == Action.ACCEPT else ()
    apply(row, fix(row, 0, action, *keys))
    second, third = marked.result(row, people.other_student()), marked.result(row, marked.several(3)[2])
    assert (f"{second.total.normalize():f}", second.most, second.verdicts[0]) == (total, most, verdict)
    assert third.total == (11 if action == Action.BONUS_ALL else 7)
    assert third.verdicts[0] == {Action.DROP: "D", Action.BONUS_ALL: "G"}.get(action, "B")


def test_the_same_form_twice_makes_one_version_and_a_stale_one_none():
    row = marked.test()
    token, wanted = uuid.uuid4(), fix(row, 0, Action.DROP)
    first = apply(row, wanted, token=token, seen=1)
    assert apply(row, wanted, token=token, seen=1) == first
    with pytest.raises(StaleFix):
        apply(row, wanted, seen=1)
    with pytest.raises(StaleFix):
        apply(row, wanted, digest="of another preview")
    assert KeyFix.objects.get().version == first


def test_what_cannot_be_is_refused():
    row = marked.test(2, parts={"Physics": [Kind.SINGLE, Kind.LONG]})
    for place, action, keys, field in (
        (0, Action.CHANGE, (Key(right=("z",)),), "keys"),
        (0, Action.CHANGE, (), "keys"),
        (0, Action.ACCEPT, (Key(right=("b",)),), "keys"),
        (0, Action.DROP, (Key(right=("b",)),), "keys"),
        (1, Action.CHANGE, (Key(right=("b",)),), "action"),
        (0, "NONSENSE", (), "action"),
    ):
        with pytest.raises(BadFix) as refused:
            key_fixes.preview(row, fix(row, place, action, *keys))
        assert refused.value.field == field
    with pytest.raises(BadFix, match="why"):
        apply(row, fix(row, 0, Action.DROP), reason="  ")
    apply(row, fix(row, 0, Action.DROP))
    with pytest.raises(BadFix, match="At least one"):
        apply(row, fix(row, 1, Action.DROP))
    with pytest.raises(BadFix):
        key_fixes.preview(papers.paper(title="Another"), fix(row, 0, Action.DROP))
    with pytest.raises(CannotReckon):
        key_fixes.preview(marked.written(title="Not reckoned"), fix(Test.objects.get(title="Not reckoned"), 0, "DROP"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_same_form", [True, False])
def test_of_two_at_once_one_comes_in(is_same_form):
    row, token = marked.test(2, 2), uuid.uuid4()
    wanted, both, came = fix(row, 0, Action.DROP), threading.Barrier(2), []

    def mend() -> None:
        both.wait()
        try:
            came.append(
                apply(Test.objects.get(pk=row.pk), wanted, token=token if is_same_form else uuid.uuid4(), seen=1)
            )
        except StaleFix:
            came.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=mend) for _each in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert row.result_versions.count() == 2
    assert came.count(None) == (0 if is_same_form else 1)
    assert marked.version(row).key_fixes.get().question_id == wanted.question


def test_who_was_marked_by_hand_or_came_later_is_in_a_correction_too():
    """What the version before had not yet comes in with it, and is in the preview."""
    row = marked.test(3, parts={"Essay": [Kind.SINGLE, Kind.LONG]})
    first, second, third = row.attempts.order_by("pk")
    for attempt, marks in ((first, "1"), (second, "1"), (third, "0.5")):
        marked.mark(attempt, 1, marks)
    marked.answers(row, marked.several(4)[3], {0: "b"})
    wanted = fix(row, 0, Action.BONUS_ALL)
    seen = key_fixes.preview(row, wanted)
    made = apply(row, wanted, digest=seen.digest)
    assert (seen.students, seen.waiting, made.waiting_count, seen.changes[-1].before) == (4, 0, 0, None)
    assert marked.totals(row) == ["5 1", "5 1", "4.5 3", "4 4"]


def test_while_somebody_writes_no_key_is_corrected():
    row = marked.test(2, 2)
    row.attempts.filter(student=people.student()).update(state="WRITING")
    for act in (key_fixes.preview, apply):
        with pytest.raises(CannotReckon, match="still writes"):
            act(row, fix(row, 0, Action.DROP))


def test_more_students_are_no_more_queries():
    row, counts = marked.closed(3), []
    for students in (2, 8):
        for nth, who in enumerate(marked.several(students)):
            marked.answers(row, who, marked.pattern(row, nth))
        marked.reckoned(row)
        with CaptureQueriesContext(connection) as queries:
            draft(row)
            key_fixes.preview(row, fix(row, 0, Action.CHANGE, Key(right=("c",))))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- What is previewed is what a full reckoning comes to --------------------------------------------------------------

KINDS = [Kind.SINGLE, Kind.MULTIPLE, Kind.SHORT, Kind.MATCH]
ANSWERS = {
    Kind.SINGLE: [None, "a", "b", "c"],
    Kind.MULTIPLE: [None, ["a"], ["a", "c"], ["b"]],
    Kind.SHORT: [None, "Newton", "newton ", "Pascal"],
    Kind.MATCH: [None, {"p": ["a"]}, {"p": ["a"], "q": ["c"], "r": ["b"]}, {"p": ["b"]}],
}
KEYS = {
    Kind.SINGLE: [Key(right=("a",)), Key(right=("b", "c"))],
    Kind.MULTIPLE: [Key(right=("a", "b")), Key(right=("b",))],
    Kind.SHORT: [Key(accepted=("Pascal",)), Key(accepted=("Newton", "Pascal"))],
    Kind.MATCH: [
        Key(pairs={"p": ("b",), "q": ("c",), "r": ("b",)}),
        Key(pairs={"p": ("a",), "q": ("a",), "r": ("a",)}),
    ],
}
RULES = {
    "kinds": {
        "MULTIPLE": {"right": "4", "wrong": "-2", "partial": "PER_RIGHT", "each": "1"},
        "MATCH": {"right": "3", "wrong": "-1", "partial": "PER_ROW", "each": "1"},
    },
    "others": {"right": "2", "wrong": "-0.66"},
    "ties": [{"by": "SECTION", "name": "One"}, {"by": "FEWER_WRONG"}, {"by": "LESS_TIME"}],
    "percentile": "MIDDLE",
}
written = st.lists(st.tuples(*(st.sampled_from(ANSWERS[kind]) for kind in KINDS * 2)), min_size=2, max_size=4)
fixes = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(list(Action)), st.integers(0, 1)), min_size=1, max_size=3)


def test_a_preview_is_what_is_applied_and_what_all_marked_again_come_to():
    row = marked.closed(parts={"One": KINDS, "Two": KINDS}, scheme=papers.scheme_version(RULES, "Mixed"))

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(written, fixes, st.sampled_from([None, 1, 2]), st.sampled_from(list(AnyRule)), st.booleans())
    def each(said, wanted, at_most, rule, is_twice):
        row.sections.update(answers_count=at_most, any_rule=rule)
        for who, given_answers in zip(marked.several(len(said)), said, strict=True):
            attempt = marked.answers(row, who, dict(enumerate(given_answers)))
        if is_twice:
            marked.mark(attempt, 2, "1.5")
            marked.answers(row, people.student(), dict(enumerate(said[-1])), number=2)
        marked.reckoned(row, force=True)
        for place, action, which in wanted:
            kind = KINDS[place % 4]
            keys = {Action.CHANGE: KEYS[kind][which : which + 1], Action.ACCEPT: KEYS[kind]}.get(action, [])
            change = fix(row, place, action, *keys)
            if action == Action.DROP and place == 0:  # one question stays
                continue
            seen = key_fixes.preview(row, change)
            made = apply(row, change, digest=seen.digest)
            assert made.digest == draft(row).digest == seen.digest

    each()


def test_what_people_mark_comes_back_to_them_after_a_correction():
    row = marked.exam(2, parts={"Physics": [Kind.LONG, Kind.SINGLE]})
    first, back = marked.version(row), fix(row, 0, Action.CHANGE)
    with pytest.raises(BadFix, match="no key"):  # nothing was corrected yet
        key_fixes.preview(row, back)
    apply(row, fix(row, 0, Action.DROP))
    with pytest.raises(BadFix, match="No key is asked for"):
        key_fixes.preview(row, fix(row, 0, Action.CHANGE, Key(right=("a",))))
    seen = key_fixes.preview(row, back)
    made = apply(row, back, digest=seen.digest)
    assert numbers(made) == numbers(first)
    assert draft(row).digest == made.digest == first.digest
    assert str(KeyFix.objects.get(version=made).word) == "Marked by people again"
