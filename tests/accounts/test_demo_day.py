"""The demo's ordinary day: each first screen has something real to show, and a second start adds nothing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts import demo, demo_day
from accounts.models import Institute, Notification, Ticket, TicketMessage, User
from coaching.pages import todo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def demo_people(settings: Any, tmp_path: Path) -> dict[str, User]:
    settings.DATA_DIR = tmp_path
    people = demo.seed()
    demo_day.seed(people)
    return {key: User.objects.get(pk=person.pk) for key, person in people.items()}


def kinds_of(person: User) -> set[str]:
    return {item.kind for item in todo.waiting(person, now=timezone.now())}


def test_each_role_has_something_to_do(demo_people):
    assert "question" in kinds_of(demo_people["rajendra"])
    assert {"consent"} <= kinds_of(demo_people["sunil"])
    assert {"news", "email"} <= kinds_of(demo_people["ananya"])
    assert "consent" in kinds_of(demo_people["subramaniam"])


def test_second_start_adds_nothing_and_keeps_what_was_changed(demo_people):
    Institute.objects.update(name="Another name")
    tables = (Ticket, TicketMessage, Notification)
    before = [table.objects.count() for table in tables]
    demo_day.seed(demo_people)
    assert [table.objects.count() for table in tables] == before
    assert Institute.objects.get().name == "Another name"


def test_questions_were_asked_hours_before_they_are_answered(demo_people):
    for ticket in Ticket.objects.all():
        first, *answers = ticket.messages.all()
        assert first.at == ticket.created_at < timezone.now() - timedelta(hours=4)
        assert ticket.moved_at == (answers[-1].at if answers else first.at)
