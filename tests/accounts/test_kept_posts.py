"""A form that came too late waits in the session until the person has confirmed who he is; no secret waits with it."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import password_links
from accounts.models import SessionSlot, User
from tests import people
from tests.accounts.browsers import browser, enter

END_OTHERS, SET, AGAIN = "/accounts/sessions/end-others/", "/accounts/password/set/", "/accounts/reauthenticate/"
NEW = "seven-green-parrots-1"


def stale(client: Client) -> Client:
    """The person has shown who he is twenty minutes ago."""
    session = client.session
    for record in session.get("account_authentication_methods", []):
        record["at"] -= 1200
    session.save()
    SessionSlot.objects.update(created_at=timezone.now() - timedelta(minutes=20))
    return client


def kept() -> str:
    return str([row.get_decoded() for row in Session.objects.all()])


@pytest.mark.django_db
def test_a_kept_form_holds_no_key_of_the_session() -> None:
    client = stale(enter(people.teacher(), browser()))
    answer = client.post(END_OTHERS)
    assert answer["Location"].startswith(AGAIN)
    assert END_OTHERS in kept()
    assert client.cookies["sessionid"].value not in kept()
    done = client.post(answer["Location"], {"password": people.PASSWORD})
    assert (done.status_code, done["Location"]) == (302, "/accounts/sessions/")


@pytest.mark.django_db
def test_a_password_that_comes_too_late_is_not_kept() -> None:
    teacher = people.teacher()
    teacher.set_unusable_password()
    teacher.save()
    client = stale(people.signed_in(teacher))
    answer = client.post(SET, {"password1": NEW, "password2": NEW})
    assert (answer.status_code, NEW in kept()) == (302, False)
    assert not User.objects.get(pk=teacher.pk).has_usable_password()


@pytest.mark.django_db
def test_key_of_a_password_link_stands_in_no_table_while_its_page_is_open() -> None:
    teacher, client = people.teacher(), browser()
    link = password_links.address_for(teacher)
    form = client.get(link)["Location"]
    key = link.rstrip("/").partition("-")[2]
    assert len(key) > 30
    assert key not in kept()
    assert client.get(form).status_code == 200
    User.objects.filter(pk=teacher.pk).update(is_active=False)
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 403
    assert key not in kept()
    User.objects.filter(pk=teacher.pk).update(is_active=True)
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert User.objects.get(pk=teacher.pk).check_password(NEW)
