"""The guardian's own view: his children, one at a time, and nobody else's."""

import pytest
from django.utils import timezone

from accounts import guardians
from accounts.models import Institute, Notification, Role
from tests import people

pytestmark = pytest.mark.django_db


def linked(guardian, *students):
    for student in students:
        guardians.link_guardian(student, guardian=guardian, actor=people.admin())
    return people.signed_in(guardian)


@pytest.mark.parametrize("who", [people.guardian, people.guardian_who_teaches, people.admin])
def test_guardian_of_two_switches_between_them_whatever_his_role(who):
    home = linked(who(), people.student(), people.other_student())
    first = home.get("/children/", follow=True)
    assert first.redirect_chain == [(f"/children/{people.student().uuid}/", 302)]
    page = first.content.decode()
    assert 'class="kids"' in page
    assert f'href="/children/{people.other_student().uuid}/"' in page
    assert "<h1>Ananya Kulkarni</h1>" in page
    assert "<h1>रितिका शर्मा</h1>" in home.get(f"/children/{people.other_student().uuid}/").content.decode()


@pytest.mark.parametrize("who", [people.guardian, people.guardian_who_teaches])
def test_ones_children_stand_at_home(who):
    home = linked(who(), people.student())
    assert f'href="/children/{people.student().uuid}/"' in home.get("/dashboard/").content.decode()
    assert 'class="kids"' not in people.signed_in(people.teacher()).get("/dashboard/").content.decode()


def test_only_child_has_no_switch():
    home = linked(people.guardian(), people.student())
    assert 'class="kids"' not in home.get(f"/children/{people.student().uuid}/").content.decode()


def test_others_children_are_not_there_not_even_for_who_may_look_them_up():
    linked(people.guardian(), people.student())
    path = f"/children/{people.student().uuid}/"
    strangers = [people.guardian_who_teaches(), people.student(), people.other_student(), people.admin()]
    for who in [*strangers, people.person("Sunita Sharma", Role.GUARDIAN, email="sunita@pragati.test")]:
        assert people.signed_in(who).get(path).status_code == 404
    guardians.unlink_guardian(people.student(), guardian=people.guardian(), actor=people.admin())
    assert people.signed_in(people.guardian()).get(path).status_code == 404


def test_without_a_child_the_page_says_who_links_one():
    page = people.signed_in(people.guardian()).get("/children/").content.decode()
    assert "No child is linked to you yet" in page


def test_news_of_this_child_alone_stand_on_its_page():
    home = linked(people.guardian(), people.student(), people.other_student())
    now = timezone.now()
    for about, title in ((people.student(), "Ananya was late"), (people.other_student(), "Ritika was early")):
        Notification.objects.create(
            recipient=people.guardian(), event_key=title, title=title, about=about, created_at=now
        )
    page = home.get(f"/children/{people.student().uuid}/").content.decode()
    assert "Ananya was late" in page
    assert "Ritika was early" not in page


def test_office_is_reached_as_the_institute_says_it():
    home = linked(people.guardian(), people.student())
    path = f"/children/{people.student().uuid}/"
    assert "has not written down its number" in home.get(path).content.decode()
    Institute(pk=1, name="Pragati", phone="+91 22 2413-7788", email="office@pragati.test").save()
    page = home.get(path).content.decode()
    assert 'href="tel:+912224137788"' in page
    assert 'href="mailto:office@pragati.test"' in page


def test_page_costs_the_same_with_three_children_and_with_thirty(same_queries):
    home, made = people.signed_in(people.guardian()), []

    def add(count: int) -> None:
        for _ in range(count):
            made.append(people.person("Child", Role.STUDENT, admission_number=f"2027-{len(made):04}"))
            guardians.link_guardian(made[-1], guardian=people.guardian(), actor=people.admin())

    same_queries(lambda: home.get(f"/children/{made[0].uuid}/"), add=add)
