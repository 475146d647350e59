"""Counting several sets at once."""

import pytest

from accounts.models import Invitation, Role, Ticket, User
from coaching.lib.counts import counted
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


def test_one_set_alone_is_counted_too():
    people.student()
    assert counted(people=User.objects.all()) == {"people": 1}
