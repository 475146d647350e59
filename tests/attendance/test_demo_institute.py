"""The demo's attendance: believable on whatever day it is made, and a second start adds nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts import demo as people_demo
from accounts.models import User
from attendance import closing, demo
from attendance.models import CheckInAttempt, CorrectionRequest, Flag, Leave, Record, RecordChange, Register
from attendance.models.records import Status
from attendance.totals import shares_of
from batches import clash_report
from batches import demo as batches_demo
from batches.models import ClassSession

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
TABLES = (ClassSession, Register, Record, RecordChange, CheckInAttempt, Flag, Leave, CorrectionRequest)
SUNDAY_NOON = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # in Kolkata


def seeded(settings: Any, folder: Path) -> dict[str, User]:
    settings.DATA_DIR = folder
    people = people_demo.seed()
    batches_demo.seed(people)
    demo.seed(people)
    return people


@pytest.mark.parametrize(("days", "hours"), [(0, 0), (1, 6), (2, 11), (3, -3), (4, 8), (5, 12), (6, 3), (40, 5)])
def test_on_any_day_there_is_a_class_to_check_in_to_with_all_kinds_of_check_ins(settings, tmp_path, days, hours):
    with time_machine.travel(SUNDAY_NOON + timedelta(days=days, hours=hours), tick=False):
        people = seeded(settings, tmp_path)
        now = timezone.now()
        [register] = Register.objects.filter(finalised_at=None).select_related("class_session__batch")
        assert register.opens_at <= now < register.closes_at
        row = register.class_session
        assert row.batch.enrolments.filter(student=people["ananya"]).exists()
        assert not row.records.filter(student=people["ananya"]).exists()
        statuses = "".join(row.records.order_by("pk").values_list("status", flat=True))
        kinds = set(Flag.objects.values_list("kind", flat=True))
        if row.batch.name == "JEE 2027 A":
            assert (statuses, kinds) == ("PPPPW", {"OUTSIDE", "SAME_DEVICE"})
        else:
            assert (statuses, kinds) == ("PP", set())
        assert clash_report.count(now=now) == 1  # the one the timetable's demo has on purpose
        assert closing.close_due(now=now).closed == 0


def test_weeks_are_believable_and_their_histories_whole(settings, tmp_path):
    with time_machine.travel(SUNDAY_NOON, tick=False):
        people = seeded(settings, tmp_path)
        shares = shares_of([one.pk for one in people.values()])
        assert not shares[people["omkar"].pk].reaches(75)
        assert shares[people["ananya"].pk].reaches(75)
        whole = sum(share.attended for share in shares.values()) / sum(share.held for share in shares.values())
        assert 0.8 < whole < 0.93
        assert set(Record.objects.values_list("status", flat=True)) == {*"PLAEW"}
        assert RecordChange.objects.count() == Record.objects.count() + 1  # one was corrected
        assert Record.objects.filter(status=Status.EXCUSED, student=people["devansh"]).exists()
        assert sorted(CorrectionRequest.objects.values_list("state", flat=True)) == ["ASKED", "GRANTED", "REFUSED"]
        assert Leave.objects.filter(state="ASKED").count() == 2


def test_second_start_adds_nothing(settings, tmp_path):
    people = seeded(settings, tmp_path)
    before = [table.objects.count() for table in TABLES]
    demo.seed(people)
    assert [table.objects.count() for table in TABLES] == before
