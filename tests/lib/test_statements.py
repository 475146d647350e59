"""Statements that are written once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import DataError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Role, Ticket, User
from accounts.session_store import hash_key
from coaching.lib.statements import written_once
from tests import people, racing

pytestmark = pytest.mark.django_db


@written_once
def tickets_of(order: str, *, person: int, since: datetime) -> QuerySet[Ticket]:
    rows = Ticket.objects.filter(asked_by=User(pk=person), moved_at__gte=since, moved_at__lt=since + timedelta(days=2))
    return rows.select_related("asked_by").order_by(order)[:3]


@written_once
def names_of(*, role: str) -> QuerySet[User, str]:
    return User.objects.filter(role=role).order_by("name").values_list("name", flat=True)


def ticket(person: User, subject: str, at: datetime) -> Ticket:
    return Ticket.objects.create(asked_by=person, subject=subject, moved_at=at)


def test_each_call_gets_the_rows_of_its_own_values_in_one_query(django_assert_num_queries):
    ananya, arjun, now = people.student(), people.other_student(), timezone.now()
    for days in range(-1, 4):
        ticket(ananya, f"day {days}", now + timedelta(days=days))
    ticket(arjun, "his", now)
    with django_assert_num_queries(3):
        first = tickets_of("moved_at", person=ananya.pk, since=now)
        later = tickets_of("moved_at", person=ananya.pk, since=now + timedelta(days=1, seconds=1))
        other = tickets_of("moved_at", person=arjun.pk, since=now)
        assert {row.asked_by.name for row in first} == {ananya.name}
    assert [[row.subject for row in rows] for rows in (first, later, other)] == [
        ["day 0", "day 1"],
        ["day 2", "day 3"],
        ["his"],
    ]
    assert first[0] == Ticket.objects.get(subject="day 0")
    assert first[0].moved_at == now


def test_each_shape_has_a_statement_of_its_own():
    person, now = people.student(), timezone.now()
    for minutes in range(2):
        ticket(person, f"{minutes}", now + timedelta(minutes=minutes))
    for order, subjects in {"moved_at": ["0", "1"], "-moved_at": ["1", "0"]}.items():
        assert [row.subject for row in tickets_of(order, person=person.pk, since=now)] == subjects


def test_words_are_put_in_as_they_are_and_values_come_as_the_queryset_gives_them():
    people.student(), people.teacher()
    assert names_of(role=Role.STUDENT) == ["Ananya Kulkarni"]
    assert names_of(role="<role>") == names_of(role="' OR 1=1 --") == []


def test_of_several_people_there_is_a_statement_for_each_number_of_them():
    @written_once
    def named(*, people: tuple[int, ...]) -> QuerySet[User]:
        return User.objects.filter(pk__in=people).order_by("pk")

    ananya, arjun, meera = people.student(), people.other_student(), people.teacher()
    for some in ([ananya, arjun], [arjun, meera], [meera], [ananya, arjun, meera]):
        assert named(people=tuple(one.pk for one in some)) == some


def test_rows_are_fetched_anew_each_time():
    assert names_of(role=Role.STUDENT) == []
    people.student()
    assert names_of(role=Role.STUDENT) == ["Ananya Kulkarni"]


def test_of_nobody_there_are_no_rows():
    @written_once
    def named(*, people: tuple[int, ...], role: str) -> QuerySet[User]:
        return User.objects.filter(pk__in=people, role=role)

    ananya = people.student()
    assert named(people=(), role=Role.STUDENT) == []
    assert named(people=(ananya.pk,), role=Role.STUDENT) == [ananya]
    assert named(people=(), role=Role.STUDENT) == []


def test_words_of_a_class_of_their_own_are_the_words():
    meera = people.teacher()

    class Kind(str, Enum):  # noqa: UP042 - its str() is not the word
        TEACHER = "TEACHER"

    assert names_of(role=Kind.TEACHER) == [meera.name]


# --- What is refused --------------------------------------------------------------------------------------------------


NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - refused for it


@pytest.mark.parametrize(
    "given", [None, True, 1.5, Decimal(1), b"x", date(2026, 1, 1), uuid4(), ["x"], ("x", None), NAIVE]
)
def test_what_has_no_place_in_a_statement_is_refused(given):
    names_of(role=Role.STUDENT)
    with pytest.raises(TypeError, match="statement that is kept"):
        names_of(role=given)


def test_row_must_not_shape_what_is_kept():
    """It stays equal to itself when its role changes."""

    @written_once
    def seen_by(person: User) -> QuerySet[User]:
        return User.objects.all() if person.is_admin else User.objects.filter(pk=person.pk)

    with pytest.raises(TypeError, match="A User cannot shape"):
        seen_by(people.admin())


def test_equal_shapes_of_different_classes_are_not_mixed_up():
    @written_once
    def some(count: int) -> QuerySet[User]:
        return User.objects.all() if count is True else User.objects.all()[:count]

    people.student(), people.other_student()
    assert [len(some(1)), len(some(True)), len(some(1))] == [1, 2, 1]


Asking = Callable[..., QuerySet[Any, Any]]
WORD_ASKED: dict[str, Asking] = {
    "decided by": lambda *, word: User.objects.all() if word == "ADMIN" else User.objects.filter(name=word),
    "decided by being": lambda *, word: User.objects.filter(name=word) if word else User.objects.all(),
    "decided by its place in a list": lambda *, word: User.objects.filter(name=word, is_active=word in ("A", "B")),
    "folded": lambda *, word: User.objects.filter(Q(name=word) | Q(email=word.lower())),
    "stripped": lambda *, word: User.objects.filter(Q(name=word) | Q(email=word.strip())),
    "cut": lambda *, word: User.objects.filter(Q(name=word) | Q(email=word[:4])),
    "digested": lambda *, word: User.objects.filter(Q(name=word) | Q(email=hash_key(word))),
    "searched for": lambda *, word: User.objects.filter(Q(name=word) | Q(email__contains=word)),
    "left out": lambda *, word: User.objects.all(),
}


@pytest.mark.parametrize("how", WORD_ASKED)
def test_word_that_is_more_than_put_in_is_refused(how):
    with pytest.raises((TypeError, ValueError), match=r"decide|reckons|differently|no place"):
        written_once(WORD_ASKED[how])(word="x")


NUMBER_ASKED: dict[str, Asking] = {
    "decided by": lambda *, number: User.objects.filter(pk=number, is_active=number > 0),
    "decided by being": lambda *, number: User.objects.filter(pk=number) if number else User.objects.all(),
    "compared": lambda *, number: User.objects.filter(pk=number) if number == 1 else User.objects.all(),
    "reckoned with": lambda *, number: User.objects.filter(Q(pk=number) | Q(pk=number + 1)),
    "written as a word": lambda *, number: User.objects.filter(pk=number, name=number),
    "a limit": lambda *, number: User.objects.filter(pk=number)[:number],
    "at most": lambda *, number: User.objects.filter(pk=number)[: min(number, 3)],
    "left out": lambda *, number: User.objects.all(),
}


@pytest.mark.parametrize("how", NUMBER_ASKED)
def test_number_that_is_more_than_put_in_is_refused(how):
    with pytest.raises((TypeError, ValueError), match=r"decide|reckons|differently|no place"):
        written_once(NUMBER_ASKED[how])(number=1)


MOMENT_ASKED: dict[str, Asking] = {
    "its day": lambda *, now: Ticket.objects.filter(moved_at__lt=now, moved_at__date=now),
    "its midnight": lambda *, now: Ticket.objects.filter(moved_at__lt=now, moved_at__gt=now.replace(hour=0)),
    "compared": lambda *, now: (
        Ticket.objects.filter(moved_at__lt=now) if now > timezone.now() else Ticket.objects.all()
    ),
    "the clock": lambda *, now: Ticket.objects.filter(moved_at__lt=now, moved_at__gt=timezone.now()),
    "today": lambda *, now: Ticket.objects.filter(moved_at__lt=now, moved_at__date=timezone.localdate()),
    "counted from behind": lambda *, now: Ticket.objects.filter(moved_at__lt=now, moved_at__gt=timedelta(days=1) + now),
}


@pytest.mark.parametrize("how", MOMENT_ASKED)
def test_moment_that_is_more_than_counted_on_from_is_refused(how):
    with pytest.raises((TypeError, ValueError), match=r"decide|reckons|differently|no place"):
        written_once(MOMENT_ASKED[how])(now=timezone.now())


@pytest.mark.parametrize(
    "rows",
    [
        lambda: User.objects.using("default"),
        lambda: User.objects.select_for_update(),
        lambda: User.objects.prefetch_related("guardian_links"),
    ],
)
def test_statement_asks_one_database_once_and_locks_nothing(rows):
    with pytest.raises(ValueError, match="one database, once, and locks nothing"):
        written_once(rows)()


# --- What goes wrong, and who asks at once ----------------------------------------------------------------------------


def test_what_failed_once_is_written_anew():
    failures = iter([True, False, False])

    @written_once
    def named(*, name: str) -> QuerySet[User]:
        if next(failures):
            raise LookupError("not yet")
        return User.objects.filter(name=name)

    ananya = people.student()
    with pytest.raises(LookupError):
        named(name=ananya.name)
    assert named(name=ananya.name) == [ananya]
    assert named(name="nobody") == []


def test_statement_answers_after_one_that_the_database_refused():
    ananya = people.student()
    with pytest.raises((DataError, ValueError, OverflowError, UnicodeEncodeError)), transaction.atomic():
        names_of(role="\ud800")
    assert names_of(role=Role.STUDENT) == [ananya.name]


@pytest.mark.django_db(transaction=True)
def test_those_who_ask_at_once_get_their_own():
    everybody = [people.student(), people.other_student(), people.teacher(), people.admin()]

    @written_once
    def named(*, person: int, at: datetime) -> QuerySet[User]:
        return User.objects.filter(pk=person, date_joined__lte=at + timedelta(days=1))

    now, rounds = timezone.now(), 5

    def several(person: int) -> list[list[User]]:
        return [named(person=person, at=now) for _ in range(rounds)]

    asked = [everybody[number % len(everybody)] for number in range(8)]
    found = racing.at_once([partial(several, one.pk) for one in asked])
    assert found == [[[one]] * rounds for one in asked]
