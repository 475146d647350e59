"""Beginning to write: not before the opening, once, on one device, with the whole time."""

import base64
import uuid
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import timezone

from batches.models import Enrolment
from coaching.lib.errors import NotAllowed
from exams import paper_json, sealed_papers, starting
from exams.admission import CannotBegin, NotOpenYet, admit
from exams.devices import Device
from exams.models import Attempt, SealedPaper, Test
from exams.models.attempts import State
from exams.takeovers import NotWriting, OpenElsewhere
from tests import people, racing
from tests.exams import papers

pytestmark = pytest.mark.django_db
PHONE = Device(id=uuid.UUID(int=1), name="Chrome, Android")
TABLET = Device(id=uuid.UUID(int=2), name="Safari, iPad")


def ready(test: Test | None = None, **fields) -> Attempt:
    now = timezone.now()
    found = test or papers.paper(**({"opens_at": now + timedelta(minutes=10)} | fields))
    return admit(found, people.student(), device=PHONE, now=now)


def begin(attempt, *, now=None, device=PHONE, student=None):
    number = (student or people.student()).pk
    return starting.start(attempt.uuid, student=number, device=device, now=now or attempt.test.opens_at)


def test_not_a_moment_before_the_opening():
    attempt = ready()
    with pytest.raises(NotOpenYet) as refused:
        begin(attempt, now=attempt.test.opens_at - timedelta(microseconds=1))
    assert refused.value.seconds == 1
    attempt.refresh_from_db()
    assert attempt.state == State.READY
    assert begin(attempt).attempt.state == State.WRITING


def test_whole_time_runs_from_the_beginning_and_not_past_the_closing():
    attempt = ready(duration_min=60)
    opens = attempt.test.opens_at
    assert begin(attempt).attempt.deadline_at == opens + timedelta(minutes=60)
    late = papers.paper(duration_min=60, title="Late")
    now = late.closes_at - timedelta(minutes=5)
    assert begin(ready(late), now=now).attempt.deadline_at == late.closes_at


def test_extra_time_and_timed_sections_are_in_the_clock():
    test = papers.exam(opens_at=timezone.now() + timedelta(minutes=5), duration_min=None)
    for minutes in (20, 40):
        papers.place(papers.section(test, f"Part of {minutes}", duration_min=minutes), papers.question())
    attempt = ready(test)
    Attempt.objects.update(allowance_s=600)
    begun = begin(attempt).attempt
    assert begun.deadline_at == test.opens_at + timedelta(minutes=70)
    begun.refresh_from_db()
    assert begun.section_ends[-1] == begun.deadline_at.isoformat()
    assert len(begun.section_ends) == 2


def test_twice_is_the_same_answer():
    attempt = ready()
    first = begin(attempt).as_json()
    later = begin(attempt, now=attempt.test.opens_at + timedelta(minutes=3)).as_json()
    assert later == first | {"server_now": later["server_now"]}


def test_answer_opens_the_paper_that_was_fetched_before():
    attempt = ready()
    told = begin(attempt).as_json()
    row = SealedPaper.objects.get()
    assert told["paper"] == {"url": f"/exams/papers/{row.uuid}/", "sha256": row.sha256}
    key, nonce = base64.b64decode(told["key"]), base64.b64decode(told["nonce"])
    bound = f"{told['test']} {told['revision']}".encode()
    assert AESGCM(key).decrypt(nonce, bytes(row.ciphertext), bound) == paper_json.paper_of(attempt.test)
    placed = {str(one.uuid) for one in attempt.test.questions.all()}
    assert set(told["order"]["questions"]) == placed == set(told["order"]["options"])


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"published_at": None}, {"closes_at": "now"}],
    ids=["inactive", "withdrawn", "closed"],
)
def test_test_that_cannot_be_begun_is_refused_and_who_writes_goes_on(change):
    waits, now = ready(papers.paper()), timezone.now()
    writes = papers.attempt(waits.test, people.other_student(), device_id=PHONE.id)
    Test.objects.update(**{name: now if value == "now" else value for name, value in change.items()})
    with pytest.raises(CannotBegin):
        begin(waits, now=now)
    assert begin(writes, now=now, student=people.other_student()).attempt.state == State.WRITING


def test_other_device_is_told_where_it_is_open_and_the_same_one_goes_on():
    attempt = ready()
    begin(attempt)
    with pytest.raises(OpenElsewhere):
        begin(attempt, device=TABLET)
    people.signed_in(people.student())
    slot = people.student().session_slots.latest("pk").pk
    again = begin(attempt, device=Device(slot=slot, id=PHONE.id)).attempt
    assert (again.epoch, again.takeovers) == (2, 0)
    assert attempt.events.filter(kind="RESUMED").count() == 1


def test_attempt_that_staff_opened_again_is_bound_to_the_first_device_that_comes():
    attempt = ready()
    begin(attempt)
    Attempt.objects.update(device_id=None)
    assert begin(attempt).attempt.epoch == 2
    with pytest.raises(OpenElsewhere):
        begin(attempt, device=TABLET)


def test_who_waited_on_one_device_may_begin_on_another():
    attempt = ready()
    assert begin(attempt, device=TABLET).attempt.device_id == TABLET.id


def test_what_is_handed_in_or_anothers_is_not_begun():
    attempt = papers.attempt(state=State.SUBMITTED, submitted_at=timezone.now(), ended_by="STUDENT")
    with pytest.raises(NotWriting):
        begin(attempt)
    with pytest.raises(Attempt.DoesNotExist):
        begin(attempt, student=people.other_student())


def test_who_left_the_batch_since_he_came_in_does_not_begin():
    attempt = ready()
    Enrolment.objects.update(left_at=attempt.test.opens_at)
    with pytest.raises(NotAllowed):
        begin(attempt)
    attempt.refresh_from_db()
    assert attempt.state == State.READY


def test_who_left_the_batch_since_he_began_goes_on():
    attempt = ready()
    first = begin(attempt).as_json()
    Enrolment.objects.update(left_at=attempt.test.opens_at)
    assert begin(attempt, now=attempt.test.opens_at + timedelta(minutes=1)).as_json()["key"] == first["key"]


def test_beginning_costs_three_queries_once_the_paper_is_known(django_assert_num_queries):
    attempt, other = ready(), people.other_student()
    begin(attempt)
    second = papers.attempt(
        attempt.test, other, state=State.READY, started_at=None, deadline_at=None, section_ends=[], device_id=None
    )
    with django_assert_num_queries(3):
        begin(second, student=other)


@pytest.mark.django_db(transaction=True)
def test_two_devices_that_begin_at_once_are_one_that_writes():
    attempt = ready()
    opens, student = attempt.test.opens_at, people.student().pk
    sealed_papers.seal(attempt.test)
    works = [
        lambda device=device: starting.start(attempt.uuid, student=student, device=device, now=opens)
        for device in (PHONE, TABLET)
    ]
    came = racing.outcomes(works)
    assert sorted(type(one).__name__ for one in came) == ["OpenElsewhere", "Started"]
    attempt.refresh_from_db()
    assert (attempt.epoch, attempt.started_at) == (1, opens)
