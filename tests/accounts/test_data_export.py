"""A person's own copy: everything that is kept, in three forms, for him and for the guardian of a minor only."""

import csv
import io
import json
import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from accounts.models import Activity, Guardianship, Notification
from dfs import store
from dfs.models import StoredFile
from tests import people

pytestmark = pytest.mark.django_db
ADDRESS = "/accounts/privacy/export/"


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def copy_of(who, **form):
    answer = people.signed_in(who).post(ADDRESS, form)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    return zipfile.ZipFile(BytesIO(content(answer)))


def test_every_table_is_there_as_page_table_and_json():
    student = people.student()
    Notification.objects.create(recipient=student, event_key="a", title="=cmd|' /C calc'!A0", body="<b>bold</b>")
    store.put(BytesIO(b"x"), name="Optics.pdf", purpose=StoredFile.MINE, owner=student)
    archive = copy_of(student)
    assert archive.testzip() is None
    keys = {"profile", "family", "consents", "notifications", "questions", "sessions", "activity", "files", "drives"}
    keys |= {"enrolments", "join_requests", "classes", "teaching", "calendar_link"}
    keys |= {"attendance", "attendance_changes", "check_ins", "leaves", "attendance_requests"}
    keys |= {"attempts", "answers", "test_events", "test_time", "programs"}
    keys |= {"results", "manual_marks", "paper_marks", "leaderboards"}
    keys |= {"fees", "fee_credits", "payments", "fee_concessions", "fee_documents"}
    wanted = {f"{key}.html" for key in keys} | {f"tables/{key}.csv" for key in keys}
    wanted |= {f"json/{key}.json" for key in keys} | {"index.html", "look.css"}
    assert set(archive.namelist()) == wanted
    profile = json.loads(archive.read("json/profile.json"))
    assert ["Admission number", "2026-0188"] in profile["rows"]
    assert json.loads(archive.read("json/files.json"))["rows"][0][0] == "Optics.pdf"
    assert b"&lt;b&gt;bold&lt;/b&gt;" in archive.read("notifications.html")
    rows = list(csv.reader(io.StringIO(archive.read("tables/notifications.csv").decode("utf-8-sig"))))
    assert rows[1][2].startswith("'=cmd")


def test_nothing_of_others_is_in_it():
    Notification.objects.create(recipient=people.teacher(), event_key="a", title="For the teacher alone")
    store.put(BytesIO(b"x"), name="Teacher.pdf", purpose=StoredFile.MINE, owner=people.teacher())
    archive = copy_of(people.student())
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"For the teacher alone" not in everything
    assert b"Teacher.pdf" not in everything


def test_taking_it_is_logged():
    copy_of(people.student())
    line = Activity.objects.get(event="person.exported")
    assert (line.actor, line.subject) == (people.student(), people.student())


def test_guardian_takes_the_copy_of_a_minor_and_of_nobody_else():
    child, grown_up, stranger = people.student(), people.other_student(), people.teacher()
    child.date_of_birth = date(2012, 1, 1)
    child.save()
    for student in (child, grown_up):
        Guardianship.objects.create(guardian=people.guardian(), student=student)
    profile = json.loads(copy_of(people.guardian(), person=child.uuid).read("json/profile.json"))
    assert ["Name", "Ananya Kulkarni"] in profile["rows"]
    browser = people.signed_in(people.guardian())
    assert browser.post(ADDRESS, {"person": grown_up.uuid}).status_code == 403
    assert browser.post(ADDRESS, {"person": stranger.uuid}).status_code == 404
    assert browser.post(ADDRESS, {"person": "nonsense"}).status_code == 404
    assert people.signed_in(people.admin()).post(ADDRESS, {"person": child.uuid}).status_code == 404


def test_hindi_name_and_a_limit():
    browser = people.signed_in(people.other_student())
    for _time in range(5):
        answer = browser.post(ADDRESS)
        content(answer)
        assert answer.status_code == 200
    assert ".zip" in answer.headers["Content-Disposition"]
    assert browser.post(ADDRESS).status_code == 429
