"""The page of my own data: yes and no for myself and my children, and what the office enters from paper."""

from datetime import date

import pytest

from accounts.models import Consent, ErasureRequest, Guardianship, Institute, Notification, Role
from tests import people

pytestmark = pytest.mark.django_db
PAGE = "/accounts/privacy/"


@pytest.fixture(autouse=True)
def _ages():
    child = people.student()
    child.date_of_birth = date(2012, 5, 1)
    child.save()
    Guardianship.objects.create(guardian=people.guardian(), student=child)


def say(who, about, *, purpose="PHOTO", do="give"):
    address = f"{PAGE}{about.uuid}/consents/"
    return people.signed_in(who).post(address, {"purpose": purpose, "do": do})


def test_guardian_says_yes_and_no_for_his_child():
    assert say(people.guardian(), people.student()).status_code == 302
    row = Consent.objects.get()
    assert (row.subject, row.given_by, row.method) == (people.student(), people.guardian(), "GUARDIAN")
    page = people.signed_in(people.guardian()).get(PAGE).content.decode()
    assert "Ananya Kulkarni" in page
    assert 'value="withdraw"' in page
    say(people.guardian(), people.student(), do="withdraw")
    row.refresh_from_db()
    assert row.withdrawn_by == people.guardian()


def test_minor_sees_how_it_stands_and_has_no_buttons():
    page = people.signed_in(people.student()).get(PAGE).content.decode()
    assert "Until you are 18, your guardian decides this." in page
    assert 'name="do"' not in page
    assert say(people.student(), people.student()).status_code == 403
    assert not Consent.objects.exists()


def test_other_peoples_consents_are_not_there():
    for stranger in (people.guardian_who_teaches(), people.other_student(), people.teacher(), people.admin()):
        assert say(stranger, people.student()).status_code == 404


@pytest.mark.parametrize("wrong", [{"purpose": "FEES"}, {"do": "maybe"}, {"purpose": ""}])
def test_unknown_purpose_or_verb_is_refused(wrong):
    assert say(people.teacher(), people.teacher(), **wrong).status_code == 400


def test_notice_is_the_institutes_own_or_the_products():
    browser = people.signed_in(people.teacher())
    assert "keeps what it needs to teach you" in browser.get(PAGE).content.decode()
    Institute.objects.create(pk=1, name="Pragati", privacy_notice="We keep <b>marks</b>.", notice_version=3)
    page = browser.get(PAGE).content.decode()
    assert "We keep &lt;b&gt;marks&lt;/b&gt;." in page
    assert "version 3" in page


def test_office_enters_a_paper_and_sees_who_said_what_when():
    browser = people.signed_in(people.admin())
    address = f"/accounts/people/{people.student().uuid}/consents/"
    assert browser.post(address, {"purpose": "PHOTO", "do": "give", "evidence": ""}).status_code == 200
    assert not Consent.objects.exists()
    paper = {"purpose": "PHOTO", "do": "give", "evidence": "Form of 3 May, folder 12"}
    assert browser.post(address, paper).status_code == 302
    page = browser.get(address).content.decode()
    assert "Form of 3 May, folder 12" in page
    assert "On paper, entered by the office" in page


def test_page_costs_the_same_for_many_children(same_queries):
    browser = people.signed_in(people.guardian())
    made = iter(range(100))

    def add(count):
        for _child in range(count):
            number = f"P-{next(made):04}"
            child = people.person(f"Child {number}", Role.STUDENT, admission_number=number)
            Guardianship.objects.create(guardian=people.guardian(), student=child)

    same_queries(lambda: browser.get(PAGE), add=add)


# --- Asking to be erased ---------------------------------------------------------------------------------------------


def ask(who, about, **form):
    return people.signed_in(who).post(f"{PAGE}{about.uuid}/erasure/", form or {"sure": "on"})


def test_request_reaches_the_admins_once():
    people.admin()
    for _time in range(2):
        assert ask(people.teacher(), people.teacher()).headers["Location"] == PAGE
    assert ErasureRequest.objects.get().asked_by == people.teacher()
    told = Notification.objects.get(recipient=people.admin())
    assert told.title == "Meera Joshi asks to be erased"
    assert "The office has the request" in people.signed_in(people.teacher()).get(PAGE).content.decode()


def test_without_the_tick_nothing_is_asked():
    ask(people.teacher(), people.teacher(), other="x")
    assert not ErasureRequest.objects.exists()


def test_guardian_asks_for_a_child_and_not_for_a_grown_up():
    assert ask(people.guardian(), people.student()).status_code == 302
    grown_up = people.other_student()
    Guardianship.objects.create(guardian=people.guardian(), student=grown_up)
    assert ask(people.guardian(), grown_up).status_code == 403
    assert [row.subject for row in ErasureRequest.objects.all()] == [people.student()]


def test_office_asks_for_somebody_who_wrote_to_it():
    answer = ask(people.admin(), people.other_student())
    assert answer.headers["Location"] == f"/accounts/people/{people.other_student().uuid}/consents/"
    assert ErasureRequest.objects.get().asked_by == people.admin()
