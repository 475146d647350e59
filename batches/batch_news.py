"""What people are told about a batch as a whole: that they teach it, that it has ended or goes on."""

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.notifications import Kind, guardians_of, tell
from batches.class_news import CHANGED
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
    _to_all(batch, students, actor, JOINED, "ended", lambda: _("%(batch)s has ended") % {"batch": batch.name})


def goes_on(batch: Batch, students: Iterable[User], *, actor: User) -> None:
    """To those who are in it again, their guardians, and its teachers."""
    _to_all(batch, students, actor, JOINED, "goes_on", lambda: _("%(batch)s goes on") % {"batch": batch.name})


def held_otherwise(batch: Batch, students: Iterable[User], *, actor: User) -> None:
    """Its coming classes are online now, or no longer: to the same people."""

    def title() -> str:
        if batch.mode == Batch.Mode.ONLINE:
            return _("%(batch)s: classes are online from now on") % {"batch": batch.name}
        return _("%(batch)s: classes are in the classroom from now on") % {"batch": batch.name}

    _to_all(batch, students, actor, CHANGED, "mode", title)


def _to_all(
    batch: Batch, students: Iterable[User], actor: User, kind: Kind, event: str, title: Callable[[], str]
) -> None:
    learn = [one for one in students if one.is_active]
    teach = User.objects.active().filter(teachings__batch=batch).distinct()
    tell(
        {one.pk: one for one in [*learn, *guardians_of(learn), *teach] if one.pk != actor.pk}.values(),
        kind=kind.key,
        event_key=f"batch:{batch.uuid}:{event}:{batch.revision}",
        title=title,
        url=reverse("batch_list"),
    )
