"""The page of a record: its history and evidence, and how it is put right, by the office or because somebody asks."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from attendance import corrections
from attendance.asks import AskClosed
from attendance.models import CheckInAttempt, CorrectionRequest, Freeze, Record, RecordChange
from attendance.models.asks import AskState
from attendance.models.check_ins import Decision
from attendance.models.records import Source, Status
from attendance.rules import PeriodFrozen
from tests import people, racing
from tests.attendance import asking, registers
from tests.batches import timetables

pytestmark = pytest.mark.django_db
HINDI = "मैं कक्षा में उपस्थित थी लेकिन फ़ोन की बैटरी समाप्त हो जाने के कारण उपस्थिति दर्ज नहीं कर सकी। " * 2


def ask(record, *, who=None, wanted="P", reason="I sat in the third row"):
    return asking.post(who or people.student(), "correction_ask", record, wanted=wanted, reason=reason)


def correct(record, *, who=None, status="P", seen=None, reason="Seen in the lab", **body):
    given = {"status": status, "reason": reason, "seen": record.version if seen is None else seen, **body}
    return asking.post(who or people.teacher(), "record", record, **given)


def shown(record, who):
    return people.signed_in(who).get(reverse("record", args=[record.uuid]))


def freeze_day_of(record):
    day = timezone.localdate(record.class_session.starts_at)
    Freeze.objects.create(first_on=day, last_on=day, reason="Report", made_by=people.admin())


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_family_and_the_teachers_read_who_changed_what_when_and_why():
    asking.a_family()
    record = asking.missed()
    correct(record, reason="Seen in the lab")
    for who in (people.student(), people.guardian(), people.teacher(), people.admin()):
        text = shown(record, who).content.decode()
        assert "Seen in the lab" in text
        assert people.teacher().name in text
        assert "Closing of the register" in text
        assert "after the register was closed" in text


def test_coordinates_stay_out_of_the_page_and_the_distance_is_a_band():
    record = asking.missed()
    register = registers.Register.objects.get(pk=record.class_session_id)
    CheckInAttempt.objects.create(
        register=register,
        student=people.student(),
        client_uuid="6f2a5d6e-5a0c-4f33-8a7d-0b6c9d0f1a11",
        decision=Decision.OUTSIDE,
        accuracy_m=12,
        distance_m=731.4,
        code_ok=False,
    )
    text = shown(record, people.teacher()).content.decode()
    assert "500–1000 m" in text
    assert "731" not in text
    assert "with a wrong code" in text


def test_news_about_a_class_lead_to_ones_own_record_and_of_two_children_to_a_choice():
    asking.a_family()
    record = asking.missed()
    url = reverse("own_record", args=[record.class_session.uuid])
    assert people.signed_in(people.guardian()).get(url).headers["Location"] == reverse("record", args=[record.uuid])
    asking.Guardianship.objects.create(guardian=people.guardian(), student=people.other_student())
    timetables.enrol(people.other_student(), record.class_session.batch)
    registers.mark(record.class_session, people.other_student(), Status.PRESENT)
    page = people.signed_in(people.guardian()).get(url)
    assert [one.student for one, _tone in page.context["lines"]] == [people.student(), people.other_student()]


# --- Put right by a teacher or the office -----------------------------------------------------------------------------


def test_a_teacher_corrects_a_closed_register_with_a_reason():
    record = asking.missed()
    assert correct(record, status="L", late_min=12).status_code == 302
    record.refresh_from_db()
    assert (record.status, record.late_min, record.source) == (Status.LATE, 12, Source.TEACHER)
    change = record.changes.order_by("version").last()
    assert (change.is_correction, change.reason, change.by) == (True, "Seen in the lab", people.teacher())
    assert Activity.objects.filter(event="attendance.corrected", actor=people.teacher()).count() == 1


def test_without_a_reason_nothing_is_corrected():
    record = asking.missed()
    assert correct(record, reason=" ").status_code == 200
    record.refresh_from_db()
    assert record.status == Status.ABSENT


def test_who_saw_an_older_version_is_shown_what_the_register_says_now():
    record = asking.missed()
    correct(record, status="L")
    page = correct(record, status="P", who=people.admin(), seen=record.version)
    assert page.status_code == 409
    assert "Meanwhile the register says: Late." in page.content.decode()
    record.refresh_from_db()
    assert record.status == Status.LATE


def test_nobody_else_corrects_a_record():
    asking.a_family()
    record = asking.missed()
    assert correct(record, who=people.student()).status_code == 403
    assert correct(record, who=people.guardian()).status_code == 403
    assert correct(record, who=people.other_teacher()).status_code == 404
    assert RecordChange.objects.count() == 1


def test_in_a_frozen_period_nobody_corrects_and_nobody_asks():
    record = asking.missed()
    freeze_day_of(record)
    assert correct(record, who=people.admin()).status_code == 409
    assert ask(record).status_code == 409
    assert "frozen" in shown(record, people.student()).content.decode()
    assert RecordChange.objects.count() == 1
    assert not CorrectionRequest.objects.exists()


# --- Asked for --------------------------------------------------------------------------------------------------------


def test_a_student_asks_and_the_teacher_of_the_class_grants_it_and_his_reason_stays_where_it_can_be_erased():
    record = asking.missed()
    assert ask(record, reason=HINDI).status_code == 302
    asked = CorrectionRequest.objects.get()
    page = people.signed_in(people.teacher()).get(reverse("ask_list"))
    assert HINDI.strip() in page.content.decode()
    assert asking.post(people.teacher(), "correction_decide", asked, do="grant").status_code == 302
    record.refresh_from_db()
    change = record.changes.order_by("version").last()
    assert (record.status, record.source) == (Status.PRESENT, Source.REQUEST)
    assert change.reason == "Asked for, and granted."
    assert CorrectionRequest.objects.get().reason == HINDI.strip()
    assert (change.is_correction, change.by) == (True, people.teacher())


def test_a_refusal_says_why_and_leaves_the_record():
    record = asking.missed()
    ask(record)
    asked = CorrectionRequest.objects.get()
    asking.post(people.teacher(), "correction_decide", asked, do="refuse", answer="You left after the roll call")
    record.refresh_from_db()
    assert record.status == Status.ABSENT
    assert "You left after the roll call" in shown(record, people.student()).content.decode()


def test_the_same_request_sent_twice_is_one_and_another_waits_for_the_first():
    record = asking.missed()
    assert [ask(record).status_code, ask(record).status_code] == [302, 302]
    assert ask(record, wanted="E").status_code == 409
    assert CorrectionRequest.objects.count() == 1
    assert Activity.objects.filter(event="correction.asked").count() == 1


def test_a_guardian_asks_for_his_child_and_nobody_for_anothers():
    asking.a_family()
    record = asking.missed()
    assert ask(record, who=people.other_student()).status_code == 404
    assert ask(record, who=people.teacher()).status_code == 404
    assert ask(record, who=people.guardian()).status_code == 302
    assert CorrectionRequest.objects.get().asked_by == people.guardian()


def test_a_request_is_taken_back_and_asked_again_but_not_without_end():
    record = asking.missed()
    for _time in range(corrections.TIMES_AT_MOST):
        ask(record)
        asking.post(people.student(), "correction_withdraw", CorrectionRequest.objects.get(state=AskState.ASKED))
    assert ask(record).status_code == 409
    assert CorrectionRequest.objects.filter(state=AskState.WITHDRAWN).count() == corrections.TIMES_AT_MOST


def test_a_class_that_is_on_or_long_over_is_not_asked_about():
    now_on = registers.mark(registers.class_now(), people.student(), Status.ABSENT)
    long_over = asking.missed(hours_ago=24 * 15)
    assert ask(now_on).status_code == 409
    assert ask(long_over).status_code == 409
    assert not CorrectionRequest.objects.exists()


@pytest.mark.parametrize(("wanted", "status"), [("A", 200), ("U", 200), ("", 200), ("P", 302)])
def test_only_what_a_student_may_want_is_asked_for(wanted, status):
    assert ask(asking.missed(), wanted=wanted).status_code == status


def test_what_the_register_says_already_is_not_asked_for():
    record = asking.missed()
    correct(record, status="L")
    page = ask(record, wanted="L")
    assert list(page.context["ask_form"].errors) == ["wanted"]
    assert ask(record, wanted="P").status_code == 302


def test_who_was_there_is_offered_no_correction():
    record = asking.missed()
    correct(record)
    assert "Ask for a correction" not in shown(record, people.student()).content.decode()
    assert ask(record, wanted="E").status_code == 409
    assert not CorrectionRequest.objects.exists()


def test_nobody_decides_about_his_own_child():
    record = asking.missed()
    timetables.Teaching.objects.create(batch=record.class_session.batch, teacher=people.guardian_who_teaches())
    asking.Guardianship.objects.create(guardian=people.guardian_who_teaches(), student=people.student())
    asked = asking.correction(record)
    answer = asking.post(people.guardian_who_teaches(), "correction_decide", asked, do="grant")
    assert answer.status_code == 403


def test_a_grant_waits_until_the_freeze_is_lifted():
    asked = asking.correction()
    freeze_day_of(asked.record)
    with pytest.raises(PeriodFrozen):
        corrections.grant(asked, actor=people.admin(), now=timezone.now())
    asked.refresh_from_db()
    assert asked.state == AskState.ASKED


# --- The list ---------------------------------------------------------------------------------------------------------


def test_leave_and_corrections_wait_in_one_list_the_oldest_first_and_what_is_answered_stands_below():
    now = timezone.now()
    timetables.enrol(people.student(), timetables.batch(venue=timetables.venue()))
    record = asking.missed()
    newer = asking.leave(first=asking.day(2), asked_at=now - timedelta(hours=1))
    oldest = asking.correction(record, asked_at=now - timedelta(hours=3))
    older = asking.leave(asked_at=now - timedelta(hours=2))
    browser = people.signed_in(people.teacher())
    page = browser.get(reverse("ask_list"))
    assert [one.row for one in page.context["waiting"]] == [oldest, older, newer]
    asking.post(people.teacher(), "leave_decide", older, do="grant")
    page = browser.get(reverse("ask_list"))
    assert [one.row for one in page.context["waiting"]] == [oldest, newer]
    assert [one.row for one in page.context["answered"]] == [older]


def test_the_list_has_pages_and_asks_the_database_as_often_for_many_as_for_few(same_queries):
    crowd = iter(registers.crowd(timetables.batch(venue=timetables.venue()), 60))
    held = registers.register(registers.class_now(began_min_ago=200)).class_session
    browser = people.signed_in(people.teacher())

    def ask_both(count):
        for _number in range(count):
            one, other = next(crowd), next(crowd)
            asking.leave(one)
            asking.correction(Record.objects.create(class_session=held, student=other))

    same_queries(lambda: browser.get(reverse("ask_list")), add=ask_both)
    page = browser.get(reverse("ask_list"), {"page": 2})
    assert len(page.context["waiting"]) == 30


def test_the_pages_of_a_family_ask_the_database_as_often_for_many_as_for_few(same_queries):
    record, browser = asking.missed(), people.signed_in(people.student())
    days = iter(range(1, 60))

    def add(count):
        for _number in range(count):
            asking.leave(first=asking.day(next(days)))
            asking.correction(record, state=AskState.REFUSED, decided_by=people.teacher(), answer="No")

    def visit():
        browser.get(reverse("leave_list"))
        browser.get(reverse("record", args=[record.uuid]))

    same_queries(visit, add=add, at_most=40)


# --- At the same moment -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_decide_once():
    asked = asking.correction()
    teacher, admin = people.teacher(), people.admin()
    works = [
        lambda: corrections.grant(asked, actor=teacher, now=timezone.now()),
        lambda: corrections.refuse(asked, answer="No", actor=admin, now=timezone.now()),
    ]
    done = racing.outcomes(works)
    assert sum(isinstance(one, AskClosed) for one in done) == 1
    asked.refresh_from_db()
    said = {AskState.GRANTED: Status.PRESENT, AskState.REFUSED: Status.ABSENT}
    assert Record.objects.get().status == said[asked.state]


@pytest.mark.django_db(transaction=True)
def test_two_who_grant_at_once_write_one_line_of_history():
    asked = asking.correction()
    deciders = [people.teacher(), people.admin()]
    racing.at_once([lambda one=one: corrections.grant(asked, actor=one, now=timezone.now()) for one in deciders])
    assert RecordChange.objects.filter(source=Source.REQUEST).count() == 1


@pytest.mark.django_db(transaction=True)
def test_student_and_guardian_who_ask_at_once_ask_once():
    asking.a_family()
    record, now = asking.missed(), timezone.now()
    works = [
        lambda one=one: corrections.ask(record, wanted=Status.PRESENT, reason="There", actor=one, now=now)
        for one in (people.student(), people.guardian())
    ]
    rows = racing.at_once(works)
    assert rows[0].pk == rows[1].pk
    assert CorrectionRequest.objects.count() == 1
