"""One file, many clicks at the same moment: with real threads and on whichever database."""

from functools import partial

import pytest

from accounts.import_undo import undo_import
from accounts.imports import AlreadyImported, ImportRefused, apply_import
from accounts.models import PeopleImport, User
from coaching.lib.errors import DomainError
from tests import people
from tests.accounts.importing import FARHAN, ISHA, csv, planned
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_clicks_at_once_are_one_import():
    admin, plan = people.admin(), planned(csv(ISHA, FARHAN))

    def click() -> int:
        try:
            return apply_import(plan, actor=admin).pk
        except AlreadyImported as error:
            return error.done.pk

    assert at_once([click] * 8) == [PeopleImport.objects.get().pk] * 8
    assert User.objects.count() == 3


def test_two_files_with_the_same_person_enter_him_once():
    admin = people.admin()
    plans = [planned(csv(ISHA, more)) for more in (FARHAN, "Kavya,,2026-0777,,,")]
    told = outcomes([partial(apply_import, plan, actor=admin) for plan in plans])
    assert sorted(isinstance(one, DomainError) for one in told) == [False, True]
    assert sum(isinstance(one, PeopleImport) for one in told) == 1
    assert User.objects.filter(admission_number="2026-0500").count() == 1
    assert PeopleImport.objects.count() == 1


def test_import_is_taken_back_once_by_four_who_try():
    admin = people.admin()
    done = apply_import(planned(csv(ISHA, FARHAN)), actor=admin)
    given = outcomes([lambda: undo_import(done, actor=admin)] * 4)
    assert sum(isinstance(one, ImportRefused) for one in given) == 3
    assert sum(isinstance(one, Exception) for one in given) == 3
    assert set(done.rows.values_list("outcome", flat=True)) == {"REMOVED"}
    assert User.objects.count() == 1
