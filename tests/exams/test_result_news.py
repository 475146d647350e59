"""Who is told of results: once, when they are out for him, and later only of what changed; never what they are."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Delivery, Guardianship, Notification
from coaching.recurring import SCHEDULE
from exams import result_news, tasks
from exams.content import Key
from exams.models import Attempt, KeyFix, Test, TestBatch
from exams.models.attempts import EndedBy, State
from exams.models.results import Cause
from exams.models.tests import Release, Shown
from tests import people
from tests.exams import marked
from tests.racing import at_once

pytestmark = pytest.mark.django_db
OUT = "Results are out: Full mock 5"
CHANGED = "Your result has changed: Full mock 5"


def told() -> list[tuple[str, str]]:
    """Name and title, in the order of names."""
    rows = Notification.objects.filter(kind="tests.results").order_by("recipient__name", "pk")
    return list(rows.values_list("recipient__name", "title"))


def round_at(hours: float = 0) -> int:
    return result_news.tell_due(now=timezone.now() + timedelta(hours=hours))


def two() -> Test:
    """Written by Ananya, who has a guardian, and Ritika."""
    Guardianship.objects.create(student=people.student(), guardian=people.guardian())
    return marked.exam(students=2)


def test_students_and_guardians_are_told_once_and_not_what_they_got():
    test = two()
    assert (round_at(), round_at()) == (1, 0)
    names = sorted(one.name for one in (people.student(), people.other_student(), people.guardian()))
    assert told() == [(name, OUT) for name in names]
    about = Notification.objects.get(recipient=people.guardian())
    assert about.about == people.student()
    texts = " ".join(f"{one.title} {one.body} {one.url}" for one in Notification.objects.all())
    texts = texts.replace(str(test.uuid), "")  # by chance it has such digits
    assert not any(word in texts for word in ("16", "11", "rank", "marks"))
    assert Delivery.objects.exists()


def test_nobody_is_told_what_is_held_back_or_not_out_yet():
    test = marked.exam(students=2, results_release=Release.BY_HAND)
    assert round_at() == 0
    TestBatch.objects.filter(test=test).update(results=Shown.FROM, results_from=timezone.now() + timedelta(hours=2))
    assert (round_at(), round_at(3)) == (0, 1)
    TestBatch.objects.filter(test=test).update(results=Shown.NO, told_version=0)
    assert round_at(3) == 0
    assert len(told()) == 2


def test_taken_back_and_shown_again_is_not_told_twice():
    test = two()
    round_at()
    TestBatch.objects.filter(test=test).update(results=Shown.NO)
    round_at()
    TestBatch.objects.filter(test=test).update(results=Shown.YES)
    round_at()
    assert len(told()) == 3


def test_only_whose_marks_or_rank_changed_is_told_of_a_new_version():
    test = marked.exam(students=4, shuffles_questions=False)
    round_at()
    before = len(told())
    question = marked.asked(test)[0]
    fix = KeyFix(question=question, action=KeyFix.Action.ACCEPT, reason="b and c", by=people.teacher())
    fix.keys = [Key(right=("b",)).to_json(), Key(right=("c",)).to_json()]
    marked.reckoned(test, Cause.KEY_FIX, fixes=[fix], reason="b and c are right")
    assert round_at() == 1
    # Ritika had c: 11 becomes 16, and nobody else's marks or rank move but hers, who now shares the first place.
    news = Notification.objects.filter(kind="tests.results").order_by("pk")[before:]
    assert [(one.recipient, one.title, one.body) for one in news] == [
        (people.other_student(), CHANGED, "The key of question 1 was corrected.")
    ]
    assert (round_at(), len(told())) == (0, before + 1)


def test_numbers_of_questions_are_told_only_where_they_are_the_same_for_all():
    test = marked.exam(students=4, shuffles_questions=True)
    fix = KeyFix(question=marked.asked(test)[0], action=KeyFix.Action.BONUS_ALL, reason="no key", by=people.teacher())
    round_at()
    marked.reckoned(test, Cause.KEY_FIX, fixes=[fix])
    round_at()
    body = Notification.objects.filter(title=CHANGED).values_list("body", flat=True)
    assert set(body) == {"The key of 1 question was corrected."}


def test_who_wrote_on_while_the_others_were_told_learns_it_when_he_has_handed_in():
    test = marked.written(students=3)
    late = Attempt.objects.filter(test=test, student=people.other_student())
    marked.reckoned(test)
    late.update(state=State.WRITING, submitted_at=None, ended_by="")
    round_at()
    assert [name for name, _title in told()] == sorted([people.student().name, "Student 0003"])
    late.update(state=State.SUBMITTED, submitted_at=timezone.now() + timedelta(seconds=1), ended_by=EndedBy.STUDENT)
    marked.reckoned(test, Cause.LATE, force=True)
    round_at(0.1)
    assert [(name, title) for name, title in told() if name == people.other_student().name] == [
        (people.other_student().name, OUT)
    ]
    assert len(told()) == 3


def test_worker_that_dies_anywhere_leaves_each_to_be_told_once(monkeypatch):
    monkeypatch.setattr(result_news, "AT_ONCE", 1)
    two()
    died = 0
    while _dies_at(died + 1):
        died += 1
        assert died < 60
    assert died > 3
    assert round_at() == 0
    assert len(told()) == 3
    assert Delivery.objects.count() == len({one.notification_id for one in Delivery.objects.all()})


def _dies_at(number: int) -> bool:
    """A round that ends at its nth statement that writes; whether it came so far."""
    count = 0

    def dying(execute, sql, params, many, context):
        nonlocal count
        count += sql.startswith(("INSERT", "UPDATE"))
        if count == number:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    TestBatch.objects.update(told_version=0)
    try:
        with connection.execute_wrapper(dying):
            round_at()
    except KeyboardInterrupt:
        return True
    return False


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_each_once():
    two()
    at_once([round_at] * 2)
    assert len(told()) == 3
    assert TestBatch.objects.get().told_version == 1


def test_scheduler_looks_every_minute():
    assert SCHEDULE["exams-tell-results"] == {"task": tasks.tell_results.name, "schedule": 60.0}
    two()
    tasks.tell_results()
    assert len(told()) == 3
