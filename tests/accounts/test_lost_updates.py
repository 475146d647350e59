"""What one person writes never puts back what another has just changed in the same row."""

from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import password_links, passwords, services
from accounts.adapters import AccountAdapter
from accounts.forms import LanguageForm, ThemeForm
from accounts.hashers import TunedArgon2PasswordHasher
from accounts.models import Role, User
from accounts.sessions import Deactivated
from tests import people
from tests.racing import at_once

NEW, NEWER = "seven-green-parrots-1", "nine-yellow-parrots-2"


def demoted(who: User) -> None:
    User.objects.filter(pk=who.pk).update(role=Role.TEACHER, is_active=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form_class", "changed"), [(LanguageForm, {"language": "hi"}), (ThemeForm, {"theme": "dark"})]
)
def test_changing_the_look_gives_back_no_role_that_was_just_taken(form_class: Any, changed: dict[str, str]) -> None:
    """Whoever sends the form again and again while he is deactivated must not win."""
    read_before = User.objects.get(pk=people.admin().pk)
    form = form_class(changed, instance=read_before)
    assert form.is_valid()
    demoted(read_before)
    form.save()
    now = User.objects.get(pk=read_before.pk)
    assert (now.role, now.is_active) == (Role.TEACHER, False)
    assert {name: getattr(now, name) for name in changed} == changed


@pytest.mark.django_db
def test_an_admins_form_does_not_put_an_old_password_back() -> None:
    teacher = people.teacher()
    read_before = User.objects.get(pk=teacher.pk)
    services.set_password(teacher, NEW)
    read_before.name = "Meera Joshi-Rao"
    services.change_person(read_before, changed=["name"])
    now = User.objects.get(pk=teacher.pk)
    assert (now.name, now.check_password(NEW)) == ("Meera Joshi-Rao", True)


@pytest.mark.django_db
def test_a_new_password_opens_no_account_that_was_just_closed() -> None:
    read_before = User.objects.get(pk=people.admin().pk)
    demoted(read_before)
    with pytest.raises(Deactivated):
        AccountAdapter().set_password(read_before, NEW)
    now = User.objects.get(pk=read_before.pk)
    assert (now.role, now.is_active, now.check_password(people.PASSWORD)) == (Role.TEACHER, False, True)


@pytest.mark.django_db(transaction=True)
def test_d26_link_used_eight_times_at_once_sets_one_password() -> None:
    teacher, clients = people.teacher(), [Client() for _number in range(8)]
    link = password_links.address_for(teacher)
    forms = [client.get(link)["Location"] for client in clients]

    def use(number: int) -> str:
        """The password, if this one was set."""
        password = f"eight-different-parrots-{number}"
        answer = clients[number].post(forms[number], {"password1": password, "password2": password})
        done = answer.status_code == 302 and answer["Location"] == reverse("account_reset_password_from_key_done")
        return password if done else ""

    won = list(filter(None, at_once([partial(use, number) for number in range(8)])))
    assert len(won) == 1
    assert User.objects.get(pk=teacher.pk).check_password(won[0])


def test_a_megabyte_of_marks_is_no_work_for_the_password_check() -> None:
    """Unicode's order of marks is sorted in quadratic time: this text would take the server an hour."""
    marks = "a" + "\u0300\u0327" * 500_000
    assert passwords.normalize(marks) == marks
    hasher = TunedArgon2PasswordHasher()
    assert not hasher.verify(marks, hasher.encode(NEWER, hasher.salt()))
