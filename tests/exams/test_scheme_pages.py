"""Marking schemes in the browser: what is there, made, changed, put away."""

import pytest
from django.test import Client
from django.urls import reverse

from exams import scheme_book
from exams.models import Scheme
from tests import people

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "Weekly",
    "others_right": "2",
    "others_wrong": "-0.50",
    "MULTIPLE_right": "4",
    "MULTIPLE_partial": "PER_RIGHT",
    "MULTIPLE_each": "1",
    "tie_0": "SECTION",
    "tie_0_name": "Physics",
    "tie_1": "OLDER",
    "percentile": "BELOW",
}
KEPT = {
    "kinds": {"MULTIPLE": {"wrong": "0", "blank": "0", "right": "4", "each": "1", "partial": "PER_RIGHT"}},
    "others": {"wrong": "-0.5", "blank": "0", "right": "2"},
    "ties": [{"by": "SECTION", "name": "Physics"}, {"by": "OLDER"}],
    "percentile": "BELOW",
}


@pytest.fixture
def teacher() -> Client:
    return people.signed_in(people.teacher())


def test_what_is_typed_becomes_rules(teacher):
    answer = teacher.post(reverse("scheme_create"), TYPED)
    scheme = Scheme.objects.get(name="Weekly")
    assert answer.url == reverse("scheme", args=[scheme.uuid])
    assert scheme.newest
    assert scheme.newest.rules == KEPT
    shown = teacher.get(answer.url).content.decode()
    assert "+2 / −0.5" in shown
    assert "more in Physics, who is older" in shown


def test_sent_twice_is_one_scheme_and_says_so(teacher):
    teacher.post(reverse("scheme_create"), TYPED)
    again = teacher.post(reverse("scheme_create"), TYPED)
    assert "There is a scheme of this name already." in again.content.decode()
    assert Scheme.objects.filter(name="Weekly").count() == 1


def test_change_begins_with_what_there_is_and_keeps_the_version_of_tests(teacher):
    scheme = scheme_book.make_scheme("Weekly", rules=KEPT, actor=people.teacher())
    url = reverse("scheme_change", args=[scheme.uuid])
    form = teacher.get(url).context["form"]
    typed = {name: value for name, value in form.initial.items() if name != "name"}
    teacher.post(url, typed | {"others_right": "3", "note": "Three"})
    assert [(one.number, one.rules["others"]["right"]) for one in scheme.versions.order_by("number")] == [
        (1, "2"),
        (2, "3"),
    ]
    stale = teacher.post(url, typed | {"others_right": "5"})
    assert "Somebody changed this scheme meanwhile." in stale.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"others_right": ""}, "others_right"),
        ({"others_right": "0"}, "others_right"),
        ({"others_right": "1e9"}, "others_right"),
        ({"others_right": "NaN"}, "others_right"),
        ({"others_right": "1.234"}, "others_right"),
        ({"others_wrong": "3"}, "others_wrong"),
        ({"MULTIPLE_each": ""}, "MULTIPLE_each"),
        ({"MULTIPLE_partial": "SOME"}, "MULTIPLE_partial"),
        ({"tie_0_name": " "}, "tie_0_name"),
        ({"percentile": "TOP"}, "percentile"),
        ({"name": "\u202e"}, "name"),
    ],
)
def test_what_cannot_be_marked_by_is_told_at_its_field(teacher, wrong, field):
    answer = teacher.post(reverse("scheme_create"), TYPED | wrong)
    assert answer.context["form"].errors[field]
    assert not Scheme.objects.filter(name="Weekly").exists()


def test_archived_scheme_leaves_the_list_and_keeps_its_page(teacher):
    scheme = scheme_book.make_scheme("Weekly", rules=KEPT, actor=people.teacher())
    teacher.post(reverse("scheme_archive", args=[scheme.uuid]))
    assert "Weekly" not in teacher.get(reverse("scheme_list")).content.decode().split("<main", 1)[1].replace(
        "Weekly is archived", ""
    )
    assert "Archived" in teacher.get(reverse("scheme", args=[scheme.uuid])).content.decode()


def test_form_can_begin_with_another_scheme(teacher):
    scheme_book.schemes()
    form = teacher.get(reverse("scheme_create"), {"like": "neet"}).context["form"]
    assert form.initial["SINGLE_right"] == "4"


@pytest.mark.parametrize("named", ["", "\0", "nothing of the kind"])
def test_form_begins_empty_when_nothing_of_that_name_is_there(teacher, named):
    answer = teacher.get(reverse("scheme_create"), {"like": named})
    assert (answer.status_code, answer.context["form"].initial.get("name")) == (200, None)
