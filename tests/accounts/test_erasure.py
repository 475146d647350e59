"""Being forgotten: what must be kept holds it, all else is gone everywhere, and nobody is erased by mistake."""

from datetime import UTC, date, datetime
from functools import partial
from io import BytesIO

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.db import models

from accounts import consents, erasures, forgetting, invitations
from accounts.invitees import Invitee
from accounts.models import (
    Activity,
    Consent,
    ErasureRequest,
    Grant,
    GuardianPass,
    Guardianship,
    Invitation,
    Notification,
    Photo,
    Role,
    SessionSlot,
    Ticket,
    TicketMessage,
    User,
)
from coaching.pages.erasures import erase
from dfs import store
from dfs.models import DriveAccount, StoredFile, Upload
from tests import people
from tests.racing import outcomes

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECRETS = ("Ritika-Secret", "ritika.secret@", "2026-secret", "98765 43210", "Quiet question", "Paper in folder")


def asked(person=None):
    return erasures.ask(person or people.other_student(), actor=people.admin())


def decide(row, **form):
    return people.signed_in(people.admin()).post(f"/accounts/erasures/{row.uuid}/", form)


def with_traces():
    """A student who left something in every table of this floor."""
    person = people.other_student()
    person.name, person.phone = "Ritika-Secret Sharma", "98765 43210"
    person.email, person.admission_number = "ritika.secret@pragati.test", "2026-secret"
    person.date_of_birth = date(2011, 2, 3)
    person.save()
    guardian = people.guardian()
    Guardianship.objects.create(guardian=guardian, student=person)
    Photo.objects.create(user=person, sealed=b"x", etag="x")
    consents.give_on_paper(person, purpose="PHOTO", evidence="Paper in folder 12", actor=people.admin(), now=NOW)
    Notification.objects.create(recipient=guardian, event_key="a", title="Ritika-Secret was absent", about=person)
    Notification.objects.create(recipient=person, event_key="b", title="Ritika-Secret, your result")
    ticket = Ticket.objects.create(asked_by=person, subject="Quiet question")
    TicketMessage.objects.create(ticket=ticket, author=person, text="Quiet question", client_uuid=person.uuid)
    SocialAccount.objects.create(user=person, provider="google", uid="1", extra_data={"name": "Ritika-Secret"})
    EmailAddress.objects.create(user=person, email=person.email)
    Authenticator.objects.create(user=person, type="totp", data={})
    Invitation.objects.create(
        email=person.email, name=person.name, role=Role.STUDENT, token_hash="x", expires_at=NOW, person=person
    )
    GuardianPass.objects.create(
        student=person,
        label="Aunt of Ritika-Secret",
        token_hash="y",
        pin_hash="z",
        created_by=people.admin(),
        expires_at=datetime(2050, 1, 1, tzinfo=UTC),
    )
    return person


def texts():
    """Every text in the database but the log, which is append-only."""
    for model in apps.get_models():
        if model is Activity or not model._meta.managed:
            continue
        kinds = (models.CharField, models.TextField, models.JSONField, models.DateField)
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, kinds)]
        for row in model._default_manager.values_list(*names) if names else ():
            yield f"{model._meta.label} {row}"


def test_nothing_that_tells_who_it_was_is_left_in_any_table():
    person = with_traces()
    browser = people.signed_in(person)
    file = store.put(BytesIO(b"x"), name="Ritika-Secret.pdf", purpose=StoredFile.MINE, owner=person)
    Upload.objects.create(owner=person, name="Ritika-Secret.mp4", purpose=StoredFile.MINE, length_bytes=9)
    assert any("Ritika-Secret" in text for text in texts())
    assert erase(asked(person), actor=people.admin())
    left = [text for text in texts() if any(secret in text for secret in SECRETS) or "2011, 2, 3" in text]
    assert left == []
    person.refresh_from_db()
    assert (str(person), person.is_active, person.has_usable_password()) == ("Erased person", False, False)
    assert browser.get("/dashboard/").status_code == 302
    file.refresh_from_db()
    assert (file.state, file.wrapped_key) == (StoredFile.State.ERASED, None)
    for model in (Photo, Authenticator, SocialAccount, EmailAddress, Guardianship, GuardianPass, Invitation, Upload):
        assert not model.objects.exists(), model
    assert not consents.may(person, "PHOTO", on=date(2026, 11, 20))
    assert Consent.objects.get().withdrawn_at
    assert SessionSlot.objects.get(user=person).ip is None
    assert ErasureRequest.objects.get().state == "DONE"


def test_lines_of_the_log_stay_and_say_no_name_of_a_person():
    person = with_traces()
    people.signed_in(person)
    before = Activity.objects.about(person).count()
    erase(asked(person), actor=people.admin())
    assert Activity.objects.about(person).count() > before
    assert Activity.objects.get(event="erasure.done").subject == person
    page = people.signed_in(people.admin()).get("/accounts/activity/").content.decode()
    assert "Ritika-Secret" not in page


def test_others_are_untouched():
    guardian = people.guardian()
    erase(asked(with_traces()), actor=people.admin())
    guardian.refresh_from_db()
    assert (guardian.name, guardian.is_active) == ("Sunil Kulkarni", True)
    assert people.signed_in(guardian).get("/dashboard/").status_code == 200


def test_lent_drive_holds_the_request_with_the_reason_and_later_it_is_erased():
    person = people.teacher()
    drive = DriveAccount.objects.create(label="meera", owner_key="meera", cap_bytes=1, owner=person)
    row = asked(person)
    page = people.signed_in(people.admin()).get(f"/accounts/erasures/{row.uuid}/").content.decode()
    assert "Lent Drives hold parts of files." in page
    assert "Erase for good" not in page
    decide(row, do="erase", typed=person.email)
    row.refresh_from_db()
    person.refresh_from_db()
    assert (row.state, person.name) == ("HELD", "Meera Joshi")
    assert "Lent Drives" in row.reason
    drive.delete()
    decide(row, do="erase", typed=person.email)
    row.refresh_from_db()
    assert row.state == "DONE"


def test_hold_and_refusal_are_told_to_whoever_asked():
    person = people.teacher()
    DriveAccount.objects.create(label="meera", owner_key="meera", cap_bytes=1, owner=person)
    row = erasures.ask(person, actor=person)
    decide(row, do="hold")
    assert Notification.objects.get(recipient=person).title == "The erasure you asked for has to wait"
    decide(row, do="refuse", reason="The exam papers you marked are still open.")
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("REFUSED", people.admin())
    assert Notification.objects.filter(recipient=person).count() == 2
    assert decide(row, do="refuse", reason="Again").status_code == 409


def test_the_right_word_must_be_typed():
    row = asked()
    for typed in ("", "yes", people.teacher().email):
        answer = decide(row, do="erase", typed=typed)
        assert answer.status_code == 200
    assert "Nothing was erased." in answer.content.decode()
    assert User.objects.get(pk=row.subject_id).is_active
    decide(row, do="erase", typed=f" {str(people.other_student().email).upper()} ")
    assert not User.objects.get(pk=row.subject_id).is_active


def test_unknown_decision_and_a_refusal_without_a_reason_change_nothing():
    row = asked()
    assert decide(row, do="burn").status_code == 400
    assert decide(row, do="refuse", reason=" ").status_code == 200
    row.refresh_from_db()
    assert row.state == "WAITING"


def test_the_last_admin_is_not_erased():
    row = asked(people.admin())
    answer = decide(row, do="erase", typed=people.admin().email)
    assert answer.status_code == 409
    assert "This is the last admin." in answer.content.decode()
    assert User.objects.get(pk=people.admin().pk).is_active
    people.person("Second", Role.ADMIN, email="second@pragati.test")
    decide(row, do="erase", typed=people.admin().email)
    assert not User.objects.get(pk=row.subject_id).is_active


def test_grants_and_teaching_go_and_forgetting_twice_is_once():
    person = people.cashier()
    Grant.objects.create(user=person, kind=Grant.Kind.CASHIER)
    for _time in range(2):
        forgetting.forget(person, actor=people.admin())
    assert not Grant.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_erase_each_other_leave_one():
    both = [people.admin(), people.person("Second", Role.ADMIN, email="second@pragati.test")]
    rows = [erasures.ask(one, actor=one) for one in both]
    given = outcomes([partial(erase, row, actor=actor) for row, actor in zip(rows, reversed(both), strict=True)])
    assert sorted(isinstance(one, erasures.LastAdmin) for one in given) == [False, True]
    assert sum(isinstance(one, Exception) for one in given) == 1
    assert User.objects.filter(role=Role.ADMIN, is_active=True).count() == 1


# --- The list --------------------------------------------------------------------------------------------------------


def test_queue_is_found_by_name_and_state():
    refused = asked(people.teacher())
    erasures.refuse(refused, reason="No.", actor=people.admin())
    asked(people.other_student())
    browser = people.signed_in(people.admin())

    def names(query):
        page = browser.get(f"/accounts/erasures/{query}").content.decode()
        return [name for name in ("Meera Joshi", "रितिका शर्मा") if f"<b>{name}</b>" in page]

    assert names("") == ["Meera Joshi", "रितिका शर्मा"]
    assert names("?state=WAITING") == ["रितिका शर्मा"]
    assert names("?q=meera") == ["Meera Joshi"]
    assert names("?q=nobody") == []
    assert names("?state=NONSENSE") == ["Meera Joshi", "रितिका शर्मा"]


def test_queue_costs_the_same_for_many(same_queries):
    browser, made = people.signed_in(people.admin()), iter(range(100))

    def add(count):
        for _row in range(count):
            number = f"E-{next(made):04}"
            asked(people.person(f"Student {number}", Role.STUDENT, admission_number=number))

    same_queries(lambda: browser.get("/accounts/erasures/"), add=add)


def test_line_of_an_invitation_names_the_invited_until_he_is_erased():
    office, person = people.admin(), people.other_teacher()
    [row] = invitations.invite_many([Invitee(Role.TEACHER, "Farhan Qureshi", "farhan@pragati.test")], actor=office)
    invitations.renew(row, actor=office)
    browser = people.signed_in(office)
    assert "farhan@pragati.test (Teacher)" in browser.get("/accounts/activity/").content.decode()
    assert "farhan@pragati.test" in b"".join(browser.post("/accounts/activity/export/").streaming_content).decode()
    User.objects.filter(pk=person.pk).update(email="farhan@pragati.test")
    erase(asked(person), actor=office)
    assert "farhan" not in browser.get("/accounts/activity/").content.decode()
    assert not any("farhan" in str(extra) for extra in Activity.objects.values_list("extra", flat=True))


def test_news_of_what_a_guardian_asked_do_not_name_him():
    """They go with the child; he may be erased before."""
    office, guardian, child = people.admin(), people.guardian(), people.student()
    User.objects.filter(pk=child.pk).update(date_of_birth=date(2015, 1, 1))
    Guardianship.objects.create(guardian=guardian, student=child)
    erasures.ask(child, actor=guardian)
    [told] = Notification.objects.filter(recipient=office, kind="erasure.asked")
    assert told.body == "Asked by: Guardian."
