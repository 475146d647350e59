"""What the office does with guardian links on a student's page."""

import re

import pytest
from django.urls import reverse

from accounts.models import Activity, GuardianPass
from tests import people
from tests.accounts.passes import made, typed

pytestmark = pytest.mark.django_db


def the_page() -> str:
    return reverse("guardian_link_list", args=[people.student().uuid])


def test_link_and_pin_are_shown_once_and_open_the_page():
    office = people.signed_in(people.admin())
    answer = office.post(the_page(), {"label": "  Mother,  abroad ", "days": "60"})
    page = answer.content.decode()
    link, pin = re.search(r"https?://[^<\"]+/g/[\w-]+/", page)[0], re.search(r'slip-pin">(\d{6})<', page)[1]
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Ananya Kulkarni" in typed(link, pin).content.decode()
    row = GuardianPass.objects.get()
    assert (row.label, (row.expires_at - row.created_at).days) == ("Mother, abroad", 60)
    listed = office.get(the_page()).content.decode()
    assert "Mother, abroad" in listed
    assert pin not in listed
    assert link.split("/")[-2] not in listed


@pytest.mark.parametrize(
    "form", [{"label": "", "days": "30"}, {"label": "M", "days": "181"}, {"label": "M", "days": "x"}]
)
def test_what_does_not_fit_is_said_and_nothing_is_made(form):
    page = people.signed_in(people.admin()).post(the_page(), form).content.decode()
    assert "has-error" in page
    assert not GuardianPass.objects.exists()


def test_each_state_has_its_word_and_locked_links_open_again():
    office, one = people.signed_in(people.admin()), made()
    GuardianPass.objects.update(wrong_pins=5)
    assert "Locked" in office.get(the_page()).content.decode()
    office.post(reverse("guardian_link_extend", args=[one.row.uuid]))
    assert "Works until" in office.get(the_page()).content.decode()
    office.post(reverse("guardian_link_revoke", args=[one.row.uuid]))
    assert "Taken back" in office.get(the_page()).content.decode()
    assert office.post(reverse("guardian_link_extend", args=[one.row.uuid])).status_code == 409
    last = Activity.objects.filter(event__startswith="guardian_link.").first()
    assert (last.event, last.actor, last.subject) == ("guardian_link.revoked", people.admin(), people.student())


def test_the_way_there_starts_at_the_student():
    office = people.signed_in(people.admin())
    page = office.get(reverse("admin:accounts_user_change", args=[people.student().pk])).content.decode()
    assert f'href="{the_page()}"' in page
    teachers = office.get(reverse("admin:accounts_user_change", args=[people.teacher().pk])).content.decode()
    assert "guardian-links/" not in teachers


def test_there_are_no_links_of_who_is_no_student():
    teachers = reverse("guardian_link_list", args=[people.teacher().uuid])
    assert people.signed_in(people.admin()).get(teachers).status_code == 404


def test_list_costs_the_same_at_three_and_at_thirty(same_queries):
    office = people.signed_in(people.admin())

    def add(count: int) -> None:
        rows = [GuardianPass(student=people.student(), created_by=people.admin(), label="M") for _ in range(count)]
        for row in rows:
            row.token_hash, row.expires_at = f"{row.uuid.hex}", row.created_at.replace(year=2099)
        GuardianPass.objects.bulk_create(rows)

    same_queries(lambda: office.get(the_page()), add=add)
