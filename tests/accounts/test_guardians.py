"""Who is whose guardian: named, changed, ended, and written down each time."""

import pytest

from accounts import activity, guardians
from accounts.guardians import GuardianRefused
from accounts.models import Activity, Guardianship
from tests import people

pytestmark = pytest.mark.django_db


def events() -> list[str]:
    lines = Activity.objects.filter(event__startswith="guardianship.").order_by("pk")
    return list(lines.values_list("event", flat=True))


def test_guardian_is_named_once_and_what_he_is_can_be_changed():
    child, father, admin = people.student(), people.guardian(), people.admin()
    for relation in ("Uncle", "Uncle", " Father "):
        guardians.link_guardian(child, guardian=father, relation=relation, actor=admin)
    assert [(one.guardian, one.relation) for one in guardians.links_of(child)] == [(father, "Father")]
    assert list(guardians.students_of(father)) == [child]
    assert events() == ["guardianship.made", "guardianship.changed"]
    line = Activity.objects.filter(event="guardianship.made").get()
    assert (line.actor, line.subject, line.extra) == (admin, child, {"person": father.pk})
    assert activity.lines([line])[0].about == father.name


def test_ending_it_twice_ends_it_once():
    child, father, admin = people.student(), people.guardian(), people.admin()
    guardians.link_guardian(child, guardian=father, actor=admin)
    assert guardians.unlink_guardian(child, guardian=father, actor=admin)
    assert not guardians.unlink_guardian(child, guardian=father, actor=admin)
    assert not Guardianship.objects.exists()
    assert events() == ["guardianship.made", "guardianship.ended"]


def test_teacher_and_admin_may_be_guardians_too():
    child, admin = people.student(), people.admin()
    for parent in (people.guardian_who_teaches(), admin):
        guardians.link_guardian(child, guardian=parent, actor=admin)
        assert list(guardians.students_of(parent)) == [child]


def test_who_is_no_student_has_no_guardian_and_nobody_is_his_own():
    child, father, admin = people.student(), people.guardian(), people.admin()
    with pytest.raises(GuardianRefused, match="Only students"):
        guardians.link_guardian(people.teacher(), guardian=father, actor=admin)
    with pytest.raises(GuardianRefused, match="own guardian"):
        guardians.link_guardian(child, guardian=child, actor=admin)
    father.is_active = False
    father.save()
    with pytest.raises(GuardianRefused, match="deactivated"):
        guardians.link_guardian(child, guardian=father, actor=admin)
    assert events() == []
