"""What people are told about a batch as a whole: that they teach it, that it has ended or goes on."""

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.notifications import guardians_of, tell
from batches.enrolment_news import JOINED
from batches.models import Batch


def teaching(batch: Batch, teachers: Iterable[User], *, actor: User) -> None:
    """To those who teach it from now on, but not to whoever said so himself."""
    tell(
        [one for one in teachers if one.is_active and one.pk != actor.pk],
        kind=JOINED.key,
        event_key=f"batch:{batch.uuid}:teaching:{batch.revision}",
        title=lambda: _("You teach %(batch)s now") % {"batch": batch.name},
        url=reverse("batch_list"),
    )


def ended(batch: Batch, students: Iterable[User], *, actor: User) -> None:
    """To those who were in it, their guardians, and its teachers."""
    _to_all(batch, students, actor, "ended", lambda: _("%(batch)s has ended") % {"batch": batch.name})


def goes_on(batch: Batch, students: Iterable[User], *, actor: User) -> None:
    """To those who are in it again, their guardians, and its teachers."""
    _to_all(batch, students, actor, "goes_on", lambda: _("%(batch)s goes on") % {"batch": batch.name})


def _to_all(batch: Batch, students: Iterable[User], actor: User, event: str, title: Callable[[], str]) -> None:
    learn = [one for one in students if one.is_active]
    teach = User.objects.active().filter(teachings__batch=batch).distinct()
    tell(
        {one.pk: one for one in [*learn, *guardians_of(learn), *teach] if one.pk != actor.pk}.values(),
        kind=JOINED.key,
        event_key=f"batch:{batch.uuid}:{event}:{batch.revision}",
        title=title,
        url=reverse("batch_list"),
    )
