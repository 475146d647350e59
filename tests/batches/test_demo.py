"""The demo's batches: an ordinary week on whatever day it is made, and a second start adds nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts import demo as people_demo
from accounts import demo_day
from accounts.models import User
from batches import clash_report, demo
from batches.models import Batch, ClassSession, Enrolment, Holiday, JoinRequest, WeeklySlot
from coaching.pages import todo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
TABLES = (Batch, ClassSession, Enrolment, Holiday, JoinRequest, WeeklySlot)


def seeded(settings: Any, folder: Path) -> dict[str, User]:
    settings.DATA_DIR = folder
    people = people_demo.seed()
    demo_day.seed(people)
    demo.seed(people)
    return {key: User.objects.get(pk=person.pk) for key, person in people.items()}


@pytest.mark.parametrize("days", [0, 1, 2, 3, 4, 5, 6, 40, 200])
def test_on_any_day_something_is_cancelled_moved_substituted_and_one_pair_clashes(settings, tmp_path, days):
    with time_machine.travel(datetime(2026, 11, 22, 6, 30, tzinfo=UTC) + timedelta(days=days), tick=False):
        seeded(settings, tmp_path)
        now = timezone.now()
        coming = ClassSession.objects.filter(starts_at__gt=now, starts_at__lt=now + timedelta(days=14))
        assert coming.exclude(cancelled_at=None).filter(holiday=None).count() == 1
        assert coming.filter(holiday__name="Guru Nanak Jayanti").count() == 4
        assert coming.exclude(moved_from=None).count() == 1
        assert coming.filter(own=["teacher"]).count() == 1
        assert coming.filter(own=["room"]).count() == 1
        assert clash_report.count(now=now) == 1
        assert Holiday.objects.count() >= 5


def test_second_start_adds_nothing_and_brings_nothing_back(settings, tmp_path):
    people = seeded(settings, tmp_path)
    Batch.objects.filter(name="JEE 2027 A").update(name="JEE 2027 B")
    Enrolment.objects.filter(student=people["ananya"]).delete()
    before = [table.objects.count() for table in TABLES]
    demo.seed(people)
    assert [table.objects.count() for table in TABLES] == before
    assert not Batch.objects.filter(name="JEE 2027 A").exists()


def test_office_and_teacher_have_something_to_decide(settings, tmp_path):
    people = seeded(settings, tmp_path)

    def kinds(key: str) -> set[str]:
        return {item.kind for item in todo.waiting(people[key], now=timezone.now())}

    assert {"class.clash", "batch.asked"} <= kinds("rajendra")
    assert "batch.asked" in kinds("imran")
    assert "batch.asked" not in kinds("meera")
