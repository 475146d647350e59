"""Who may say yes and no, what holds without a word, and that a no takes effect at once."""

from datetime import UTC, date, datetime

import pytest

from accounts import consents
from accounts.consents import EvidenceMissing, may, who_may
from accounts.models import Activity, Consent, Guardianship, Institute, Photo
from coaching.lib.errors import NotAllowed
from tests import people
from tests.racing import at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
LOCATION, PHOTO, RESULTS = Consent.Purpose


def minor():
    """A student of sixteen with a guardian."""
    student = people.student()
    student.date_of_birth = date(2010, 5, 1)
    student.save()
    Guardianship.objects.get_or_create(guardian=people.guardian(), student=student)
    return student


def adult():
    student = people.other_student()
    student.date_of_birth = date(2005, 5, 1)
    student.save()
    return student


def policy(value):
    Institute.objects.update_or_create(pk=1, defaults={"name": "Pragati", "minor_location": value})


def give(subject, purpose, actor):
    return consents.give(subject, purpose=purpose, actor=actor, now=NOW)


def withdraw(subject, purpose, actor):
    consents.withdraw(subject, purpose=purpose, actor=actor, now=NOW)


@pytest.mark.parametrize(
    ("rule", "unasked", "after_yes", "after_no"),
    [("EXEMPT", True, True, False), ("CONSENT", False, True, False), ("OFF", False, False, False)],
)
def test_position_of_a_minor_follows_the_institutes_rule(rule, unasked, after_yes, after_no):
    policy(rule)
    child = minor()
    assert may(child, LOCATION, on=TODAY) is unasked
    give(child, LOCATION, people.guardian())
    assert may(child, LOCATION, on=TODAY) is after_yes
    withdraw(child, LOCATION, people.guardian())
    assert may(child, LOCATION, on=TODAY) is after_no


def test_objection_needs_no_earlier_yes_and_is_marked_as_one():
    child = minor()
    withdraw(child, LOCATION, people.guardian())
    withdraw(child, LOCATION, people.guardian())
    row = Consent.objects.get()
    assert row.is_objection
    assert may(child, LOCATION, on=TODAY) is False
    give(child, LOCATION, people.guardian())
    assert may(child, LOCATION, on=TODAY) is True


def test_an_adult_decides_himself_and_a_minor_does_not():
    assert may(adult(), LOCATION, on=TODAY)
    assert may(adult(), PHOTO, on=TODAY)
    assert not may(adult(), RESULTS, on=TODAY)
    give(adult(), RESULTS, adult())
    assert may(adult(), RESULTS, on=TODAY)
    with pytest.raises(NotAllowed):
        give(minor(), PHOTO, minor())
    assert not may(minor(), PHOTO, on=TODAY)


def test_only_a_linked_guardian_of_a_minor_decides():
    for stranger in (people.guardian_who_teaches(), people.teacher(), people.admin()):
        with pytest.raises(NotAllowed):
            give(minor(), PHOTO, stranger)
    Guardianship.objects.create(guardian=people.guardian(), student=adult())
    with pytest.raises(NotAllowed):
        give(adult(), RESULTS, people.guardian())


def test_a_yes_said_by_oneself_does_not_count_once_the_birth_date_shows_a_minor():
    student = people.other_student()
    give(student, RESULTS, student)  # nobody knew how old he is
    student.date_of_birth = date(2012, 1, 1)
    student.save()
    assert not may(student, RESULTS, on=TODAY)
    Guardianship.objects.create(guardian=people.guardian(), student=student)
    give(student, RESULTS, people.guardian())
    assert may(student, RESULTS, on=TODAY)
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_a_guardians_yes_still_counts_when_the_child_is_grown_up_and_ends_by_the_child():
    child = minor()
    give(child, PHOTO, people.guardian())
    assert may(child, PHOTO, on=date(2028, 5, 1))
    child.date_of_birth = date(2000, 1, 1)
    child.save()
    with pytest.raises(NotAllowed):
        withdraw(child, PHOTO, people.guardian())
    withdraw(child, PHOTO, child)
    assert not may(child, PHOTO, on=date(2028, 5, 1))


def test_the_office_enters_paper_and_says_where_it_is():
    def enter(evidence, actor):
        consents.give_on_paper(minor(), purpose=PHOTO, evidence=evidence, actor=actor, now=NOW)

    with pytest.raises(EvidenceMissing):
        enter("  ", people.admin())
    with pytest.raises(NotAllowed):
        enter("Admission form, folder 12", people.teacher())
    enter("Admission form, folder 12", people.admin())
    row = Consent.objects.get()
    assert (row.method, row.evidence, row.given_by) == ("PAPER", "Admission form, folder 12", people.admin())
    assert may(minor(), PHOTO, on=TODAY)
    consents.withdraw_on_paper(minor(), purpose=PHOTO, evidence="Letter of 3 May", actor=people.admin(), now=NOW)
    row.refresh_from_db()
    assert row.evidence == "Admission form, folder 12; Letter of 3 May"


def test_withdrawing_the_photo_deletes_it_at_once():
    child = minor()
    give(child, PHOTO, people.guardian())
    Photo.objects.create(user=child, sealed=b"x", etag="x")
    withdraw(child, PHOTO, people.guardian())
    assert not Photo.objects.exists()


def test_consent_names_the_version_of_the_notice_and_both_are_logged():
    policy("CONSENT")
    Institute.objects.update(notice_version=4)
    row = give(minor(), LOCATION, people.guardian())
    assert row.notice_version == 4
    assert give(minor(), LOCATION, people.guardian()) == row  # twice is once
    withdraw(minor(), LOCATION, people.guardian())
    withdraw(minor(), LOCATION, people.guardian())
    lines = Activity.objects.filter(event__startswith="consent.").order_by("pk")
    assert [(line.event, line.actor, line.subject) for line in lines] == [
        ("consent.given", people.guardian(), minor()),
        ("consent.withdrawn", people.guardian(), minor()),
    ]


def test_a_list_costs_one_query(django_assert_num_queries):
    agreeing = adult()
    listed = [minor(), agreeing, people.teacher()]
    give(agreeing, RESULTS, agreeing)
    Institute.current()
    with django_assert_num_queries(1):
        assert who_may(listed, RESULTS, on=TODAY) == {agreeing.pk}
    assert who_may([], RESULTS, on=TODAY) == set()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_one_consent_in_force():
    child, guardian = minor(), people.guardian()
    at_once([lambda: give(child, PHOTO, guardian)] * 6)
    assert Consent.objects.filter(withdrawn_at=None).count() == 1
    assert Activity.objects.filter(event="consent.given").count() == 1
