"""One Google account per person, held up by the database itself on both of them."""

from functools import partial

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory

from accounts import google_accounts, google_index
from accounts.apps import check_guards
from tests import people
from tests.racing import outcomes

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def warnings() -> list[str | None]:
    return [one.id for one in check_guards(databases=["default"])]


def drop() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DROP INDEX "{google_index.NAME}"')


def test_of_eight_accounts_written_at_once_without_the_lock_a_person_has_one(rf: RequestFactory) -> None:
    who, request = people.teacher(), rf.get("/")

    def writing(number: int) -> SocialAccount:
        email = f"{number}@gmail.test"
        return google_accounts.attach(str(number), email=email, person=who, actor=who, request=request)

    given = outcomes([partial(writing, number) for number in range(AT_ONCE)])
    assert SocialAccount.objects.filter(user=who).count() == 1
    assert sum(isinstance(one, google_accounts.ConnectionRefused) for one in given) == AT_ONCE - 1


def test_a_lost_index_is_told_and_the_next_migrate_puts_it_back() -> None:
    assert warnings() == []
    drop()
    assert warnings() == ["accounts.W002"]
    call_command("migrate", verbosity=0)
    assert warnings() == []
    who = people.teacher()
    SocialAccount.objects.create(user=who, provider="google", uid="1")
    with pytest.raises(IntegrityError), transaction.atomic():
        SocialAccount.objects.create(user=who, provider="google", uid="2")
    SocialAccount.objects.create(user=people.student(), provider="google", uid="2")


def test_an_index_that_holds_nothing_is_told() -> None:
    drop()
    try:
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE INDEX "{google_index.NAME}" ON "{google_index.TABLE}" ("user_id", "provider")')
        assert warnings() == ["accounts.W002"]
        drop()
    finally:
        google_index.install(connection)
    assert warnings() == []


def test_whoever_has_two_already_is_found_by_the_migrate() -> None:
    drop()
    try:
        for uid in ("1", "2"):
            SocialAccount.objects.create(user=people.teacher(), provider="google", uid=uid)
        with pytest.raises(IntegrityError), transaction.atomic():
            google_index.install(connection)
        SocialAccount.objects.all().delete()
    finally:
        google_index.install(connection)
    assert warnings() == []
