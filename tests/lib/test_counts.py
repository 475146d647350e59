"""Counting several sets at once."""

import pytest

from accounts.models import Invitation, Role, User
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


def test_one_set_alone_is_counted_too():
    people.student()
    assert counted(people=User.objects.all()) == {"people": 1}
