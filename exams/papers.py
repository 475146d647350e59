"""The paper of a test: when it may be changed, and its sections. `exams.placing` puts questions into them.

Every change locks the test's row first, counts `paper_revision` up and is logged; publishing locks the same row, so
that a published paper is one that was whole.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from exams import hindrances, paper_tests
from exams.models import Section, Test
from exams.models.attempts import State
from exams.models.papers import AnyRule

MOST_SECTIONS = 20
FIXED_BEFORE = timedelta(minutes=1)
"""So long before it opens the paper is fixed: who waits fetches the last one in time, nobody begins beside a change."""
Item = TypeVar("Item")


class PaperFixed(DomainError):
    """Somebody has begun to write it, or it opens now: the paper stays as it is."""

    code = "paper_fixed"


class PaperRefused(DomainError):
    """A paper cannot be like that; `field` names what was typed wrongly, "" for the whole."""

    code = "paper_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class SectionDetails:
    """`subject` and `scheme` hold numbers of rows; no scheme means the test's."""

    title: str
    title_hi: str = ""
    subject: int | None = None
    scheme: int | None = None
    duration_min: int | None = None
    answers_count: int | None = None
    any_rule: str = AnyRule.FIRST
    full_marks: Decimal | None = None


def why_fixed(test: Test, *, now: datetime) -> str:
    """In words why its paper cannot be changed any more, "" when it can. One on paper only says what is marked."""
    if test.archived_at:
        return _("The test is archived. Take it out of the archive first.")
    if test.is_on_paper:
        return ""
    if test.attempts.exclude(state=State.READY).exists():
        return _("Somebody has begun to write it: the paper stays as it is.")
    if test.published_at and test.opens_at and test.opens_at - FIXED_BEFORE <= now:
        return _("The test opens now or has opened: the paper stays as it is.")
    return ""


def require_changeable(test: Test, *, now: datetime) -> None:
    """Raises: PaperFixed. Reliable only while the test's row is locked."""
    reason = why_fixed(test, now=now)
    if reason:
        raise PaperFixed(reason)


def locked_test(test: Test) -> Test:
    """Raises: Test.DoesNotExist when it was deleted meanwhile."""
    return Test.objects.select_for_update(of=("self",)).get(pk=test.pk)


@contextmanager
def changing_paper(
    test: Test, *, actor: User, now: datetime, request: HttpRequest | None = None, **said: Any
) -> Iterator[Test]:
    """Around each change of a paper: the test locked, a new revision after it, one line of activity with `said`.

    A published test must still be fit to be written afterwards. Raises: PaperFixed, PaperRefused.
    """
    with transaction.atomic():
        locked = locked_test(test)
        require_changeable(locked, now=now)
        yield locked
        if locked.published_at:
            require_whole(locked)
        locked.paper_revision += 1
        locked.save(update_fields=["paper_revision"])
        activity.record("test.paper_changed", actor=actor, on=locked, request=request, name=locked.title, **said)
    test.paper_revision = locked.paper_revision


def require_whole(test: Test) -> None:
    """Raises: PaperRefused, when a paper like this could not be published."""
    found = hindrances.of_paper(test)
    if found:
        words = " ".join(one.words for one in found)
        raise PaperRefused(_("The test is published. Take it back first: %(reasons)s") % {"reasons": words})


# --- Sections ---------------------------------------------------------------------------------------------------------


def add_section(
    test: Test,
    *,
    to: SectionDetails,
    actor: User,
    now: datetime,
    section_uuid: uuid.UUID | None = None,
    request: HttpRequest | None = None,
) -> Section:
    """A section at the end; the same `section_uuid` again gives the one made with it. Raises: as `changing_paper`."""
    number = section_uuid or uuid.uuid4()
    with transaction.atomic():
        locked = locked_test(test)
        known = Section.objects.filter(uuid=number, test=locked).first()
        if known:
            return known
        with changing_paper(test, actor=actor, now=now, request=request, verb="section added", part=to.title):
            places = list(locked.sections.values_list("position", flat=True))
            if len(places) >= MOST_SECTIONS:
                raise PaperRefused(_("A test has %(count)d sections at most.") % {"count": MOST_SECTIONS})
            section = Section(uuid=number, test=locked, position=max(places, default=0) + 1)
            _put(section, to)
            section.save(force_insert=True)
            return section


def change_section(
    section: Section, *, to: SectionDetails, actor: User, now: datetime, request: HttpRequest | None = None
) -> Section:
    """Let it be as `to` says; nothing is counted up when it is so already. Raises: as `changing_paper`."""
    with transaction.atomic():
        locked_test(section.test)
        require_there(section)
        section.refresh_from_db()
        if of(section) == to:
            return section
        with changing_paper(section.test, actor=actor, now=now, request=request, verb="section changed", part=to.title):
            too_low = paper_tests.why_too_low(section, to.full_marks)
            if too_low:
                raise PaperRefused(too_low, field="full_marks")
            _put(section, to)
            section.save()
            return section


def move_section(section: Section, *, to: int, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """To the place `to` (0 is the first) among the sections of its test. Raises: as `changing_paper`."""
    with transaction.atomic():
        locked_test(section.test)
        require_there(section)
        before = list(section.test.sections.order_by("position", "pk"))
        after = moved(before, section, to=to)
        if after == before:
            return
        with changing_paper(
            section.test, actor=actor, now=now, request=request, verb="section moved", part=section.title
        ):
            for place, one in enumerate(after, start=1):
                one.position = place
            Section.objects.bulk_update(after, ["position"])


def remove_section(section: Section, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """With the places of its questions; the questions stay in the bank. Raises: as `changing_paper`."""
    with transaction.atomic():
        locked_test(section.test)
        require_there(section)
        with changing_paper(
            section.test, actor=actor, now=now, request=request, verb="section removed", part=section.title
        ):
            if reason := paper_tests.why_section_stays(section):
                raise PaperRefused(reason)
            section.delete()


def of(section: Section) -> SectionDetails:
    """As it is now."""
    return SectionDetails(
        title=section.title,
        title_hi=section.title_hi,
        subject=section.subject_id,
        scheme=section.scheme_id,
        duration_min=section.duration_min,
        answers_count=section.answers_count,
        any_rule=section.any_rule,
        full_marks=section.full_marks,
    )


def moved(items: list[Item], item: Item, *, to: int) -> list[Item]:
    """The items with this one at the place `to`; a place past an end is the end."""
    rest = [one for one in items if one != item]
    place = min(max(to, 0), len(rest))
    return [*rest[:place], item, *rest[place:]]


def require_there(section: Section) -> None:
    """Raises: PaperRefused, when it was taken out while the test's row was waited for."""
    if not Section.objects.filter(pk=section.pk).exists():
        raise PaperRefused(_("This section is not in the paper any more."))


def _put(section: Section, to: SectionDetails) -> None:
    section.title, section.title_hi = to.title, to.title_hi
    section.subject_id, section.scheme_id = to.subject, to.scheme
    section.duration_min, section.answers_count, section.any_rule = to.duration_min, to.answers_count, to.any_rule
    section.full_marks = to.full_marks
