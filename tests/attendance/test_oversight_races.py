"""Two who decide the same thing at the same moment: one row, one review, one line in the log."""

import uuid
from functools import partial

import pytest
from django.urls import reverse

from accounts.models import Activity
from attendance.models import CheckInAttempt, CheckInRule, Flag, Freeze
from tests import people
from tests.attendance import registers
from tests.batches import timetables
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = {"mode": "gps", "open_before_min": "20", "late_after_min": "5", "most_accuracy_m": "100"}


def test_two_admins_make_the_first_rule_of_a_batch_at_once() -> None:
    url = reverse("check_in_rule", args=[timetables.batch().uuid])
    browsers = [people.signed_in(people.admin()) for _ in range(2)]
    wanted = [TYPED | {"percent_wanted": percent} for percent in ("70", "80")]
    answers = at_once([partial(who.post, url, typed) for who, typed in zip(browsers, wanted, strict=True)])
    assert [answer.status_code for answer in answers] == [302, 302]
    assert CheckInRule.objects.get().percent_wanted in {70, 80}


def test_two_teachers_review_a_flag_at_once() -> None:
    attempt = CheckInAttempt.objects.create(
        register=registers.register(), student=people.student(), client_uuid=uuid.uuid4()
    )
    flag = Flag.objects.create(attempt=attempt, kind=Flag.Kind.OUTSIDE)
    url = reverse("flag_review", args=[flag.uuid])
    browsers = [people.signed_in(who) for who in (people.teacher(), people.admin())]
    at_once([partial(who.post, url, {"note": note}) for who, note in zip(browsers, "ab", strict=True)])
    flag.refresh_from_db()
    line = Activity.objects.get(event="check_in.flag_reviewed")
    assert (line.actor, flag.note) in {(people.teacher(), "a"), (people.admin(), "b")}
    assert flag.reviewed_by == line.actor


def test_two_admins_open_a_frozen_period_at_once() -> None:
    held = registers.class_now(began_min_ago=5000)
    day = held.starts_at.date()
    row = Freeze.objects.create(first_on=day, last_on=day, reason="Salaries", made_by=people.admin())
    url = reverse("freeze_lift", args=[row.uuid])
    browsers = [people.signed_in(people.admin()) for _ in range(2)]
    at_once([partial(who.post, url, {"reason": "Once"}) for who in browsers])
    assert Activity.objects.filter(event="freeze.lifted").count() == 1
