"""One file, many clicks at the same moment: with real threads and on whichever database."""

import pytest

from accounts.import_undo import undo_import
from accounts.imports import AlreadyImported, ImportRefused, apply_import
from accounts.models import PeopleImport, User
from coaching.lib.errors import DomainError
from tests import people
from tests.accounts.importing import FARHAN, ISHA, csv, planned
from tests.accounts.test_session_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_clicks_at_once_are_one_import():
    admin, plan, answers = people.admin(), planned(csv(ISHA, FARHAN)), []

    def click() -> None:
        try:
            answers.append(apply_import(plan, actor=admin).pk)
        except AlreadyImported as error:
            answers.append(error.done.pk)

    at_once([click] * 8)
    assert answers == [PeopleImport.objects.get().pk] * 8
    assert User.objects.count() == 3


def test_two_files_with_the_same_person_enter_him_once():
    admin, told = people.admin(), []
    plans = [planned(csv(ISHA, more)) for more in (FARHAN, "Kavya,,2026-0777,,,")]

    def take(plan) -> None:
        try:
            told.append(apply_import(plan, actor=admin))
        except DomainError:
            told.append(None)

    at_once([lambda plan=plan: take(plan) for plan in plans])
    assert told.count(None) == 1
    assert User.objects.filter(admission_number="2026-0500").count() == 1
    assert PeopleImport.objects.count() == 1


def test_import_is_taken_back_once_by_four_who_try():
    admin, refused = people.admin(), []
    done = apply_import(planned(csv(ISHA, FARHAN)), actor=admin)

    def undo() -> None:
        try:
            undo_import(done, actor=admin)
        except ImportRefused:
            refused.append(1)

    at_once([undo] * 4)
    assert len(refused) == 3
    assert set(done.rows.values_list("outcome", flat=True)) == {"REMOVED"}
    assert User.objects.count() == 1
