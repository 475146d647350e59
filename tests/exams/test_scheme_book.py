"""The institute's schemes: presets that are there by themselves, versions that tests keep, refusals."""

import copy
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from exams import scheme_book
from exams.content import Kind
from exams.models import Scheme, SchemeVersion
from exams.presets import PRESETS
from exams.scheme_checks import problems
from exams.scheme_words import marks_line, marks_sentence
from exams.schemes import Rules
from tests import people
from tests.racing import at_once, outcomes

RULES = {"others": {"right": "2", "wrong": "-0.5"}}


@pytest.mark.django_db
def test_presets_are_there_when_somebody_looks_and_once():
    assert {one.preset for one in scheme_book.schemes()} == {one.code for one in PRESETS}
    assert scheme_book.schemes().count() == len(PRESETS)
    assert scheme_book.default_version().scheme.name == "JEE Main"


@pytest.mark.django_db(transaction=True)
def test_presets_are_made_once_by_ten_who_look_at_once():
    at_once([lambda: list(scheme_book.schemes())] * 10)
    assert Scheme.objects.count() == len(PRESETS)
    assert SchemeVersion.objects.count() == len(PRESETS)


@pytest.mark.django_db
def test_archived_preset_does_not_come_back():
    neet = scheme_book.schemes().get(preset="neet")
    scheme_book.archive_scheme(neet, actor=people.admin())
    assert "neet" not in {one.preset for one in scheme_book.schemes()}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda one: one.code)
def test_every_preset_is_fit_and_speaks(preset):
    assert problems(preset.rules) == []
    assert marks_sentence(Rules.from_json(preset.rules), Kind.SINGLE)


def test_line_of_marks_says_what_right_and_wrong_cost():
    rules = Rules.from_json(PRESETS[0].rules)
    assert marks_line(rules, Kind.SINGLE) == "+4 / −1"
    assert marks_line(Rules.from_json(PRESETS[3].rules), Kind.SINGLE) == "+1"


@pytest.mark.django_db
def test_changed_rules_are_a_new_version_and_the_same_ones_none():
    scheme = scheme_book.make_scheme("Weekly", rules=RULES, actor=people.teacher())
    changed = copy.deepcopy(RULES) | {"percentile": "BELOW"}
    version = scheme_book.change_scheme(scheme, rules=changed, seen=1, actor=people.teacher())
    again = scheme_book.change_scheme(scheme, rules=changed, seen=1, actor=people.teacher())
    assert (version.number, again.pk) == (2, version.pk)
    assert scheme.versions.count() == 2


@pytest.mark.django_db
def test_version_that_was_overtaken_is_told():
    scheme = scheme_book.make_scheme("Weekly", rules=RULES, actor=people.teacher())
    scheme_book.change_scheme(scheme, rules={"others": {"right": "3"}}, seen=1, actor=people.teacher())
    with pytest.raises(scheme_book.SchemeMoved):
        scheme_book.change_scheme(scheme, rules={"others": {"right": "5"}}, seen=1, actor=people.admin())


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_at_once_one_is_told():
    scheme = scheme_book.make_scheme("Weekly", rules=RULES, actor=people.teacher())

    def change(right: str) -> int:
        rules = {"others": {"right": right}}
        return scheme_book.change_scheme(scheme, rules=rules, seen=1, actor=people.teacher()).number

    found = outcomes([partial(change, "3"), partial(change, "5")])
    assert sorted(type(one).__name__ for one in found) == ["SchemeMoved", "int"]
    assert scheme.versions.count() == 2


@pytest.mark.django_db
def test_name_is_taken_once_whatever_its_case():
    scheme_book.make_scheme("Weekly", rules=RULES, actor=people.teacher())
    with pytest.raises(scheme_book.SchemeRefused):
        scheme_book.make_scheme("WEEKLY", rules=RULES, actor=people.teacher())


@pytest.mark.django_db
def test_kept_version_cannot_be_changed_by_any_statement():
    version = scheme_book.default_version()
    with pytest.raises(IntegrityError), transaction.atomic():
        SchemeVersion.objects.filter(pk=version.pk).update(rules={})


@pytest.mark.parametrize(
    "rules",
    [
        {"others": {"right": "4.123"}},
        {"others": {"right": 4}},
        {"others": {"right": "1e3"}},
        {"others": {"right": "NaN"}},
        {"others": {"right": "0"}},
        {"others": {"right": "1", "wrong": "2"}},
        {"others": {"right": "99999"}},
        {"others": {"right": "٤"}},
        {"others": "4"},
        {"kinds": {"PASSAGE": {"right": "1"}}},
        {"kinds": {"MULTIPLE": {"right": "4", "partial": "PER_RIGHT"}}},
        {"kinds": {"MULTIPLE": {"right": "4", "partial": "SOME"}}},
        {"ties": [{"by": "SECTION"}]},
        {"ties": [{"by": "HEIGHT"}]},
        {"percentile": "TOP"},
        {"code": "import os"},
    ],
)
def test_rules_nobody_could_mark_by_are_found(rules):
    assert problems(rules)
