"""From a link to somebody who is signed in, and every way in which a link gets nobody in."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import invitations
from accounts.invitees import Invitee
from accounts.limits import INVITATION_LOST
from accounts.models import Activity, Grant, Guardianship, Invitation, Role, SessionSlot, User
from tests import people
from tests.accounts.browsers import enter, is_in
from tests.accounts.invited import ACCEPT, NEW, accept, invited, invitee, opened, student_on_paper

pytestmark = pytest.mark.django_db


def test_teacher_comes_in_with_his_link_and_later_with_his_password():
    invitation, path = invited()
    browser = opened(path)
    answer = accept(browser, name="Dr. Farhan Qureshi")
    assert (answer.status_code, answer["Location"]) == (302, reverse("dashboard"))
    person = User.objects.get(email="farhan@pragati.test")
    assert (person.name, person.role, person.is_active) == ("Dr. Farhan Qureshi", Role.TEACHER, True)
    assert is_in(browser)
    assert SessionSlot.objects.get(user=person).method == SessionSlot.Method.PASSWORD
    invitation.refresh_from_db()
    assert (invitation.used_by, invitation.person) == (person, person)
    assert is_in(enter(person, password=NEW))
    events = Activity.objects.filter(subject=person).values_list("event", flat=True)
    assert {"person.created", "invitation.accepted", "sign_in.succeeded"} <= set(events)


def test_student_without_an_address_comes_in_by_his_number():
    _invitation, path = invited(student_on_paper())
    page = opened(path).get(ACCEPT).content.decode()
    assert "2026-0500" in page
    assert "Rajendra Bhosale invites you to" in page
    assert accept(opened(path), name="Isha Rao").status_code == 302
    assert is_in(enter(User.objects.get(admission_number="2026-0500"), password=NEW))


def test_opening_a_link_uses_nothing_up():
    """Mail scanners open every link there is."""
    invitation, path = invited()
    for _ in range(3):
        Client().get(path, follow=True)
        Client().head(path)
    invitation.refresh_from_db()
    assert invitation.used_at is None
    assert not User.objects.filter(email=invitation.email).exists()
    assert accept(opened(path)).status_code == 302


def test_token_stands_in_no_later_address_no_log_line_and_no_table(caplog):
    _invitation, path = invited()
    token = path.rstrip("/").rpartition("/")[2]
    caplog.set_level("INFO")
    browser = Client()
    answer = browser.get(path)
    assert answer["Location"] == ACCEPT
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    page = browser.get(ACCEPT)
    assert token not in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    accept(browser)
    assert token not in caplog.text
    assert "/accounts/invitation/***/" in caplog.text
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    kept = [store.decode(row.session_data) for row in Session.objects.all()]
    rows = [*Invitation.objects.values(), *Activity.objects.values(), *kept]
    assert token not in str(rows)
    assert len(token) >= 43


def used(path, invitation):
    accept(opened(path))


def taken_back(path, invitation):
    invitations.revoke([invitation], actor=people.admin())


def run_out(path, invitation):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def sent_again(path, invitation):
    invitations.renew(invitation, actor=people.admin())


def plain(answer):
    """A page without what is new each time: tokens of forms and the number of the request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|name="next" value="[^"]*"', "", answer.content.decode())


def test_d24_links_that_do_not_work_get_one_answer_whatever_the_reason():
    never_made = "/accounts/invitation/" + "x" * 43 + "/"
    answers = [Client().get(never_made)]
    for spoil in (used, taken_back, run_out, sent_again):
        invitation, path = invited(invitee(email=f"{spoil.__name__}@pragati.test"))
        spoil(path, invitation)
        answers.append(Client().get(path))
        Invitation.objects.filter(used_at=None).update(revoked_at=timezone.now())
    assert {answer.status_code for answer in answers} == {410}
    assert len({plain(answer) for answer in answers}) == 1
    assert Client().get(ACCEPT).status_code == 410
    as_program = Client().get(never_made, headers={"Accept": "application/json"})
    assert (as_program.status_code, as_program.json()["error"]["code"]) == (410, "invitation_closed")


@pytest.mark.parametrize("spoil", [used, taken_back, run_out, sent_again])
def test_page_that_was_open_before_the_link_stopped_working_lets_nobody_in(spoil):
    invitation, path = invited()
    waiting = opened(path)
    spoil(path, invitation)
    before = User.objects.count()
    answer = accept(waiting, name="Somebody Else")
    assert answer.status_code == 410
    assert User.objects.count() == before
    assert not is_in(waiting)


def test_d52_form_sent_twice_makes_one_person():
    _invitation, path = invited()
    first, second = opened(path), opened(path)
    second.cookies.update(first.cookies)
    assert accept(first).status_code == 302
    assert accept(second, name="Twice").status_code == 410
    assert User.objects.filter(email="farhan@pragati.test").values_list("name", flat=True).get() == "Farhan Qureshi"
    assert Activity.objects.filter(event="invitation.accepted").count() == 1


def test_d23_links_are_not_guessed_without_end():
    for _ in range(INVITATION_LOST.tries):
        Client().get("/accounts/invitation/guess/")
    answer = Client().get("/accounts/invitation/guess/")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) <= INVITATION_LOST.per_s
    _invitation, path = invited()
    assert accept(opened(path)).status_code == 302  # a link that works is not held up by it


def test_role_and_rights_come_from_the_invitation_alone():
    _invitation, path = invited(invitee(Role.STAFF, grants=(Grant.Kind.CASHIER,)))
    extra = {"role": "ADMIN", "email": "evil@pragati.test", "is_active": "0", "grants": "MODERATION", "teaches": "1"}
    accept(opened(path), **extra)
    person = User.objects.get(email="farhan@pragati.test")
    assert (person.role, person.teaches, person.is_active) == (Role.STAFF, False, True)
    assert [grant.kind for grant in person.grants.all()] == [Grant.Kind.CASHIER]
    assert person.grants.get().given_by == people.admin()
    assert not User.objects.filter(email="evil@pragati.test").exists()


def test_guardian_is_linked_with_the_students_that_were_named():
    numbers = (people.student().admission_number, "2026-0290")
    people.other_student()
    _invitation, path = invited(invitee(Role.GUARDIAN, students=numbers))
    accept(opened(path))
    guardian = User.objects.get(email="farhan@pragati.test")
    assert {link.student for link in Guardianship.objects.filter(guardian=guardian)} == {
        people.student(),
        people.other_student(),
    }


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"password1": "short", "password2": "short"}, "at least 12 characters"),
        ({"password1": "Farhan-Qureshi", "password2": "Farhan-Qureshi"}, "a name that others know"),
        ({"password2": "something-else-entirely-3"}, "not the same"),
        ({"name": "  "}, "required"),
        ({"name": "Farhan\r\nBcc: all@pragati.test"}, "one line"),
        ({"name": "F" * 201}, "200"),
    ],
)
def test_form_that_does_not_fit_is_shown_again_and_uses_nothing_up(typed, words):
    invitation, path = invited()
    browser = opened(path)
    answer = accept(browser, **typed)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    invitation.refresh_from_db()
    assert invitation.used_at is None
    assert accept(browser).status_code == 302


def imported() -> User:
    """Entered by the office, with no way to sign in."""
    isha: User = User.objects.create(name="Isha Rao", role=Role.STUDENT, admission_number="2026-0500", password="!")
    return isha


def test_invitation_of_somebody_who_is_entered_gives_him_his_way_in():
    person = imported()
    _invitation, path = invited(Invitee(role=Role.STUDENT, name="Isha R.", admission_number="2026-0500"))
    browser = opened(path)
    assert 'name="name"' not in browser.get(ACCEPT).content.decode()
    assert accept(browser, name="The Headmaster").status_code == 302
    assert User.objects.get(admission_number="2026-0500") == person
    person.refresh_from_db()
    assert (person.name, person.check_password(NEW)) == ("Isha Rao", True)


def test_address_of_the_invitation_becomes_the_persons_when_he_had_none():
    person = imported()
    someone = Invitee(role=Role.STUDENT, name="Isha Rao", admission_number="2026-0500", email="isha@pragati.test")
    _invitation, path = invited(someone)
    accept(opened(path))
    person.refresh_from_db()
    assert person.email == "isha@pragati.test"


@pytest.mark.parametrize(
    "since", [{"is_active": False}, {"role": Role.TEACHER, "email": "isha@pragati.test"}, {"password": "x" * 30}]
)
def test_invitation_is_worth_nothing_when_the_person_changed_since(since):
    person = imported()
    _invitation, path = invited(student_on_paper())
    waiting = opened(path)
    User.objects.filter(pk=person.pk).update(**since)
    assert accept(waiting).status_code == 410
    person.refresh_from_db()
    assert not person.check_password(NEW)


def test_link_that_went_to_a_wrong_address_dies_with_its_correction():
    """The admin mistyped an address; a stranger has the mail. He sets the person's address right and no more."""
    person = User.objects.create(name="Isha Rao", role=Role.TEACHER, email="isha@pragati.tset", password="!")
    _invitation, path = invited(invitee(name="", email="isha@pragati.tset"))
    stranger = opened(path)
    User.objects.filter(pk=person.pk).update(email="isha@pragati.test")
    assert accept(stranger).status_code == 410
    person.refresh_from_db()
    assert not person.check_password(NEW)


@pytest.mark.parametrize("since", [{"is_active": False}, {"role": Role.TEACHER}])
@pytest.mark.parametrize(
    ("role", "rights", "status"),
    [(Role.ADMIN, (), 410), (Role.STAFF, (Grant.Kind.CASHIER,), 410), (Role.STAFF, (), 302), (Role.TEACHER, (), 302)],
)
def test_admin_who_left_makes_nobody_admin_or_cashier(since, role, rights, status, settings):
    """What he gave others that is no right over anybody still holds: a hundred students are not invited anew."""
    settings.MFA_REQUIRED = False
    _invitation, path = invited(invitee(role, grants=rights))
    waiting = opened(path)
    User.objects.filter(pk=people.admin().pk).update(**since)
    assert accept(waiting).status_code == status
    assert User.objects.filter(email="farhan@pragati.test").exists() == (status == 302)


def test_slip_of_paper_dies_when_the_number_on_it_becomes_another_persons():
    person = imported()
    _invitation, path = invited(student_on_paper())
    holder = opened(path)
    User.objects.filter(pk=person.pk).update(admission_number="2026-0501")
    assert accept(holder).status_code == 410


def test_somebody_entered_by_hand_after_the_invitation_is_not_taken_over():
    _invitation, path = invited(invitee(email="meera@pragati.test"))
    people.teacher()
    assert accept(opened(path)).status_code == 410
    assert people.teacher().check_password(people.PASSWORD)


def test_somebody_else_who_is_signed_in_is_signed_out_first():
    _invitation, path = invited()
    browser = opened(path, people.signed_in(people.admin()))
    page = browser.get(ACCEPT).content.decode()
    assert "Rajendra Bhosale is signed in" in page
    assert 'name="password1"' not in page
    assert accept(browser)["Location"] == ACCEPT
    assert not is_in(browser)
    assert SessionSlot.objects.get(user=people.admin()).end_reason == SessionSlot.EndReason.LOGOUT
    assert accept(browser).status_code == 302
    assert SessionSlot.objects.get(user__email="farhan@pragati.test").method == SessionSlot.Method.PASSWORD


def test_invited_admin_is_led_to_his_second_step(settings):
    settings.MFA_REQUIRED = False
    _invitation, path = invited(invitee(Role.ADMIN))
    settings.MFA_REQUIRED = True
    browser = opened(path)
    accept(browser)
    assert SessionSlot.objects.get(user__email="farhan@pragati.test").must_enrol
    assert browser.get(reverse("invitation_list"))["Location"] == reverse("second_step")


def test_google_accepts_for_the_invited_address_only():
    invitation, _path = invited()
    mark = invitation.token_hash
    for wrong in ("else@pragati.test", "farhan+x@pragati.test", "far.han@pragati.test", ""):
        with pytest.raises(invitations.WrongAddress, match=r"for farhan@pragati\.test"):
            invitations.accept_with_google(mark, email=wrong)
    person = invitations.accept_with_google(mark, email="Farhan@Pragati.test")
    assert (person.email, person.has_usable_password()) == ("farhan@pragati.test", False)
    with pytest.raises(invitations.InvitationClosed):
        invitations.accept_with_google(mark, email="farhan@pragati.test")


def test_google_does_not_fold_other_letters_into_plain_ones():
    invitation, _path = invited(invitee(email="kumar@pragati.test"))
    with pytest.raises(invitations.WrongAddress):
        invitations.accept_with_google(invitation.token_hash, email="\N{KELVIN SIGN}umar@pragati.test")


def test_google_does_not_accept_an_invitation_without_an_address():
    invitation, path = invited(student_on_paper())
    with pytest.raises(invitations.WrongAddress, match="Choose a password"):
        invitations.accept_with_google(invitation.token_hash, email="isha@pragati.test")
    assert "Continue with Google" not in opened(path).get(ACCEPT).content.decode()


def test_google_button_is_on_the_page_where_the_institute_has_google(settings):
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = "id", "secret"
    _invitation, path = invited()
    page = opened(path).get(ACCEPT)
    assert "Continue with Google" in page.content.decode()
    assert "form-action 'self' https://accounts.google.com" in page["Content-Security-Policy"]
    settings.AUTH_LOCAL = False
    browser = opened(path)
    assert 'name="password1"' not in browser.get(ACCEPT).content.decode()
    assert accept(browser).status_code == 403
