"""Statements that are written once."""

from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Role, Ticket, User
from coaching.lib.statements import written_once
from tests import people

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


def test_value_without_a_place_in_the_statement_is_refused():
    @written_once
    def undecided(*, person: int) -> QuerySet[User]:
        return User.objects.filter(is_active=person > 0)

    with pytest.raises(ValueError, match="no place for person"):
        undecided(person=1)
