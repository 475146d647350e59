"""One invitation, many at the same moment: with real threads and on whichever database."""

from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from accounts import invitation_mail, invitations
from accounts.models import Activity, Invitation, User
from coaching.lib.errors import DomainError
from tests import people
from tests.accounts.browsers import is_in, live
from tests.accounts.invited import accept, invited, invitee, opened
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 16


def accepted(browser: Client) -> int:
    return accept(browser).status_code


def test_of_sixteen_who_accept_at_once_one_gets_in():
    invitation, path = invited()
    browsers = [opened(path) for _ in range(AT_ONCE)]
    answers = at_once([partial(accepted, one) for one in browsers])
    assert sorted(answers) == [302] + [410] * (AT_ONCE - 1)
    person = User.objects.get(email=invitation.email)
    assert live(person) == 1
    assert sum(is_in(one) for one in browsers) == 1
    assert Activity.objects.filter(event="invitation.accepted").count() == 1


def test_d52_parallel_posts_of_one_browser_make_one_person_and_no_fault():
    invitation, path = invited()
    first = opened(path)

    def send() -> int:
        twin = Client()
        twin.cookies.update(first.cookies)
        return accepted(twin)

    answers = at_once([send] * 4)
    assert answers.count(302) >= 1
    assert set(answers) <= {302, 410}
    assert User.objects.filter(email=invitation.email).count() == 1
    assert live(User.objects.get(email=invitation.email)) == 1


def test_taking_back_and_accepting_at_once_end_in_one_of_the_two():
    admin = people.admin()
    for number in range(4):
        invitation, path = invited(invitee(email=f"farhan{number}@pragati.test"))
        browser = opened(path)
        revoking = partial(invitations.revoke, [invitation], actor=admin)
        _revoked, answer = at_once([revoking, partial(accepted, browser)])
        invitation.refresh_from_db()
        is_there = User.objects.filter(email=invitation.email).exists()
        assert is_there == (invitation.used_at is not None) == (answer == 302)
        assert is_there != (invitation.revoked_at is not None)


def test_two_admins_who_invite_one_person_at_once_make_one_invitation():
    admin = people.admin()
    given = outcomes([lambda: invitations.invite(invitee(), actor=admin)] * 4)
    assert Invitation.objects.count() == 1
    refused = [one for one in given if isinstance(one, Exception)]
    assert [one.code for one in refused if isinstance(one, DomainError)] == ["invitation_refused"] * 3
    assert len(refused) == 3


def test_two_workers_send_one_mail(mailoutbox):
    invitations.invite_many([invitee()], actor=people.admin())
    at_once([lambda: invitation_mail.mail_due(now=timezone.now())] * 4)
    assert len(mailoutbox) == 1
