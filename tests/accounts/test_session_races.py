"""Many sign-ins of one person at the same moment, with real threads and on whichever database."""

from functools import partial

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import sessions
from accounts.models import Role, SessionPolicy, SessionSlot, User
from accounts.session_store import SessionStore
from tests import people
from tests.accounts.browsers import browser, enter, is_in, live
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8
ROUNDS = 5


def sign_in_together(who: User, count: int = AT_ONCE) -> list[Client]:
    clients = [browser() for _ in range(count)]
    entry = {"login": who.identifier, "password": people.PASSWORD}
    at_once([lambda one=one: one.post("/accounts/login/", entry) for one in clients])
    return clients


def test_of_many_sign_ins_at_once_exactly_the_allowed_number_stays_alive():
    for who, allowed in ((people.student(), 1), (people.teacher(), 3)):
        clients = sign_in_together(who)
        assert live(who) == allowed
        assert sum(is_in(one) for one in clients) == allowed
        assert Session.objects.filter(session_key__in=SessionSlot.objects.values("key_hash")).count() >= allowed


@pytest.mark.parametrize("on_limit", ["REFUSE", "ASK"])
def test_policy_that_ends_nobody_lets_no_more_in_at_once_than_allowed(on_limit):
    SessionPolicy.objects.create(role="TEACHER", max_sessions=2, on_limit=on_limit)
    clients = sign_in_together(people.teacher())
    assert live(people.teacher()) == 2
    assert sum(is_in(one) for one in clients) == 2


def test_deactivation_beside_sign_ins_leaves_nobody_in():
    from accounts.services import change_person

    def deactivate() -> None:
        person = User.objects.get(pk=people.teacher().pk)
        person.is_active = False
        change_person(person, changed=["is_active"])

    who = people.teacher()
    clients = [browser() for _ in range(5)]
    entry = {"login": who.identifier, "password": people.PASSWORD}
    at_once([deactivate, *(lambda one=one: one.post("/accounts/login/", entry) for one in clients)])
    assert live(who) == 0
    assert not any(is_in(one) for one in clients)


def test_stricter_policy_beside_sign_ins_leaves_no_more_than_it_allows():
    from accounts.sessions import change_policies

    who, admin = people.teacher(), people.admin()
    clients = [browser() for _ in range(5)]
    entry = {"login": who.identifier, "password": people.PASSWORD}

    def tighten() -> None:
        change_policies([SessionPolicy(role="TEACHER", max_sessions=1)], actor=admin)

    at_once([tighten, *(lambda one=one: one.post("/accounts/login/", entry) for one in clients)])
    assert live(who) == 1


def test_of_two_admins_who_dismiss_each_other_at_once_one_stays():
    from accounts.services import LastAdmin, change_person

    pair = [people.admin(), people.person("Sneha Patil", Role.ADMIN, email="sneha@pragati.test")]
    refused: list[LastAdmin] = []

    def dismiss(whom: User, by: User) -> None:
        person = User.objects.get(pk=whom.pk)
        person.role = Role.TEACHER
        try:
            change_person(person, changed=["role"], actor=by)
        except LastAdmin as error:
            refused.append(error)

    at_once([lambda: dismiss(pair[0], pair[1]), lambda: dismiss(pair[1], pair[0])])
    assert (User.objects.filter(role=Role.ADMIN, is_active=True).count(), len(refused)) == (1, 1)


def test_two_admins_who_end_each_others_sessions_at_once_wait_in_no_circle():
    pair = [people.admin(), people.person("Sneha Patil", Role.ADMIN, email="sneha@pragati.test")]

    def end_those_of(whom: User, by: User) -> None:
        sessions.end_all(whom, reason="ADMIN_ENDED", actor=by)

    for _round in range(ROUNDS):
        for who in pair:
            for _device in range(3):
                enter(who)
        at_once([partial(end_those_of, pair[0], pair[1]), partial(end_those_of, pair[1], pair[0])])
        assert [live(who) for who in pair] == [0, 0]


def test_signing_out_while_an_admin_ends_the_sessions_waits_in_no_circle():
    who, admin = people.teacher(), people.admin()
    for _round in range(ROUNDS):
        clients = [enter(who) for _device in range(3)]
        ending = partial(sessions.end_all, who, reason="ADMIN_ENDED", actor=admin)
        at_once([ending, *(SessionStore(str(one.session.session_key)).delete for one in clients)])
        assert live(who) == 0
        assert not any(is_in(one) for one in clients)
