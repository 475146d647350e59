"""An import of people is carried out whole or not at all, once for each file, and can be taken back whole."""

import time
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import imports, services
from accounts.import_plans import Mode
from accounts.import_undo import undo_import
from accounts.imports import AlreadyImported, ImportRefused, PlanOutdated
from accounts.models import Activity, Guardianship, ImportedRow, Invitation, PeopleImport, Role, User
from tests import people
from tests.accounts.importing import FARHAN, HEADER, ISHA, csv, imported, planned

pytestmark = pytest.mark.django_db
FAMILY = HEADER + ",Guardian name,Guardian email,Guardian phone,Relation"
SUNIL = "Sunil Rao,sunil.rao@pragati.test,98230 00001,Father"
ISHA_OF_SUNIL = f"Isha Rao,,2026-0500,,,,{SUNIL}"
AARAV_OF_SUNIL = f"Aarav Rao,,2026-0501,,,,{SUNIL}"


def by_number(number: str) -> User:
    return User.objects.get(admission_number=number)


def test_people_are_added_without_a_way_in_and_without_being_hashed_a_password():
    done = imported(csv(ISHA, FARHAN))
    isha, farhan = by_number("2026-0500"), User.objects.get(email="farhan@pragati.test")
    assert (isha.name, isha.phone, isha.date_of_birth, isha.role) == (
        "Isha Rao",
        "98230 41161",
        date(2010, 3, 12),
        Role.STUDENT,
    )
    assert farhan.role == Role.TEACHER
    assert not isha.has_usable_password()
    assert (done.added, done.updated, done.skipped) == (2, 0, 0)
    assert Activity.objects.get(event="people.imported").extra == {"name": "people.csv", "added": 2, "updated": 0}


def test_one_bad_row_and_nothing_is_written():
    everybody = User.objects.count()
    plan = planned(csv(ISHA, "Kavya,,,,,", FARHAN))
    with pytest.raises(ImportRefused):
        imports.apply_import(plan, actor=people.admin())
    assert User.objects.count() == everybody + 1  # the admin
    assert not PeopleImport.objects.exists()
    done = imports.apply_import(plan.fitting(), actor=people.admin())
    assert (done.added, done.skipped) == (2, 1)


def test_rehearsal_does_the_same_and_leaves_nothing():
    plan, actor = planned(csv(ISHA, FARHAN)), people.admin()
    before = User.objects.count()
    imports.rehearse_import(plan, actor=actor)
    assert (User.objects.count(), PeopleImport.objects.count(), Activity.objects.count()) == (before, 0, 0)


@pytest.mark.parametrize(
    ("mode", "name", "fates"),
    [
        (Mode.ADD, "Ananya Kulkarni", ["skip", "add"]),
        (Mode.BOTH, "Ananya K. Rao", ["update", "add"]),
        (Mode.UPDATE, "Ananya K. Rao", ["update", "skip"]),
    ],
)
def test_modes_decide_about_those_who_are_here_and_those_who_are_not(mode, name, fates):
    ananya = people.student()
    content = csv("Ananya K. Rao,,2026-0188,,98230 41161,", ISHA)
    plan = planned(content, mode)
    assert [row.fate for row in plan.rows] == fates
    imports.apply_import(plan, actor=people.admin())
    ananya.refresh_from_db()
    assert ananya.name == name
    assert User.objects.filter(admission_number="2026-0500").exists() == ("add" in fates)


def test_empty_cells_change_nothing_and_the_same_row_needs_nothing():
    imported(csv(ISHA))
    plan = planned(csv(",,2026-0500,,,"))
    assert [(row.fate, row.notes) for row in plan.rows] == [("skip", ["Nothing differs."])]
    with pytest.raises(ImportRefused):
        imports.apply_import(plan, actor=people.admin())


def test_who_is_here_with_another_role_or_as_two_people_does_not_fit():
    people.other_student(), people.teacher(), people.admin()
    plan = planned(
        csv(
            "Ritika,Teacher,,ritika@pragati.test,,",
            "Rajendra,Student,,rajendra@pragati.test,,",
            "Meera,Student,2026-0290,meera@pragati.test,,",
        )
    )
    assert len(plan.bad) == 3


def test_guardian_of_two_children_is_one_person():
    plan = planned(csv(ISHA_OF_SUNIL, AARAV_OF_SUNIL, header=FAMILY))
    assert plan.new_guardians == 1
    done = imports.apply_import(plan, actor=people.admin())
    sunil = User.objects.get(email="sunil.rao@pragati.test")
    assert (sunil.role, sunil.phone, done.added) == (Role.GUARDIAN, "98230 00001", 3)
    assert {(link.student.name, link.relation) for link in sunil.guardianships.all()} == {
        ("Isha Rao", "Father"),
        ("Aarav Rao", "Father"),
    }


def test_guardian_may_be_a_teacher_who_is_here_or_have_a_row_of_his_own():
    meera = people.teacher()
    content = csv(
        "Isha,,1,,,,M. Joshi,meera@pragati.test,,Mother",
        "Kavya,,2,,,,,gita@pragati.test,,Mother",
        "Gita Nair,Guardian,,gita@pragati.test,,,,,,",
        header=FAMILY,
    )
    plan = planned(content)
    assert plan.rows[0].notes == ["The guardian is here as Meera Joshi."]
    imports.apply_import(plan, actor=people.admin())
    assert by_number("1").guardian_links.get().guardian == meera
    assert by_number("2").guardian_links.get().guardian.name == "Gita Nair"


def test_guardian_without_an_address_is_found_by_name_and_phone_or_told_to_be_left_out():
    imported(csv("Sunil Rao,Guardian,,sunil.rao@pragati.test,+91 98230 00001,"))
    plan = planned(
        csv("Isha,,1,,,,sunil  rao,,9823000001,", "Kavya,,2,,,,Gita Nair,,9823000002,", header=FAMILY), Mode.BOTH
    )
    assert plan.rows[0].guardian.person.email == "sunil.rao@pragati.test"
    assert (plan.rows[1].fate, plan.rows[1].guardian) == ("add", None)
    assert "no e-mail address" in plan.rows[1].notes[0]


def test_guardians_who_cannot_be_meant_do_not_fit():
    User.objects.filter(pk=people.other_teacher().pk).update(is_active=False)
    content = csv(
        ISHA_OF_SUNIL,
        "Aarav,,2026-0501,,,,Somebody Else,sunil.rao@pragati.test,,",
        "Kavya,,2026-0502,kavya@pragati.test,,,Kavya,kavya@pragati.test,,",
        "Omkar,,2026-0503,,,,Imran,imran@pragati.test,,",
        "Devansh,,2026-0504,,,,,new@pragati.test,,",
        "Teacher,Teacher,,t@pragati.test,,,Someone,x@pragati.test,,",
        header=FAMILY,
    )
    plan = planned(content)
    assert [row.line for row in plan.bad] == [3, 4, 5, 6, 7]
    assert plan.bad[0].problems[0].words == "Line 2 calls the guardian with this address Sunil Rao."


def test_row_whose_guardian_has_a_bad_row_of_his_own_does_not_fit_either():
    content = csv("Isha,,1,,,,,gita@pragati.test,,", "Gita,Guardian,77,gita@pragati.test,,,,,,", header=FAMILY)
    assert [row.line for row in planned(content).bad] == [2, 3]


def test_same_file_is_taken_in_once_until_it_is_taken_back():
    plan = planned(csv(ISHA))
    done = imports.apply_import(plan, actor=people.admin())
    with pytest.raises(AlreadyImported) as again:
        imports.apply_import(plan, actor=people.admin())
    assert again.value.done == done
    undo_import(done, actor=people.admin())
    assert imports.apply_import(planned(csv(ISHA)), actor=people.admin()).added == 1


def test_plan_that_is_not_true_any_more_writes_nothing():
    plan = planned(csv(ISHA, FARHAN))
    people.person("Isha", Role.STUDENT, admission_number="2026-0500")
    with pytest.raises(PlanOutdated):
        imports.apply_import(plan, actor=people.admin())
    assert not User.objects.filter(email="farhan@pragati.test").exists()


def test_import_taken_back_at_once_leaves_nobody():
    before = set(User.objects.values_list("pk", flat=True)) | {people.admin().pk}
    done = imported(csv(ISHA_OF_SUNIL, AARAV_OF_SUNIL, header=FAMILY))
    undo_import(done, actor=people.admin())
    assert set(User.objects.values_list("pk", flat=True)) == before
    assert not Guardianship.objects.exists()
    assert set(done.rows.values_list("action", "outcome")) == {("ADDED", "REMOVED"), ("LINKED", "UNLINKED")}
    with pytest.raises(ImportRefused):
        undo_import(done, actor=people.admin())


def test_whoever_was_used_since_is_deactivated_and_his_invitation_taken_back():
    from accounts import invitations
    from accounts.invitees import Invitee

    done = imported(csv(ISHA, FARHAN))
    isha = by_number("2026-0500")
    people.signed_in(isha)
    invitations.invite(Invitee(Role.TEACHER, email="farhan@pragati.test"), actor=people.admin())
    undo_import(done, actor=people.admin())
    assert list(done.rows.values_list("outcome", flat=True)) == ["DEACTIVATED", "DEACTIVATED"]
    isha.refresh_from_db()
    assert not isha.is_active
    assert not isha.session_slots.filter(ended_at=None).exists()
    assert Invitation.objects.get().revoked_at is not None


def test_updates_are_restored_unless_they_were_changed_since():
    ananya, ritika = people.student(), people.other_student()
    done = imported(csv("Ananya Rao,,2026-0188,,98230 41161,", "R. Sharma,,2026-0290,,,01/02/2010"))
    ritika.refresh_from_db()
    ritika.name = "Ritika S."
    services.change_person(ritika, changed=["name"], actor=people.admin())
    undo_import(done, actor=people.admin())
    ananya.refresh_from_db()
    ritika.refresh_from_db()
    assert (ananya.name, ananya.phone) == ("Ananya Kulkarni", "")
    assert (ritika.name, ritika.date_of_birth) == ("Ritika S.", date(2010, 2, 1))
    assert list(done.rows.values_list("outcome", flat=True)) == ["RESTORED", "KEPT"]
    assert all(before == {} for before in ImportedRow.objects.values_list("before", flat=True))


def test_who_became_an_admin_stays():
    done = imported(csv(FARHAN))
    User.objects.filter(email="farhan@pragati.test").update(role=Role.ADMIN)
    people.signed_in(User.objects.get(email="farhan@pragati.test"))
    undo_import(done, actor=people.admin())
    assert User.objects.get(email="farhan@pragati.test").is_active
    assert done.rows.get().outcome == "KEPT"


def test_thousand_rows_take_seconds_and_hardly_more_queries_than_ten():
    def rows(first: int, count: int) -> bytes:
        lines = (
            f"Student {n},,26-{n},s{n}@pragati.test,98230{n:05},12/03/2010,Guardian {n // 2},g{n // 2}@pragati.test,,"
            for n in range(first, first + count)
        )
        return csv(*lines, header=FAMILY)

    people.admin()
    with CaptureQueriesContext(connection) as few:
        imported(rows(10_000, 10))
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as many:
        done = imported(rows(20_000, 1_000))
    took_s = time.perf_counter() - began
    assert done.added == 1_500
    assert len(many) <= len(few) + 100  # in pieces, not one by one
    assert took_s < 30
