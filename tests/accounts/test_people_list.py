"""The list of people: found by anything, filtered, sorted, acted upon in numbers, never against oneself."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, Invitation, Notification, Role, SessionSlot, User
from accounts.people import close
from coaching.lib.errors import NotAllowed
from dfs.models import DriveAccount
from tests import people

pytestmark = pytest.mark.django_db
PAGE, ACT = "/accounts/people/", "/accounts/people/chosen/"


@pytest.fixture
def office() -> Client:
    return people.signed_in(people.admin())


@pytest.fixture
def everybody() -> None:
    for make in people.EVERYBODY.values():
        make()


def names(answer) -> list[str]:
    return [row.person.name for row in answer.context["rows"]]


def seen(person: User, days_ago: int) -> SessionSlot:
    now = timezone.now()
    at = now - timedelta(days=days_ago)
    fields = {"idle_until": now + timedelta(days=1), "expires_at": now + timedelta(days=1), "created_at": at}
    return SessionSlot.objects.create(user=person, key_hash=uuid.uuid4().hex, last_seen_at=at, **fields)


@pytest.mark.parametrize("words", ["kulkarni ananya", "2026-0188", "98230 41161", "9823041161", "ananya 2026"])
def test_somebody_is_found_by_name_number_and_phone(office, everybody, words):
    User.objects.filter(admission_number="2026-0188").update(phone="+91 98230-41161")
    assert "Ananya Kulkarni" in names(office.get(PAGE, {"q": words}))[:1] or words == "98230 41161"
    assert "Imran Shaikh" not in names(office.get(PAGE, {"q": words}))


def test_hindi_names_and_addresses_are_found(office, everybody):
    assert names(office.get(PAGE, {"q": "शर्मा"})) == ["रितिका शर्मा"]
    assert names(office.get(PAGE, {"q": "MEERA@"})) == ["Meera Joshi"]
    assert "Nothing fits" in office.get(PAGE, {"q": "nobody at all"}).content.decode()
    assert office.get(PAGE, {"q": "a\0b", "role": "x", "seen": "y", "page": "9"}).status_code == 200


def test_filters_tell_roles_accounts_last_seen_and_drives_apart(office, everybody):
    ananya, ritika, meera = people.student(), people.other_student(), people.teacher()
    seen(ananya, 10)
    seen(ritika, 40)
    User.objects.filter(pk=meera.pk).update(is_active=False)
    waiting = {"state": DriveAccount.State.NEEDS_REAUTH, "cap_bytes": 1}
    DriveAccount.objects.create(label="imran", owner_key="imran", owner=people.other_teacher(), **waiting)
    DriveAccount.objects.create(label="meera", owner_key="meera", owner=meera, cap_bytes=1)
    assert names(office.get(PAGE, {"role": "STUDENT"})) == ["Ananya Kulkarni", "रितिका शर्मा"]
    assert names(office.get(PAGE, {"seen": "week"})) == ["Ananya Kulkarni", "रितिका शर्मा"]
    assert names(office.get(PAGE, {"seen": "month"})) == ["रितिका शर्मा"]
    assert "Rajendra Bhosale" not in names(office.get(PAGE, {"seen": "never"}))
    assert names(office.get(PAGE, {"account": "closed"})) == ["Meera Joshi"]
    assert names(office.get(PAGE, {"drive": "any"})) == ["Imran Shaikh", "Meera Joshi"]
    assert names(office.get(PAGE, {"drive": "waiting"})) == ["Imran Shaikh"]
    assert names(office.get(PAGE, {"sort": "seen"}))[:3] == ["Rajendra Bhosale", "Ananya Kulkarni", "रितिका शर्मा"]
    page = office.get(PAGE).content.decode()
    assert "Sign in again" in page
    assert "1 Drive needs its owner" in page


def test_list_costs_the_same_at_3_and_at_30_people(office, same_queries):
    def add(count: int) -> None:
        for _ in range(count):
            mark = uuid.uuid4().hex[:8]
            one = people.person(f"Name {mark}", Role.TEACHER, email=f"{mark}@pragati.test")
            seen(one, 1)
            DriveAccount.objects.create(label=mark, owner_key=mark, owner=one, cap_bytes=1)

    assert same_queries(lambda: office.get(PAGE), add=add) <= 20


def test_accounts_are_closed_after_a_question_and_opened_again(office, everybody):
    ananya, me = people.student(), people.admin()
    browser = people.signed_in(ananya)
    form = {"do": "close", "chosen": [str(ananya.uuid), str(me.uuid)]}
    asked = office.post(ACT, form).content.decode()
    assert "Close 2 accounts?" in asked
    assert "You yourself are left out" in asked
    ananya.refresh_from_db()
    assert ananya.is_active
    told = office.post(ACT, {**form, "sure": "1"}, follow=True).content.decode()
    assert "1 account was closed." in told
    ananya.refresh_from_db()
    me.refresh_from_db()
    assert (ananya.is_active, me.is_active) == (False, True)
    assert browser.get("/dashboard/").status_code == 302
    assert Activity.objects.get(event="person.closed").subject == ananya
    office.post(ACT, {"do": "let_in", "chosen": [str(ananya.uuid)]})
    ananya.refresh_from_db()
    assert ananya.is_active


def test_all_that_match_means_the_filter_and_not_the_page(office, everybody):
    form = {"do": "close", "all": "1", "role": "TEACHER", "sure": "1"}
    answer = office.post(ACT, form)
    assert answer["Location"] == f"{PAGE}?role=TEACHER"
    assert set(User.objects.filter(is_active=False).values_list("role", flat=True)) == {"TEACHER"}
    assert not User.objects.filter(role="TEACHER", is_active=True).exists()


def test_sessions_of_the_chosen_end_but_not_ones_own(office, everybody):
    people.signed_in(people.student())
    form = {"do": "sign_out", "all": "1", "sure": "1"}
    assert "1 session was ended." in office.post(ACT, form, follow=True).content.decode()
    assert office.get(PAGE).status_code == 200


def test_those_who_can_be_invited_are_and_the_others_are_counted(office, everybody):
    isha = User.objects.create(name="Isha", admission_number="2026-0500", password="!")
    answer = office.post(ACT, {"do": "invite", "chosen": [str(isha.uuid), str(people.teacher().uuid)]})
    page = answer.content.decode()
    assert "1 person is invited" in page
    assert "1 person was left out" in page
    assert Invitation.objects.get().person == isha


def test_message_reaches_each_chosen_person_once_however_often_it_is_sent(office, everybody):
    chosen = [str(people.student().uuid), str(people.guardian().uuid)]
    page = office.post(ACT, {"do": "message", "chosen": chosen}).content.decode()
    assert "Write to 2 people" in page
    message = re.search(r'name="message" value="([0-9a-f-]+)"', page)[1]
    form = {
        "do": "message",
        "chosen": chosen,
        "message": message,
        "title": "Office closed on Monday",
        "text": "Diwali.",
    }
    assert "2 people were told." in office.post(ACT, form, follow=True).content.decode()
    assert "0 people were told." in office.post(ACT, form, follow=True).content.decode()
    assert set(Notification.objects.values_list("recipient__name", "title")) == {
        ("Ananya Kulkarni", "Office closed on Monday"),
        ("Sunil Kulkarni", "Office closed on Monday"),
    }
    empty = office.post(ACT, {**form, "title": "", "message": str(uuid.uuid4())})
    assert empty.context["form"].errors["title"]


def test_nobody_chosen_unknown_verbs_and_nonsense_do_nothing(office, everybody):
    assert "Choose people first." in office.post(ACT, {"do": "close"}, follow=True).content.decode()
    assert office.post(ACT, {"do": "erase", "all": "1"}).status_code == 400
    assert office.post(ACT, {"do": "close", "chosen": "x"}).status_code == 400
    assert not User.objects.filter(is_active=False).exists()


def test_admin_who_is_closed_by_now_closes_nobody(everybody):
    me, other = people.admin(), people.person("Second", Role.ADMIN, email="second@pragati.test")
    User.objects.filter(pk=me.pk).update(is_active=False)
    with pytest.raises(NotAllowed):
        close(User.objects.filter(pk=other.pk), actor=me)
    other.refresh_from_db()
    assert other.is_active


def test_export_honours_the_filter_and_is_recorded(office, everybody):
    answer = office.post("/accounts/people/export/", {"role": "STUDENT"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert Activity.objects.get(event="people.exported").extra["asked"] == {"role": "STUDENT"}
