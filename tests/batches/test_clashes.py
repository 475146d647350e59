"""Whether classes fit: the predicate and the queries against a check of everything with everything."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batches import clash_report, clashes
from batches.clashes import Clashes, Planned
from batches.models import ClassSession, Enrolment
from batches.overlaps import Ordered, across
from batches.series import Span
from tests import people
from tests.batches import timetables

NIGHT_OF_CHANGE = datetime(2026, 10, 24, 20, tzinfo=UTC)
"""Berlin puts its clocks back at 01:00 UTC of this night."""
QUARTER = timedelta(minutes=15)
BERLIN = ZoneInfo("Europe/Berlin")


def span(start: int, length: int) -> Span:
    begins = NIGHT_OF_CHANGE + QUARTER * start
    return Span(begins, begins + QUARTER * length)


spans = st.builds(span, st.integers(0, 60), st.integers(1, 40))


def overlap_by_minutes(one: Span, other: Span) -> bool:
    """The oracle: whether both hold the same quarter of an hour, said without comparing ends."""

    def quarters(span: Span) -> set[datetime]:
        return {span.starts_at + QUARTER * number for number in range((span.ends_at - span.starts_at) // QUARTER)}

    return bool(quarters(one) & quarters(other))


# --- The predicate ----------------------------------------------------------------------------------------------------


def test_all_876_overlapping_pairs_of_an_eight_hour_day_are_found_and_no_other():
    slots = [span(4 * start, 4 * (end - start)) for start in range(8) for end in range(start + 1, 9)]
    assert len(slots) == 36
    by_predicate = {(one, other) for one, other in product(slots, slots) if one.overlaps(other)}
    assert len(by_predicate) == 876
    assert by_predicate == {(one, other) for one, other in product(slots, slots) if overlap_by_minutes(one, other)}
    assert set(across(slots, slots)) == by_predicate


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param((0, 8), (0, 4), True, id="same start, ends earlier"),
        pytest.param((0, 4), (4, 4), False, id="touching ends"),
        pytest.param((0, 8), (2, 2), True, id="inside"),
        pytest.param((0, 40), (12, 8), True, id="across midnight"),
        pytest.param((0, 4), (0, 4), True, id="the same"),
        pytest.param((0, 4), (20, 4), False, id="apart"),
    ],
)
def test_predicate_is_half_open_and_symmetric(one, other, expected):
    assert span(*one).overlaps(span(*other)) is expected
    assert span(*other).overlaps(span(*one)) is expected


@given(st.lists(spans, max_size=25), st.lists(spans, max_size=25))
def test_many_against_many_equals_everything_with_everything(some, others):
    assert sorted(map(repr, across(some, others))) == sorted(
        repr((one, other)) for one, other in product(some, others) if overlap_by_minutes(one, other)
    )
    numbered = list(enumerate(some))
    expected = sum(overlap_by_minutes(one, other) for n, one in numbered for m, other in numbered if n < m)
    assert len(list(Ordered(some).pairs())) == expected


@given(hours=st.integers(-6, 6), length=st.integers(1, 12))
def test_wall_clocks_of_the_night_of_change_do_not_matter(hours, length):
    begins = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    one = Span(begins.astimezone(UTC), begins.astimezone(UTC) + QUARTER * length)
    shifted = (begins.astimezone(UTC) + QUARTER * hours).astimezone(BERLIN)
    other = Span(shifted, (shifted.astimezone(UTC) + QUARTER * length).astimezone(BERLIN))
    assert one.overlaps(other) is (abs(hours) < length)


# --- The table --------------------------------------------------------------------------------------------------------


@pytest.fixture
def cast(db):
    """Three batches, two teachers, two rooms and three students, of whom two are in more than one batch."""
    batches = [timetables.batch(name) for name in ("JEE", "NEET", "Board")]
    students = [people.student(), people.other_student(), people.person("Third", "STUDENT", admission_number="3")]
    rooms = [timetables.room(name) for name in ("Room 1", "Room 2")]
    return batches, [people.teacher(), people.other_teacher()], rooms, students


classes = st.lists(
    st.tuples(
        st.integers(0, 60), st.integers(1, 48), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.booleans()
    ),
    min_size=1,
    max_size=9,
)
stays = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 80), st.none() | st.integers(1, 60)), max_size=8
)


def fill(cast, rows, rolls) -> None:
    """The tables as these numbers say; of two open enrolments of one student in one batch the first counts."""
    batches, teachers, rooms, students = cast
    ClassSession.objects.all().delete()
    Enrolment.objects.all().delete()
    for start, length, batch, teacher, room, is_cancelled in rows:
        when = span(start, length)
        ClassSession.objects.create(
            batch=batches[batch],
            teacher=teachers[teacher - 1] if teacher else None,
            room=rooms[room - 1] if room else None,
            starts_at=when.starts_at,
            ends_at=when.ends_at,
            cancelled_at=when.starts_at if is_cancelled else None,
        )
    still_open = set()
    for batch, student, start, length in rolls:
        if length is None and (batch, student) in still_open:
            continue
        if length is None:
            still_open.add((batch, student))
        since = NIGHT_OF_CHANGE + QUARTER * (start - 20)
        left = since + QUARTER * length if length else None
        timetables.enrol(students[student], batches[batch], joined_at=since, left_at=left)


def students_in_both(one, other) -> set[int]:
    """The oracle: who is in both batches at some quarter of an hour that both classes hold."""
    rolls = list(Enrolment.objects.all())
    found = set()
    for number in range(int((one.ends_at - one.starts_at) / QUARTER)):
        at = one.starts_at + QUARTER * number
        if other.starts_at <= at < other.ends_at:
            here, there = (
                {roll.student_id for roll in rolls if roll.batch_id == batch and roll.is_active(at)}
                for batch in (one.batch_id, other.batch_id)
            )
            found |= here & there
    return found


def kinds_by_hand(one, other) -> set[tuple[str, tuple[int, ...]]]:
    if not overlap_by_minutes(Span(one.starts_at, one.ends_at), Span(other.starts_at, other.ends_at)):
        return set()
    found = set()
    if one.teacher_id and one.teacher_id == other.teacher_id:
        found.add(("teacher", ()))
    if one.room_id and one.room_id == other.room_id:
        found.add(("room", ()))
    if one.batch_id == other.batch_id:
        found.add(("batch", ()))
    elif students := students_in_both(one, other):
        found.add(("students", tuple(sorted(students))))
    return found


once = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@once
@given(rows=classes, rolls=stays, planned=st.tuples(st.integers(0, 60), st.integers(1, 48)))
def test_clashes_of_planned_classes_equal_a_check_by_hand(cast, rows, rolls, planned):
    fill(cast, rows, rolls)
    batches, teachers, rooms, _students = cast
    when = span(*planned)
    wanted = Planned(when.starts_at, when.ends_at, batches[0].pk, teachers[0].pk, rooms[0].pk)
    held = ClassSession.objects.filter(cancelled_at=None)
    expected = {(kind, row.pk, students) for row in held for kind, students in kinds_by_hand(wanted, row)}
    assert {(one.kind, one.with_.pk, one.students) for one in clashes.of_spans([wanted])} == expected


@once
@given(rows=classes, rolls=stays)
def test_report_equals_a_check_of_every_class_with_every_other(cast, rows, rolls):
    fill(cast, rows, rolls)
    held = list(ClassSession.objects.filter(cancelled_at=None))
    expected = {
        (kind, frozenset({one.pk, other.pk}), students)
        for n, one in enumerate(held)
        for other in held[n + 1 :]
        for kind, students in kinds_by_hand(one, other)
    }
    day = timedelta(days=1)
    found = clash_report.found(since=NIGHT_OF_CHANGE - day, until=NIGHT_OF_CHANGE + 3 * day)
    assert {(one.kind, frozenset({one.first, one.second}), one.students) for one in found} == expected
    assert len(found) == len(expected)


@once
@given(rows=classes, window=st.tuples(st.integers(0, 60), st.integers(1, 48)))
def test_between_finds_what_shares_an_instant_with_the_window(cast, rows, window):
    fill(cast, rows, [])
    wanted = span(*window)
    found = ClassSession.objects.between(wanted.starts_at, wanted.ends_at)
    by_hand = {
        row for row in ClassSession.objects.all() if overlap_by_minutes(Span(row.starts_at, row.ends_at), wanted)
    }
    assert set(found) == by_hand


def test_twelve_hours_by_the_clock_are_found_in_their_thirteenth_hour(db):
    begins = datetime(2026, 10, 24, 19, tzinfo=BERLIN)
    night = timetables.class_session(timetables.batch(), begins.astimezone(UTC), minutes=13 * 60)
    assert night.ends_at.astimezone(BERLIN).hour == 7
    last_minutes = night.ends_at - QUARTER
    assert list(ClassSession.objects.between(last_minutes, night.ends_at)) == [night]
    assert not ClassSession.objects.between(night.ends_at, night.ends_at + QUARTER)
    planned = Planned(last_minutes, night.ends_at + QUARTER, night.batch_id)
    assert [one.kind for one in clashes.of_spans([planned])] == ["batch"]


# --- What a person accepts --------------------------------------------------------------------------------------------


@pytest.fixture
def taken(db) -> ClassSession:
    """Meera teaches NEET in room 1, and Ananya is in it and in JEE."""
    other = timetables.batch("NEET")
    for batch in (timetables.batch(), other):
        timetables.enrol(people.student(), batch)
    return timetables.class_session(other, teacher=people.teacher(), room=timetables.room())


def the_same_time(row: ClassSession, **changed) -> Planned:
    wanted = {"batch_id": timetables.batch().pk, "teacher_id": row.teacher_id, "room_id": row.room_id}
    return Planned(row.starts_at, row.ends_at, **{**wanted, **changed})


def test_clash_names_the_other_class_and_the_students(taken):
    found = clashes.of_spans([the_same_time(taken)])
    assert [one.kind for one in found] == ["teacher", "room", "students"]
    assert found[2].names == ("Ananya Kulkarni",)
    assert found[2].more == 0
    assert found[0].with_ == taken


def test_who_saw_the_clashes_may_save_and_what_he_did_not_see_is_refused(taken):
    now, planned = timezone.now(), [the_same_time(taken)]
    with pytest.raises(Clashes) as refused:
        clashes.check(planned, now=now)
    assert len(refused.value.proposals) == 3
    assert not [one for one in refused.value.proposals if one.overlaps(planned[0])]
    seen = {one.key for one in refused.value.clashes}
    assert clashes.check(planned, now=now, despite=seen)
    with pytest.raises(Clashes):
        clashes.check(planned, now=now, despite=seen - {next(iter(seen))})
    timetables.enrol(people.other_student(), timetables.batch())
    timetables.enrol(people.other_student(), taken.batch)
    with pytest.raises(Clashes):
        clashes.check(planned, now=now, despite=seen)


@pytest.mark.parametrize("changed", ["starts_at", "ends_at", "room"])
def test_key_changes_with_the_other_class(taken, changed):
    before = {one.key for one in clashes.of_spans([the_same_time(taken)])}
    planned = the_same_time(taken)
    if changed == "room":
        taken.room = timetables.room("Room 2")
    else:
        setattr(taken, changed, getattr(taken, changed) - timedelta(minutes=1))
    taken.save()
    assert not before & {one.key for one in clashes.of_spans([planned])}


def test_neither_a_cancelled_class_nor_the_rows_it_replaces_clash(taken):
    planned = [the_same_time(taken)]
    assert clashes.of_spans(planned, replaces=[taken.pk]) == []
    ClassSession.objects.update(cancelled_at=timezone.now())
    assert clashes.of_spans(planned) == []
    assert clashes.of_spans([]) == []


def test_who_moved_from_one_batch_to_the_other_in_the_middle_is_in_no_two_classes(taken):
    middle = taken.starts_at + timedelta(minutes=30)
    student = people.other_student()
    timetables.enrol(student, timetables.batch(), left_at=middle)
    timetables.enrol(student, taken.batch, joined_at=middle)
    found = [one for one in clashes.of_spans([the_same_time(taken)]) if one.kind == "students"]
    assert [one.students for one in found] == [(people.student().pk,)]


def test_holiday_is_a_hint(db):
    from batches.models import Holiday

    day = date(2026, 11, 24)
    Holiday.objects.create(name="गुरु नानक जयंती", starts_on=day, ends_on=day)
    begins = timetables.at(day, 23)
    late = Planned(begins, begins + timedelta(hours=2), 1)
    next_day = Planned(begins + timedelta(hours=1), begins + timedelta(hours=3), 1)
    assert [one.name for one in clashes.holidays_of([late])] == ["गुरु नानक जयंती"]
    assert clashes.holidays_of([next_day]) == clashes.holidays_of([]) == []


def test_a_year_of_classes_costs_as_many_queries_as_one(taken, django_assert_num_queries):
    week = timedelta(days=7)
    series = [
        Planned(taken.starts_at + week * n, taken.ends_at + week * n, timetables.batch().pk, taken.teacher_id)
        for n in range(300)
    ]
    for n in range(1, 300):
        timetables.class_session(taken.batch, taken.starts_at + week * n, teacher=taken.teacher)
    with django_assert_num_queries(4):
        assert len(clashes.of_spans(series[:1])) == 2
    with django_assert_num_queries(4):
        assert len(clashes.of_spans(series)) == 600
    with django_assert_num_queries(5):
        clashes.free_spans(series, now=timezone.now())


# --- The report -------------------------------------------------------------------------------------------------------


def test_report_leads_to_both_classes_and_is_for_admins(taken):
    other = timetables.class_session(timetables.batch(), taken.starts_at, teacher=taken.teacher, room=taken.room)
    page = people.signed_in(people.admin()).get("/batches/clashes/").content.decode()
    for row in (taken, other):
        assert f'href="/batches/classes/{row.uuid}/"' in page
    assert "Students in two classes" in page
    assert clash_report.count(now=timezone.now()) == 1
    for who in (people.teacher(), people.student(), people.cashier()):
        assert people.signed_in(who).get("/batches/clashes/").status_code == 403


def test_report_narrows_and_takes_no_nonsense(taken):
    timetables.class_session(timetables.batch(), taken.starts_at, teacher=taken.teacher)
    browser = people.signed_in(people.admin())
    assert [line.kind for line in browser.get("/batches/clashes/?kind=teacher").context["lines"]] == ["teacher"]
    assert browser.get("/batches/clashes/?kind=room").context["lines"] == []
    for asked in ("kind=x", "weeks=0", "weeks=-1", "weeks=99999999999", "weeks=२", "page=x", "page=0", "kind=%00"):
        response = browser.get(f"/batches/clashes/?{asked}")
        assert response.status_code == 200
        assert (response.context["weeks"], len(response.context["lines"])) == (8, 2)


def test_report_costs_as_many_queries_at_30_clashes_as_at_3(taken, same_queries):
    browser = people.signed_in(people.admin())

    def add(count):
        for _ in range(count):
            timetables.class_session(timetables.batch(), taken.starts_at, teacher=taken.teacher)

    same_queries(lambda: browser.get("/batches/clashes/?kind=teacher"), add=add, at_most=15)
