"""Admins invite: one, many, again, not any more; and what they are told when that cannot be."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import invitation_mail, invitations, tasks
from accounts.limits import INVITATION_AGAIN
from accounts.models import Activity, Grant, Invitation, Role, SessionSlot, User
from accounts.models.invitations import hash_token
from coaching.lib.errors import NotAllowed
from tests import people
from tests.accounts.invited import accept, invited, invitee, opened, path_of, student_on_paper
from tests.accounts.second_steps import give_app

pytestmark = pytest.mark.django_db
NEW = "/accounts/invitations/new/"
MANY = "/accounts/invitations/many/"
CHOSEN = "/accounts/invitations/chosen/"


@pytest.fixture
def admin() -> Client:
    return people.signed_in(people.admin())


def typed(role: str = Role.TEACHER, **more: object) -> dict[str, object]:
    return {"role": role, "name": "Farhan Qureshi", "email": "farhan@pragati.test"} | more


def slips_on(answer):
    return answer.context["slips"]


def test_teacher_is_mailed_a_link_that_the_admin_sees_once(admin):
    answer = admin.post(NEW, typed())
    [slip] = slips_on(answer)
    assert slip.link in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    [letter] = mail.outbox
    assert (letter.to, letter.attachments) == (["farhan@pragati.test"], [])
    html = letter.alternatives[0].content
    assert f'href="{slip.link}"' in html
    assert re.search(r"<img|<link|src=|url\(", html) is None  # nothing is fetched when somebody opens it
    assert slip.link in letter.body
    assert "Rajendra Bhosale invites you" in letter.body
    assert "Teacher" in letter.body
    invitation = Invitation.objects.get()
    assert hash_token(slip.link.rstrip("/").rpartition("/")[2]) == invitation.token_hash
    assert timedelta(days=6) < invitation.expires_at - timezone.now() <= timedelta(days=7)
    assert slip.link not in admin.get(reverse("invitation_list")).content.decode()
    assert Activity.objects.filter(event="invitation.made", actor=people.admin()).count() == 1
    assert accept(opened(path_of(slip.link))).status_code == 302


def test_link_is_built_from_the_settings_and_not_from_the_request(admin, settings):
    settings.BASE_URL = "https://pragati.test"
    [slip] = slips_on(admin.post(NEW, typed(), HTTP_HOST="localhost"))
    assert slip.link.startswith("https://pragati.test/accounts/invitation/")


def test_mail_is_in_the_persons_language(admin):
    person = User.objects.create(name="Farhan", role=Role.TEACHER, email="farhan@pragati.test", password="!")
    User.objects.filter(pk=person.pk).update(language="hi")
    invitations.invite(invitee(), actor=people.admin())
    invitations.invite(invitee(email="other@pragati.test"), actor=people.admin())
    in_hindi, in_english = (re.search("[\u0900-\u097f]", str(letter.body)) for letter in mail.outbox)
    assert in_hindi  # the day's name, until the sentences are translated
    assert not in_english


def test_student_without_an_address_gets_a_slip(admin):
    answer = admin.post(NEW, typed(Role.STUDENT, email="", admission_number="2026-0500", name="Isha Rao"))
    [slip] = slips_on(answer)
    page = answer.content.decode()
    assert page.count('<svg class="slip-code"') == 1
    assert "2026-0500" in page
    assert "style=" not in page
    assert mail.outbox == []
    assert accept(opened(path_of(slip.link)), name="Isha Rao").status_code == 302


def test_rights_of_staff_and_students_of_guardians_are_kept_until_somebody_accepts(admin):
    people.student()
    admin.post(NEW, typed(Role.STAFF, grants=["CASHIER", "FEE_STATUS"]))
    assert Invitation.objects.get().grant_kinds == [Grant.Kind.CASHIER, Grant.Kind.FEE_STATUS]
    admin.post(NEW, typed(Role.GUARDIAN, email="sunil@home.test", students="2026-0188"))
    assert list(Invitation.objects.get(email="sunil@home.test").students.all()) == [people.student()]


def test_what_belongs_to_another_role_is_not_looked_at(admin):
    admin.post(NEW, typed(Role.TEACHER, grants=["CASHIER"], admission_number="2026-1"))
    invitation = Invitation.objects.get()
    assert (invitation.grants, invitation.admission_number) == ("", None)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (typed(email=""), "Give an e-mail address"),
        (typed(email="farhan"), "not an e-mail address"),
        (typed(name="Farhan\nBcc: all@pragati.test"), "one line of text"),
        (typed(name="Farhan \u202eihseruQ"), "one line of text"),
        (typed(Role.STUDENT, email="", admission_number="2026\u200b-0188"), "no @ in it"),
        (typed(name="F" * 201), "200"),
        (typed(role="OWNER"), "not among the choices"),
        (typed(Role.STUDENT, email="", admission_number="2026@1"), "no @ in it"),
        (typed(Role.GUARDIAN, students="2026-9999"), "No student has the admission number 2026-9999."),
        (typed(email="meera@pragati.test"), "Meera Joshi can sign in already."),
        (typed(Role.STUDENT, email="imported@pragati.test"), "entered with another role: Teacher."),
        (typed(Role.STUDENT, email="new@pragati.test", admission_number="2026-0500"), "another e-mail address"),
        (typed(email="closed@pragati.test"), "is closed"),
        (typed(email="open@pragati.test"), "open already"),
        (typed(email="Open@Pragati.Test"), "open already"),
    ],
)
def test_who_cannot_be_invited_is_said(admin, given, words):
    people.teacher()
    User.objects.create(name="Imported", role=Role.TEACHER, email="imported@pragati.test", password="!")
    User.objects.create(name="Closed", role=Role.TEACHER, email="closed@pragati.test", password="!", is_active=False)
    isha = {"email": "isha@pragati.test", "admission_number": "2026-0500"}
    User.objects.create(name="Isha Rao", role=Role.STUDENT, password="!", **isha)
    invited(invitee(email="open@pragati.test"))
    answer = admin.post(NEW, given)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert Invitation.objects.count() == 1


def test_expired_invitation_does_not_stand_in_the_way_of_a_new_one(admin):
    old, path = invited()
    Invitation.objects.update(expires_at=timezone.now())
    admin.post(NEW, typed())
    old.refresh_from_db()
    assert old.revoked_at is not None
    assert Client().get(path).status_code == 410
    assert Invitation.objects.open_at(timezone.now()).count() == 1


def test_d52_form_sent_twice_makes_one_invitation(admin):
    admin.post(NEW, typed())
    assert "open already" in admin.post(NEW, typed()).content.decode()
    assert Invitation.objects.count() == 1
    assert len(mail.outbox) == 1


def test_mail_that_no_server_takes_leaves_the_link_to_the_admin(admin, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = admin.post(NEW, typed())
    assert "The mail server did not take it." in answer.content.decode()
    assert accept(opened(path_of(slips_on(answer)[0].link))).status_code == 302


def test_pages_ask_again_who_somebody_is(admin):
    invitation, _path = invited()
    SessionSlot.objects.update(created_at=timezone.now() - timedelta(hours=1))
    for url, method in ((NEW, "get"), (MANY, "get"), (NEW, "post"), (CHOSEN, "post")):
        assert getattr(admin, method)(url)["Location"].startswith("/accounts/reauthenticate/")
    renew = reverse("invitation_renew", args=[invitation.uuid])
    assert admin.post(renew)["Location"].startswith("/accounts/reauthenticate/")


def test_admin_is_invited_only_by_an_admin_with_a_second_step(settings):
    settings.MFA_REQUIRED = True
    with pytest.raises(NotAllowed, match="second step"):
        invitations.invite(invitee(Role.ADMIN), actor=people.admin())
    give_app(people.admin())
    assert invitations.invite(invitee(Role.ADMIN), actor=people.admin()).invitation.role == Role.ADMIN


@pytest.mark.parametrize("who", ["teacher", "cashier", "student", "guardian"])
def test_nobody_else_invites(who):
    with pytest.raises(NotAllowed):
        invitations.invite(invitee(), actor=people.EVERYBODY[who]())


def test_new_link_makes_the_old_one_worthless(admin):
    invitation, old = invited()
    waiting = opened(old)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    answer = admin.post(reverse("invitation_renew", args=[invitation.uuid]))
    [slip] = slips_on(answer)
    assert Client().get(old).status_code == 410
    assert accept(waiting).status_code == 410
    assert accept(opened(path_of(slip.link))).status_code == 302
    assert slip.link in mail.outbox[-1].body


def test_d23_one_invitation_is_not_sent_without_end(admin):
    invitation, _path = invited()
    renew = reverse("invitation_renew", args=[invitation.uuid])
    answers = [admin.post(renew).status_code for _ in range(INVITATION_AGAIN.tries + 1)]
    assert answers == [200] * INVITATION_AGAIN.tries + [429]


def test_used_invitation_gets_no_new_link(admin):
    invitation, path = invited()
    accept(opened(path))
    assert admin.post(reverse("invitation_renew", args=[invitation.uuid])).status_code == 410


def test_chosen_ones_are_taken_back_mailed_again_or_printed(admin):
    teacher, _path = invited()
    student, path = invited(student_on_paper())
    both = [str(teacher.uuid), str(student.uuid)]
    mail.outbox.clear()
    admin.post(CHOSEN, {"do": "send", "chosen": both})
    tasks.mail_invitations()
    [letter] = mail.outbox
    assert letter.to == [teacher.email]
    assert Client().get(path).status_code == 302  # without an address its link stays as it is
    assert [slip.invitation for slip in slips_on(admin.post(CHOSEN, {"do": "slips", "chosen": both}))] == [
        teacher,
        student,
    ]
    assert Client().get(path).status_code == 410
    assert (
        "2 invitations were taken back."
        in admin.post(CHOSEN, {"do": "revoke", "chosen": both}, follow=True).content.decode()
    )
    assert Invitation.objects.open_at(timezone.now()).count() == 0
    nothing = admin.post(CHOSEN, {"do": "revoke", "chosen": both}, follow=True).content.decode()
    assert "Choose invitations that are not used" in nothing


@pytest.mark.parametrize("body", [{"do": "erase", "chosen": []}, {"do": "revoke", "chosen": ["x"]}])
def test_nonsense_is_refused(admin, body):
    assert admin.post(CHOSEN, body).status_code == 400


LINES = """Ananya Rao, ananya@home.test
"Deshmukh, Aarav", aarav@home.test

Isha Rao\t2026-0500
"""


def test_list_is_shown_first_and_nobody_is_invited(admin):
    answer = admin.post(MANY, {"role": "STUDENT", "lines": LINES})
    page = answer.content.decode()
    assert "3 lines, and all fit" in page
    assert "Deshmukh, Aarav" in page
    assert "Invite 3 people" in page
    assert not Invitation.objects.exists()


def test_many_are_invited_mailed_by_a_worker_and_printed(admin, django_capture_on_commit_callbacks):
    answer = admin.post(MANY, {"role": "STUDENT", "lines": LINES, "create": "1"})
    page = answer.content.decode()
    assert "3 people are invited" in page
    assert "2 mails are on their way." in page
    assert mail.outbox == []
    tasks.mail_invitations()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["aarav@home.test", "ananya@home.test"]
    link = mail.outbox[0].body[mail.outbox[0].body.index("http") :].split()[0]
    assert accept(opened(path_of(link))).status_code == 302
    tasks.mail_invitations()
    assert len(mail.outbox) == 2
    [[isha]] = answer.context["parts"]
    [slip] = slips_on(admin.post(CHOSEN, {"do": "slips", "chosen": [str(isha.uuid)]}))
    assert accept(opened(path_of(slip.link)), name="Isha Rao").status_code == 302


def test_one_line_that_does_not_fit_stops_all_of_them(admin):
    people.student()
    wrong = f"{LINES}\nNo Address\n, nameless@home.test\nTwin, AARAV@home.test\nAnanya, 2026-0188\n"
    answer = admin.post(MANY, {"role": "STUDENT", "lines": wrong, "create": "1"})
    assert [line.number for line in answer.context["wrong"]] == [6, 7, 8, 9]
    page = answer.content.decode()
    for words in (
        "4 of 7 lines do not fit yet",
        "Give an e-mail address",
        "Write the name.",
        "stands above",
        "can sign in already",
    ):
        assert words in page
    assert 'name="create"' not in page
    assert not Invitation.objects.exists()


def test_many_guardians_may_name_their_students(admin):
    people.student()
    lines = "Sunil, sunil@home.test, 2026-0188\nSunita, sunita@home.test, 2026-7777"
    page = admin.post(MANY, {"role": "GUARDIAN", "lines": lines, "create": "1"}).content.decode()
    assert "No student has the admission number 2026-7777." in page
    admin.post(MANY, {"role": "GUARDIAN", "lines": lines.replace("7777", "0188"), "create": "1"})
    assert [list(one.students.all()) for one in Invitation.objects.all()] == [[people.student()]] * 2


def test_a_thousand_are_invited_at_once_and_no_more(admin):
    lines = [f"Student {n}, S-{n:04}" for n in range(1001)]
    page = admin.post(MANY, {"role": "STUDENT", "lines": "\n".join(lines), "create": "1"})
    assert "At most 1,000 people at once. This list has more." in page.content.decode()
    assert not Invitation.objects.exists()
    answer = admin.post(MANY, {"role": "STUDENT", "lines": "\n".join(lines[:1000]), "create": "1"})
    assert len(answer.context["parts"]) == 10
    assert Invitation.objects.count() == 1000


def test_worker_that_died_leaves_its_mail_to_another_one():
    invitations.invite_many([invitee()], actor=people.admin())
    invitation, now = Invitation.objects.get(), timezone.now()
    assert invitation_mail._claim(invitation, now=now)
    assert invitation_mail.mail_due(now=now) == 0
    assert invitation_mail.mail_due(now=now + invitation_mail.CLAIM_LASTS) == 1
    assert invitation_mail.mail_due(now=now + 2 * invitation_mail.CLAIM_LASTS) == 0


def test_mails_wait_until_a_server_takes_them(settings):
    invitations.invite_many([invitee()], actor=people.admin())
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    now = timezone.now()
    assert invitation_mail.mail_due(now=now) == 0
    settings.EMAIL_BACKEND = working
    assert invitation_mail.mail_due(now=now + invitation_mail.CLAIM_LASTS) == 1


def test_nobody_is_mailed_what_was_taken_back_meanwhile():
    [invitation] = invitations.invite_many([invitee()], actor=people.admin())
    invitations.revoke([invitation], actor=people.admin())
    assert invitation_mail.mail_due(now=timezone.now()) == 0
    assert mail.outbox == []


def test_list_finds_by_name_number_and_state(admin):
    invited()
    _student, path = invited(student_on_paper())
    accept(opened(path), name="Isha Rao")

    def names(query):
        rows = admin.get(f"/accounts/invitations/?{query}").context["rows"]
        return [row.name for row, _tone, _word in rows]

    assert names("") == ["Isha Rao", "Farhan Qureshi"]
    assert names("q=farhan") == names("q=FARHAN%40") == names("state=OPEN") == ["Farhan Qureshi"]
    assert names("q=0500") == names("state=USED") == ["Isha Rao"]
    assert names("state=REVOKED") == names("state=EXPIRED") == names("q=nobody") == []
    assert names("state=nonsense&page=99&q=%00") == ["Isha Rao", "Farhan Qureshi"]


def test_list_costs_the_same_at_three_and_thirty(admin, same_queries):
    def add(count):
        start = Invitation.objects.count()
        people_ = [invitee(email=f"t{n}@pragati.test") for n in range(start, start + count)]
        invitations.invite_many(people_, actor=people.admin())

    same_queries(lambda: admin.get("/accounts/invitations/"), add=add, at_most=12)


def test_check_costs_the_same_for_three_and_thirty(admin, same_queries):
    lines: list[str] = []
    same_queries(
        lambda: admin.post(MANY, {"role": "STUDENT", "lines": "\n".join(lines)}),
        add=lambda count: lines.extend(f"S, N-{len(lines) + n}" for n in range(count)),
        at_most=12,
    )


def test_empty_list_says_what_to_do(admin):
    page = admin.get("/accounts/invitations/").content.decode()
    assert "Nobody is invited yet" in page
    assert reverse("invitation_create") in page
