"""Several at the same moment about one batch or one name: with real threads and on whichever database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Activity
from batches import archive, details, enrolments, places, seats, services
from batches.details import Seen
from batches.models import Batch, Enrolment, Room, Venue
from batches.names import NameTaken
from coaching.lib.errors import DomainError
from tests import people
from tests.batches import timetables
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def as_now(name: str = "NEET 2027", **fields: Any) -> details.Details:
    made = details.of(timetables.batch())
    return replace(made, name=name, **fields)


def test_of_many_who_make_a_name_at_once_one_does() -> None:
    to, actor = as_now(), people.admin()
    names = ["NEET 2027", "neet 2027", "Neet 2027", "NEET 2027"] * 2
    made = outcomes([partial(services.create_batch, replace(to, name=name), actor=actor) for name in names])
    assert [type(one) for one in made].count(Batch) == 1
    assert {type(one) for one in made} == {Batch, NameTaken}
    assert Batch.objects.filter(name__iexact="neet 2027").count() == 1


def test_one_form_sent_many_times_at_once_makes_one_batch() -> None:
    to, actor, number = as_now(), people.admin(), people.admin().uuid
    made = at_once([partial(services.create_batch, to, actor=actor, batch_uuid=number)] * AT_ONCE)
    assert {one.uuid for one in made} == {number}
    assert Activity.objects.filter(event="batch.created").count() == 1


@pytest.mark.parametrize("kind", [Room, Venue])
def test_of_many_who_enter_a_place_at_once_one_does(kind: Any) -> None:
    actor, given = people.admin(), {"latitude": 1, "longitude": 1} if kind is Venue else {}
    works = [partial(places.keep_place, kind(name="Hall", **given), actor=actor) for _ in range(AT_ONCE)]
    kept = outcomes(works)
    assert [type(one) for one in kept].count(kind) == 1
    assert {type(one) for one in kept} == {kind, NameTaken}
    assert kind.objects.count() == 1


def test_of_admins_who_change_one_batch_at_once_one_does_and_the_others_are_told() -> None:
    batch, actor = timetables.batch(), people.admin()
    seen = Seen(batch.revision, details.of(batch))

    def change(number: int) -> Any:
        to = replace(seen.details, name=f"JEE {number}", seats=number)
        return services.change_batch(batch, to=to, seen=seen, actor=actor, now=timezone.now())

    done = outcomes([partial(change, number) for number in range(1, AT_ONCE + 1)])
    won = [number for number, one in enumerate(done, 1) if not isinstance(one, Exception)]
    lost = [one for one in done if isinstance(one, services.ChangedMeanwhile)]
    assert (len(won), len(lost)) == (1, AT_ONCE - 1)
    batch.refresh_from_db()
    assert (batch.name, batch.seats, batch.revision) == (f"JEE {won[0]}", won[0], 2)
    assert {one.seen.details.name for one in lost} == {batch.name}


def test_who_enrols_beside_an_archiving_is_in_no_archived_batch() -> None:
    batch, actor, now = timetables.batch(), people.admin(), timezone.now()
    students = [people.student(), people.other_student()]
    works: list[Callable[[], Any]] = [
        partial(enrolments.enrol, batch, student=one, actor=actor, now=now - timedelta(minutes=1)) for one in students
    ]
    done = outcomes([partial(archive.archive_batch, batch, actor=actor, now=now), *works])
    assert not isinstance(done[0], Exception)
    assert all(isinstance(one, (Enrolment, DomainError)) for one in done[1:])
    assert not Enrolment.objects.not_over(now).exists()


def test_who_enrols_beside_a_deletion_is_in_a_batch_or_nowhere() -> None:
    batch, actor, now = timetables.batch(), people.admin(), timezone.now()
    delete = partial(archive.delete_batch, batch, actor=actor, now=now)
    enrol = partial(enrolments.enrol, batch, student=people.student(), actor=actor, now=now)
    deleted, enrolled = outcomes([delete, enrol])
    if isinstance(deleted, archive.HasHistory):
        assert isinstance(enrolled, Enrolment)
    else:
        assert deleted is None
        assert isinstance(enrolled, Exception)
    assert Batch.objects.filter(pk=batch.pk).exists() == Enrolment.objects.exists()


def test_fewer_seats_beside_enrolling_leave_nobody_without_one() -> None:
    batch, actor, now = timetables.batch(seats=9), people.admin(), timezone.now()
    people_in = [people.student(), people.other_student()]
    to = replace(details.of(batch), seats=1)
    change = partial(services.change_batch, batch, to=to, seen=None, actor=actor, now=now)
    works = [partial(enrolments.enrol, batch, student=one, actor=actor, now=now) for one in people_in]
    outcomes([change, *works])
    batch.refresh_from_db()
    assert batch.seats is not None
    assert seats.taken(batch, now=now) <= batch.seats
