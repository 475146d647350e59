"""The page of flags: whose somebody sees, how they are narrowed, and that reviewing one changes no record."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from attendance import flag_words
from attendance.models import CheckInAttempt, Flag, Record, Register
from attendance.models.records import Status
from tests import people
from tests.attendance import registers
from tests.batches import timetables

pytestmark = pytest.mark.django_db
LIST = "/attendance/flags/"
Kind = Flag.Kind
FIGURES = {"accuracy_m": 2.5, "days": 3, "km": 26.0, "min": 1, "kmh": 156, "agent": "Chrome, Windows", "age_s": 30}


@pytest.fixture
def meera() -> Client:
    return people.signed_in(people.teacher())


def flag(register: Register | None = None, kind: str = Kind.SAME_DEVICE, student: User | None = None) -> Flag:
    """Of Ananya, about Ritika where somebody else belongs to it."""
    held = register or registers.register()
    attempts = [
        CheckInAttempt.objects.create(register=held, student=one, client_uuid=uuid.uuid4(), distance_m=240)
        for one in (student or people.student(), people.other_student())
    ]
    return Flag.objects.create(attempt=attempts[0], other=attempts[1], kind=kind, figures=FIGURES)


def other_class() -> Register:
    batch = timetables.batch("NEET 2027 C")
    batch.teachings.all().delete()
    return registers.register(registers.class_now(batch=batch))


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_is_a_sentence_that_names_who_it_is_about_and_says_it_proves_nothing(
    meera: Client, kind: str
) -> None:
    flag(kind=kind)
    page = meera.get(LIST).content.decode()
    assert "Ananya Kulkarni" in page
    assert str(flag_words.CAUTIONS[Kind(kind)]) in page.replace("&#x27;", "'")
    assert "A flag proves nothing" in page
    if kind in {Kind.SAME_DEVICE, Kind.SAME_POSITION, Kind.TOO_EXACT}:
        assert "रितिका शर्मा" in page


@pytest.mark.parametrize("kind", Kind.values)
def test_sentence_of_a_row_without_figures_does_not_break_the_page(meera: Client, kind: str) -> None:
    flag(kind=kind)
    Flag.objects.update(figures={}, other=None)
    assert meera.get(LIST).status_code == 200


def test_teacher_sees_flags_of_his_classes_and_an_admin_all(meera: Client) -> None:
    mine, other = flag(), flag(other_class())
    rows = lambda who: {one.pk for one, _s, _c in who.get(LIST).context["lines"]}  # noqa: E731
    assert rows(meera) == {mine.pk}
    assert rows(people.signed_in(people.admin())) == {mine.pk, other.pk}
    assert meera.post(f"{LIST}{other.uuid}/review/").status_code == 404


def test_flags_are_narrowed_by_batch_kind_and_state(meera: Client) -> None:
    batch = timetables.batch("NEET 2027 C")
    one = flag()
    two = flag(registers.register(registers.class_now(batch=batch)), Kind.OUTSIDE)
    done = flag(kind=Kind.OFFLINE)
    Flag.objects.filter(pk=done.pk).update(reviewed_at=timezone.now(), reviewed_by=people.teacher())

    def shown(**asked: Any) -> set[int]:
        return {row.pk for row, _s, _c in meera.get(LIST, asked).context["lines"]}

    assert shown() == {one.pk, two.pk}
    assert shown(batch=batch.uuid) == {two.pk}
    assert shown(kind="SAME_DEVICE") == {one.pk}
    assert shown(state="reviewed") == {done.pk}
    assert shown(state="all") == {one.pk, two.pk, done.pk}
    assert shown(batch="x", kind="y", state="z", page="9999") == {one.pk, two.pk}


def test_reviewing_is_noted_once_and_changes_no_record(meera: Client) -> None:
    held = registers.class_now()
    registers.mark(held, people.student(), Status.PRESENT)
    row = flag(held.register)
    before = Record.objects.values().get()
    answer = meera.post(f"{LIST}{row.uuid}/review/?state=all&kind=SAME_DEVICE", {"note": "  Twins, one phone  "})
    assert answer["Location"] == f"{LIST}?kind=SAME_DEVICE&state=all"
    people.signed_in(people.admin()).post(f"{LIST}{row.uuid}/review/", {"note": "Another word"})
    row.refresh_from_db()
    assert (row.reviewed_by, row.note) == (people.teacher(), "Twins, one phone")
    assert Record.objects.values().get() == before
    line = Activity.objects.get(event="check_in.flag_reviewed")
    assert (line.actor, line.subject) == (people.teacher(), people.student())
    assert "Twins, one phone" in meera.get(LIST, {"state": "reviewed"}).content.decode()


def test_note_longer_than_its_room_is_cut(meera: Client) -> None:
    row = flag()
    assert meera.post(f"{LIST}{row.uuid}/review/", {"note": "न" * 5000}).status_code == 302
    row.refresh_from_db()
    assert len(row.note) == 200


def test_list_costs_the_same_at_three_and_at_twenty_five(meera: Client, django_assert_max_num_queries: Any) -> None:
    register = registers.register()
    for student in registers.crowd(register.class_session.batch, 25):
        flag(register, student=student)
    with django_assert_max_num_queries(12):
        assert len(meera.get(LIST).context["lines"]) == 25


def test_great_lengths_are_written_in_groups_and_without_tenths() -> None:
    fast = flag(kind=Kind.TOO_FAST)
    fast.figures = {"km": 6265.0, "min": 213, "kmh": 1766}
    assert "6,265 km in 213 minutes, 1,766 km/h" in flag_words.sentence(fast)
    fast.figures = {"km": 2.6, "min": 1, "kmh": 156}
    assert "2.6 km in 1 minute, 156 km/h" in flag_words.sentence(fast)
