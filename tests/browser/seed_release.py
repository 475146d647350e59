"""Tests that are over: five whose results are out, and one that waits for somebody to release it to two batches."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Guardianship, Institute
from exams import analysis, leaderboard
from exams.models.tests import Release
from tests import people
from tests.batches import timetables
from tests.browser.seed_exams import number_of, people_and_batch
from tests.exams import marked

TITLE, HELD = "Weekly test 12", "Weekly test 13: Rotation, Gravitation and Modern Physics"
LONG = "संध्याकालीन बैच: संयुक्त प्रवेश परीक्षा की तैयारी, कक्षा बारह"


def main() -> None:
    batch, now = people_and_batch(), timezone.now()
    Institute.objects.update_or_create(pk=1, defaults={"leaderboards": True})
    for week in range(5, 0, -1):
        ends = now - timedelta(days=7 * week)
        title = TITLE if week == 1 else f"Weekly test {13 - week}"
        marked.exam(
            8 - week,
            6,
            uuid=number_of(title),
            title=title,
            batch=batch,
            opens_at=ends - timedelta(hours=3),
            closes_at=ends,
            leaderboard_size=5,
        )
    held = marked.exam(6, 4, uuid=number_of(HELD), title=HELD, batch=batch, results_release=Release.BY_HAND)
    held.test_batches.create(batch=timetables.batch(LONG))
    if held.newest_results:
        analysis.make(held.newest_results)
    Guardianship.objects.get_or_create(student=people.student(), guardian=people.guardian())
    for who in (people.student(), people.other_student()):
        leaderboard.choose(who, is_shown=True, now=now)
