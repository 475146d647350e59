"""Who may open what, URL by URL: the table that `tests.test_access` holds the site to."""

import uuid
from datetime import timedelta
from io import BytesIO
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils import timezone
from PIL import Image

from accounts import photos
from accounts.models import (
    ErasureRequest,
    GuardianPass,
    Guardianship,
    Invitation,
    Notification,
    PeopleImport,
    Role,
    SessionSlot,
    Ticket,
)
from accounts.models.invitations import INVITATION_LIVES
from dfs import store
from dfs.models import DriveAccount, StoredFile, Upload
from tests import people
from tests.access_attendance import ATTENDANCE
from tests.access_batches import BATCHES
from tests.access_exams import EXAMS
from tests.access_fees_account import FEES_ACCOUNT
from tests.access_fees_counter import FEES_COUNTER
from tests.access_fees_document import FEES_DOCUMENT
from tests.access_fees_own import FEES_OWN
from tests.access_fees_report import FEES_REPORT
from tests.access_fees_setup import FEES_SETUP
from tests.access_judge import JUDGE
from tests.access_rows import ANONYMOUS, KINDS, Row, everybody, only, the_student, whoever_is_signed_in
from tests.access_similar import SIMILAR
from tests.access_suites import SUITES

__all__ = ["ANONYMOUS", "KINDS", "TABLE", "a_file_of_the_student"]


def a_file_of_the_student() -> dict[str, Any]:
    file = store.put(BytesIO(b"x"), name="Optics.pdf", purpose=StoredFile.MINE, owner=people.student())
    return {"public_id": file.uuid}


def a_file_of_the_console() -> dict[str, Any]:
    file = store.put(BytesIO(b"x"), name="Backup.bin", purpose=StoredFile.CONSOLE, owner=people.admin())
    return {"public_id": file.uuid}


def a_job() -> dict[str, Any]:
    return {"public_id": StoredFile.objects.get(uuid=a_file_of_the_console()["public_id"]).jobs.get().uuid}


def a_drive() -> dict[str, Any]:
    drive = DriveAccount.objects.first() or DriveAccount.objects.create(label="meera", owner_key="meera", cap_bytes=1)
    return {"public_id": drive.uuid, "verb": "pause"}


def a_drive_of_the_student() -> dict[str, Any]:
    known = DriveAccount.objects.filter(owner=people.student()).first()
    fields = {"kind": DriveAccount.Kind.GOOGLE, "owner_key": "ananya", "cap_bytes": 1, "owner": people.student()}
    return {"public_id": (known or DriveAccount.objects.create(label="ananya", **fields)).uuid}


def a_file_in_the_students_trash() -> dict[str, Any]:
    found = a_file_of_the_student()
    store.trash(StoredFile.objects.get(uuid=found["public_id"]), actor=people.student())
    return found


def a_session_of_the_student() -> dict[str, Any]:
    """One that another browser held and that is over, so that ending it changes nobody here."""
    fields = {"idle_until": timezone.now(), "expires_at": timezone.now() + timedelta(days=1)}
    slot, _ = SessionSlot.objects.get_or_create(key_hash="0" * 40, defaults={"user": people.student(), **fields})
    return {"public_id": slot.uuid}


def the_students_number() -> dict[str, Any]:
    return {"public_id": people.student().uuid}


def a_passkey_of_the_student() -> dict[str, Any]:
    kind = Authenticator.Type.WEBAUTHN
    fields = {"user": people.student(), "type": kind, "defaults": {"data": {"name": "Phone"}}}
    return {"key": Authenticator.objects.get_or_create(**fields)[0].pk}


def an_upload_of_the_student() -> dict[str, Any]:
    upload = Upload.objects.create(owner=people.student(), name="Optics.pdf", purpose=StoredFile.MINE, length_bytes=9)
    return {"public_id": upload.uuid}


def news_of_the_student() -> dict[str, Any]:
    fields = {"recipient": people.student(), "event_key": "test"}
    return {"public_id": Notification.objects.get_or_create(**fields, defaults={"title": "x"})[0].uuid}


def an_invitation() -> dict[str, Any]:
    fields = {"role": Role.TEACHER, "token_hash": "x" * 64, "expires_at": timezone.now() + INVITATION_LIVES}
    invitation, _made = Invitation.objects.get_or_create(email="farhan@pragati.test", defaults=fields)
    return {"public_id": invitation.uuid}


def the_guardians_child() -> dict[str, Any]:
    Guardianship.objects.get_or_create(guardian=people.guardian(), student=people.student())
    return the_students_number()


def a_guardian_link() -> dict[str, Any]:
    fields = {
        "student": people.student(),
        "created_by": people.admin(),
        "expires_at": timezone.now() + timedelta(days=1),
    }
    return {"public_id": GuardianPass.objects.get_or_create(token_hash="y" * 64, defaults=fields)[0].uuid}


def a_question_of_the_student() -> dict[str, Any]:
    fields = {"asked_by": people.student(), "defaults": {"subject": "x"}}
    return {"public_id": Ticket.objects.get_or_create(**fields)[0].uuid}


def the_students_photo() -> dict[str, Any]:
    made = BytesIO()
    Image.new("RGB", (8, 8)).save(made, "PNG")
    photos.put_photo(people.student(), made.getvalue(), actor=people.student())
    return the_students_number()


def a_request_to_be_erased() -> dict[str, Any]:
    fields = {"subject": people.student(), "asked_by": people.student()}
    return {"public_id": ErasureRequest.objects.get_or_create(**fields)[0].uuid}


def an_import() -> dict[str, Any]:
    return {"public_id": PeopleImport.objects.get_or_create(file_name="people.csv", content_hash="x" * 64)[0].uuid}


def no_draft() -> dict[str, Any]:
    return {"draft": uuid.UUID(int=1)}


TABLE = {
    **ATTENDANCE,
    **BATCHES,
    **EXAMS,
    **JUDGE,
    **SUITES,
    **FEES_ACCOUNT,
    **FEES_COUNTER,
    **FEES_DOCUMENT,
    **FEES_OWN,
    **FEES_REPORT,
    **FEES_SETUP,
    **SIMILAR,
    "root": Row(whoever_is_signed_in(302)),
    "dashboard": Row(whoever_is_signed_in(200)),
    "todo": Row(whoever_is_signed_in(200)),
    "more": Row(whoever_is_signed_in(200)),
    "set_language": Row(everybody(302), "post", body={"language": "en"}),
    "child_list": Row(whoever_is_signed_in(200)),  # to nobody here a child is linked
    "child": Row(only("guardian", status=200, others=404), kwargs=the_guardians_child),
    "guardian_link": Row(everybody(200), kwargs=lambda: {"token": "no-such-token"}),  # the form for the PIN
    "guardian_link_bare": Row(everybody(302), kwargs=lambda: {"token": "no-such-token"}),
    "guardian_link_list": Row(only("admin", status=200), kwargs=the_students_number),
    "guardian_link_extend": Row(only("admin", status=302), "post", a_guardian_link),
    "guardian_link_revoke": Row(only("admin", status=302), "post", a_guardian_link),
    "healthz": Row(everybody(200)),
    "readyz": Row(everybody(200)),
    "styleguide": Row(everybody(404)),
    "account_login": Row({**everybody(302), ANONYMOUS: 200}),
    "account_logout": Row({**everybody(200), ANONYMOUS: 302}),
    "account_inactive": Row(everybody(200)),
    "account_signup": Row(everybody(403)),
    "account_reauthenticate": Row(whoever_is_signed_in(200)),
    "account_change_password": Row(whoever_is_signed_in(200)),
    "account_set_password": Row(whoever_is_signed_in(302)),
    "account_reset_password": Row(everybody(200)),
    "account_reset_password_done": Row(everybody(200)),
    "account_reset_password_from_key": Row(everybody(200), kwargs=lambda: {"uidb36": "1", "key": "no-key"}),
    "account_reset_password_from_key_done": Row(everybody(200)),
    "account_email": Row(everybody(404)),
    "account_email_verification_sent": Row(everybody(404)),
    "account_confirm_email": Row(everybody(404), kwargs=lambda: {"key": "x"}),
    "institute": Row(only("admin", status=200)),
    "institute_logo": Row(everybody(404)),  # there is none
    "privacy": Row(whoever_is_signed_in(200)),
    "consent_change": Row(
        the_student(302),
        "post",
        the_students_number,
        body={"purpose": "RESULTS", "do": "give"},
    ),
    "person_consents": Row(only("admin", status=200), kwargs=the_students_number),
    "erasure_ask": Row(only("student", "admin", status=302, others=404), "post", the_students_number),
    "erasure_list": Row(only("admin", status=200)),
    "erasure": Row(only("admin", status=200), kwargs=a_request_to_be_erased),
    "data_export": Row(whoever_is_signed_in(200), "post"),
    "question_list": Row(whoever_is_signed_in(200)),
    "question_create": Row(whoever_is_signed_in(200)),
    "question": Row(only("student", "admin", status=200, others=404), kwargs=a_question_of_the_student),
    "question_open": Row(only("student", "admin", status=302, others=404), "post", a_question_of_the_student),
    "question_state": Row(
        only("student", "admin", status=302, others=404), "post", a_question_of_the_student, body={"do": "close"}
    ),
    "profile": Row(whoever_is_signed_in(200)),
    "photo_change": Row(whoever_is_signed_in(200)),
    "person_photo": Row(only("student", "admin", status=200, others=404), kwargs=the_students_photo),
    "google_login": Row({**everybody(302), ANONYMOUS: 403}, "post"),  # the institute has no Google here
    "google_callback": Row(everybody(403)),
    "google_connect": Row(whoever_is_signed_in(403), "post"),
    "google_disconnect": Row(whoever_is_signed_in(302), "post"),
    "google_confirm": Row(whoever_is_signed_in(302)),
    "theme_set": Row(whoever_is_signed_in(302), "post", body={"theme": "dark"}),
    "invitation_list": Row(only("admin", status=200)),
    "invitation_create": Row(only("admin", status=200)),
    "invitation_create_many": Row(only("admin", status=200)),
    "invitation_act": Row(only("admin", status=302), "post", body={"do": "revoke"}),  # nothing is chosen
    "invitation_renew": Row(only("admin", status=200), "post", an_invitation),
    "invitation_accept": Row(everybody(410)),  # no link was opened in this browser
    "invitation_open": Row(everybody(410), kwargs=lambda: {"token": "no-such-token"}),
    "second_step": Row(whoever_is_signed_in(200)),
    "second_step_app": Row(whoever_is_signed_in(200)),
    "passkey_add": Row(whoever_is_signed_in(200)),
    "passkey_rename": Row(the_student(200), kwargs=a_passkey_of_the_student),
    "second_step_remove": Row(the_student(200), kwargs=a_passkey_of_the_student),
    "second_step_codes": Row(whoever_is_signed_in(302)),  # nobody has just made any
    "second_step_codes_download": Row(whoever_is_signed_in(302)),
    "second_step_codes_new": Row(whoever_is_signed_in(409), "post"),
    "mfa_authenticate": Row(everybody(302)),  # nobody is half signed in
    "mfa_login_webauthn": Row(everybody(302)),
    "mfa_reauthenticate": Row(whoever_is_signed_in(302)),  # to the password: nobody has a second step
    "mfa_reauthenticate_webauthn": Row(whoever_is_signed_in(302)),
    "person_second_step_reset": Row(only("admin", status=200), kwargs=the_students_number),
    "activity": Row(only("admin", status=200)),
    "activity_export": Row(only("admin", status=200), "post"),
    "notification_list": Row(whoever_is_signed_in(200)),
    "notification_bell": Row(whoever_is_signed_in(200)),
    "notification_read_all": Row(whoever_is_signed_in(302), "post"),
    "notification_choices": Row(whoever_is_signed_in(200)),
    "notification_open": Row(the_student(302), "post", news_of_the_student),
    "delivery_list": Row(only("admin", status=200)),
    "delivery_retry": Row(only("admin", status=302), "post"),
    "session_list": Row(whoever_is_signed_in(200)),
    "session_end": Row(the_student(302), "post", a_session_of_the_student),
    "session_end_others": Row(whoever_is_signed_in(302), "post"),
    "session_choose": Row(everybody(302)),
    "session_choose_cancel": Row(everybody(302), "post"),
    "session_policies": Row(only("admin", status=200)),
    "people": Row(only("admin", status=200)),
    "people_act": Row(only("admin", status=302), "post", body={"do": "let_in"}),  # nobody is chosen
    "people_export": Row(only("admin", status=200), "post"),
    "person": Row({**only("admin", "guardian", status=200, others=404), "student": 302}, kwargs=the_guardians_child),
    "person_create": Row(only("admin", status=200)),
    "person_edit": Row(only("admin", status=200), kwargs=the_students_number),
    "person_password_link": Row(only("admin", status=200), "post", the_students_number),
    "person_invite": Row(only("admin", status=302), "post", the_students_number),  # who can sign in is not invited
    "person_guardians": Row(only("admin", status=200), kwargs=the_students_number),
    "people_import": Row(only("admin", status=200)),
    "people_import_template": Row(only("admin", status=200), kwargs=lambda: {"kind": "csv"}),
    "people_import_preview": Row(only("admin", status=302), kwargs=no_draft),
    "people_import_rows": Row(only("admin", status=404), kwargs=no_draft),
    "people_import_done": Row(only("admin", status=200), kwargs=an_import),
    "people_import_undo": Row(only("admin", status=302), "post", an_import),
    "people_import_invite": Row(only("admin", status=302), "post", an_import),
    "person_sessions": Row(only("admin", status=200), kwargs=the_students_number),
    "person_sessions_end": Row(only("admin", status=302), "post", the_students_number),
    "dfs:console": Row(only("admin", status=200)),
    "dfs:console_queue": Row(only("admin", status=200)),
    "dfs:console_log": Row(only("admin", status=200)),
    "dfs:console_log_download": Row(only("admin", status=200)),
    "dfs:console_run": Row(only("admin", status=286)),  # nothing runs: stop asking
    "dfs:console_what_if": Row(only("admin", status=200)),
    "dfs:console_history": Row(only("admin", status=200)),
    "dfs:history_clear": Row(only("admin", status=302), "post"),
    "dfs:wake": Row(only("admin", status=302), "post"),
    "dfs:verify": Row(only("admin", status=302), "post"),
    "dfs:rebuild": Row(only("admin", status=302), "post"),
    "dfs:job_state": Row(only("admin", status=200), kwargs=a_job),
    "dfs:job_log": Row(only("admin", status=200), kwargs=a_job),
    "dfs:job_retry": Row(only("admin", status=302), "post", a_job),
    "dfs:job_cancel": Row(only("admin", status=200), kwargs=a_job),
    "dfs:drive_change": Row(only("admin", status=302), "post", a_drive),
    "dfs:console_file": Row(only("admin", status=200), kwargs=a_file_of_the_console),
    "dfs:console_file_trash": Row(only("admin", status=302), "post", a_file_of_the_console),
    "dfs:console_file_restore": Row(only("admin", status=302), "post", a_file_of_the_console),
    "dfs:console_file_erase": Row(only("admin", status=404), kwargs=a_file_of_the_console),
    "dfs:console_upload": Row(only("admin", status=302), "post"),
    "dfs:upload_create": Row(whoever_is_signed_in(412), "post"),
    "dfs:upload": Row(whoever_is_signed_in(412), "head", an_upload_of_the_student),
    "dfs:upload_cancel": Row(the_student(302), "post", an_upload_of_the_student),
    "dfs:drive_list": Row(whoever_is_signed_in(200)),
    "dfs:drive_link": Row(whoever_is_signed_in(302)),
    "dfs:drive_callback": Row(whoever_is_signed_in(409)),  # nobody began anything
    "dfs:drive_cap": Row(the_student(200), "post", a_drive_of_the_student),  # no number was typed
    "dfs:drive_pause": Row(the_student(302), "post", a_drive_of_the_student),
    "dfs:drive_resume": Row(the_student(302), "post", a_drive_of_the_student),
    "dfs:drive_unlink": Row(the_student(302), "post", a_drive_of_the_student),
    "dfs:file_list": Row(whoever_is_signed_in(200)),
    "dfs:trash_empty": Row(whoever_is_signed_in(302)),
    "dfs:file_download": Row(the_student(200), kwargs=a_file_of_the_student),
    "dfs:file_state": Row(the_student(200), kwargs=a_file_of_the_student),
    "dfs:file_rename": Row(the_student(200), kwargs=a_file_of_the_student),
    "dfs:file_trash": Row(the_student(302), "post", a_file_of_the_student),
    "dfs:file_restore": Row(the_student(302), "post", a_file_of_the_student),
    "dfs:file_erase": Row(the_student(200), kwargs=a_file_in_the_students_trash),
}
