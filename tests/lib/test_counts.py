"""Counting several sets at once."""

from datetime import datetime, timedelta

import pytest
from django.db.models import Min, Sum

from accounts.models import Invitation, Role, Ticket, User
from coaching.lib.counts import Of, Sets, counted, counted_once
from tests import people

pytestmark = pytest.mark.django_db


def test_each_set_is_counted_in_one_query_and_an_empty_one_is_none(django_assert_num_queries):
    people.student(), people.other_student(), people.teacher()
    with django_assert_num_queries(1):
        counts = counted(
            people=User.objects.all(),
            students=User.objects.filter(role=Role.STUDENT),
            both=User.objects.filter(role=Role.STUDENT) & User.objects.filter(name__startswith="A"),
            invited=Invitation.objects.all(),
        )
    assert counts == {"people": 3, "students": 2, "both": 1, "invited": 0}


def test_of_a_column_the_different_values_are_counted():
    for person in (people.student(), people.student(), people.teacher()):
        Ticket.objects.create(asked_by=person, subject="Bus")
    askers = Ticket.objects.values("asked_by").distinct()
    assert counted(tickets=Ticket.objects.all(), askers=askers) == {"tickets": 3, "askers": 2}


def test_a_set_in_which_nothing_can_be_is_empty():
    people.student()
    nobody = User.objects.filter(pk__in=[])
    assert counted(nobody=nobody, none=User.objects.none(), people=User.objects.all()) == {
        "nobody": 0,
        "none": 0,
        "people": 1,
    }


def test_what_is_asked_for_is_told_apart_from_words_of_the_statement():
    person = people.person("100 % '; DROP", Role.TEACHER, email="odd@pragati.test")
    named = User.objects.filter(name=person.name, date_joined__lte=person.date_joined)
    assert counted(named=named, others=User.objects.exclude(name__contains="%")) == {"named": 1, "others": 0}


def test_of_a_part_no_more_than_the_part_is_counted():
    people.student(), people.other_student()
    assert counted(some=User.objects.order_by("name")[:1]) == {"some": 1}


def test_one_set_alone_is_counted_too():
    people.student()
    assert counted(people=User.objects.all()) == {"people": 1}


def test_other_figures_of_a_set_are_asked_along():
    for person in (people.student(), people.other_student()):
        Ticket.objects.create(asked_by=person, subject="Bus")
    first = Ticket.objects.earliest("moved_at").moved_at
    closed = Ticket.objects.filter(state=Ticket.State.CLOSED)
    figures = counted(
        tickets=Ticket.objects.all(),
        oldest=Of(Ticket.objects.all(), Min("moved_at")),
        none=Of(closed, Min("moved_at")),
        total=Of(Ticket.objects.all(), Sum("pk")),
        nothing=Of(closed, Sum("pk", default=0)),
    )
    total = sum(Ticket.objects.values_list("pk", flat=True))
    assert figures == {"tickets": 2, "oldest": first, "none": None, "total": total, "nothing": 0}


def test_figures_by_a_kept_statement_are_those_of_the_call(django_assert_num_queries):
    @counted_once
    def asked(*, role: str, since: datetime) -> Sets:
        return {"people": User.objects.filter(role=role, date_joined__gte=since - timedelta(days=1))}

    joined = people.student().date_joined
    with django_assert_num_queries(3):
        assert asked(role=Role.STUDENT, since=joined + timedelta(hours=23)) == {"people": 1}
        assert asked(role=Role.STUDENT, since=joined + timedelta(hours=25)) == {"people": 0}
        assert asked(role=Role.TEACHER, since=joined) == {"people": 0}


def test_by_a_kept_statement_a_set_in_which_nothing_can_be_is_empty():
    @counted_once
    def asked(*, some: tuple[int, ...], role: str) -> Sets:
        return {"some": User.objects.filter(pk__in=some, role=role), "people": User.objects.all()}

    person = people.student()
    assert asked(some=(), role=Role.STUDENT) == {"some": 0, "people": 1}
    assert asked(some=(person.pk,), role=Role.STUDENT) == {"some": 1, "people": 1}
    assert asked(some=(person.pk,), role=Role.TEACHER) == {"some": 0, "people": 1}
