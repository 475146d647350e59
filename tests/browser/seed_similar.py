"""The demo's coding lab that is over, two programs of which are alike, for the walk through programs that are alike."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Role
from exams import demo_programs
from exams.demo_code import SUBMITTED
from tests import people
from tests.batches import timetables
from tests.browser.seed_exams import number_of, people_and_batch
from tests.exams import papers

TITLE = "Coding lab 1"
NAMES = {"priyanka": "Priyanka Bhattacharjee", "harpreet": "हरप्रीत कौर गिल", "peddireddy": "Venkata Narasimha Rao P."}


def main() -> None:
    people_and_batch()
    opened_at = timezone.now() - timedelta(hours=5)
    fields = {"uuid": number_of(TITLE), "opens_at": opened_at, "closes_at": opened_at + timedelta(hours=2)}
    test = papers.exam(TITLE, batch=timetables.batch("CS: Python"), **fields)
    students = {
        key: people.person(NAMES.get(key, key.title()), Role.STUDENT, admission_number=f"2026-07{nth:02}")
        for nth, key in enumerate(SUBMITTED)
    }
    demo_programs.over(test, students | {demo_programs.AUTHOR: people.teacher()}, opened_at=opened_at)
