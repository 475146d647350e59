"""Invited into a batch: in it with the acceptance, or neither."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import changes, invitation_mail
from accounts.invitees import Invitee
from accounts.models import Invitation, Role, User
from batches import codes, enrolments
from batches.models import BatchInvitation, Enrolment, JoinRequest
from tests import people
from tests.accounts.invited import accept, opened, path_of
from tests.batches import enrolling, timetables

pytestmark = pytest.mark.django_db(transaction=True)
ISHA = Invitee(role=Role.STUDENT, name="Isha Rao", email="isha@pragati.test")


def invited(batch):
    """A browser that opened the link of the mail that came."""
    codes.invite(batch, people=[ISHA], actor=people.admin())
    invitation_mail.mail_due(now=timezone.now())
    body = str(mail.outbox[-1].body)
    return opened(path_of(body[body.index("http") :].split()[0]))


def test_admin_invites_by_mail_and_who_accepts_is_in():
    batch, admin = enrolling.batch(), people.signed_in(people.admin())
    address = reverse("batch_invite", args=[batch.uuid])
    entry = {"lines": "Isha Rao, isha@pragati.test\nFarhan Qureshi\tfarhan@pragati.test"}
    assert admin.post(address, entry).status_code == 302
    assert admin.post(address, entry).status_code == 200  # they are invited already
    assert BatchInvitation.objects.count() == 2
    waiting = admin.get(reverse("enrolment_list", args=[batch.uuid]), {"show": "waiting"}).content.decode()
    assert "farhan@pragati.test" in waiting
    invitation_mail.mail_due(now=timezone.now())
    body = str(next(one.body for one in mail.outbox if one.to == ["isha@pragati.test"]))
    assert accept(opened(path_of(body[body.index("http") :].split()[0])), name="Isha Rao").status_code == 302
    made = Enrolment.objects.get()
    assert (made.batch, made.student.email, made.source) == (batch, "isha@pragati.test", "INVITATION")


def test_what_fails_in_the_batch_keeps_the_invitation_open(monkeypatch):
    browser = invited(enrolling.batch())

    def fail(invitation, person):
        raise enrolments.BatchFull("no")

    monkeypatch.setattr(changes, "INVITATION_ACCEPTED", [fail])
    assert accept(browser, name="Isha Rao").status_code == 409
    assert not User.objects.filter(email="isha@pragati.test").exists()
    assert Invitation.objects.get().used_at is None


def test_who_accepts_when_the_batch_is_full_stands_on_the_waiting_list():
    batch = enrolling.batch(seats=1)
    browser = invited(batch)
    timetables.enrol(people.student(), batch)
    assert accept(browser, name="Isha Rao").status_code == 302
    assert JoinRequest.objects.get().state == "WAITING"
    assert JoinRequest.objects.get().student.email == "isha@pragati.test"


def test_who_accepts_when_the_batch_is_archived_has_his_account_and_no_batch():
    batch = enrolling.batch()
    browser = invited(batch)
    batch.archived_at = timezone.now()
    batch.save()
    assert accept(browser, name="Isha Rao").status_code == 302
    assert User.objects.filter(email="isha@pragati.test").exists()
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("", "This is still empty. Fill it in."),
        (" \n ", "Write at least one line."),
        ("Isha Rao, 2026-0500", "Line 1: Write an e-mail address"),
        ("Isha Rao, isha@pragati.test\nX, isha@pragati.test", "Line 2: The same e-mail address"),
        ("Meera Joshi, meera@pragati.test", "Line 1: "),
        ("\n".join(f"A, a{number}@pragati.test" for number in range(201)), "At most 200 students at once."),
    ],
)
def test_line_that_cannot_be_invited_is_said_and_nobody_is(lines, why):
    people.teacher()
    address = reverse("batch_invite", args=[enrolling.batch().uuid])
    answer = people.signed_in(people.admin()).post(address, {"lines": lines})
    assert answer.status_code == 200
    assert why in answer.content.decode()
    assert not Invitation.objects.exists()
