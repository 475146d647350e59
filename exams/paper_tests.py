"""Tests on paper: nobody writes them here. What is marked are their sections; what stands against changing them."""

from decimal import Decimal

from django.db.models import Exists, Max, Min, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.people import UserQuerySet
from batches.models import Enrolment
from exams.models import Section, SectionMark, Test
from exams.scheme_words import number


def has_marks(test: Test) -> bool:
    """Whether marks were ever entered, even if they were taken back."""
    return SectionMark.objects.filter(section__test=test).exists()


def why_way_stays(test: Test) -> str:
    """In words why a test on paper stays one, and another stays one that is written here; "" when it can change."""
    if test.published_at:
        return _("The test is published. Take it back first.")
    if test.attempts.exists():
        return _("Somebody has come in already: it stays a test that is written here.")
    return _("Marks are entered already: it stays a test on paper.") if has_marks(test) else ""


def why_section_stays(section: Section) -> str:
    """In words why it cannot be taken out, "" when it can."""
    if SectionMark.objects.filter(section=section).exists():
        return _("Marks are entered for %(section)s, so it stays.") % {"section": section.title}
    return ""


def why_too_low(section: Section, full: Decimal | None) -> str:
    """In words why its full marks cannot be these with the marks that stand, "" when they can."""
    found = SectionMark.objects.filter(section=section).aggregate(most=Max("marks"), least=Min("marks"))
    highest = max(found["most"] or Decimal(0), -(found["least"] or Decimal(0)))
    if highest > (full or 0):
        return _("Somebody has %(marks)s marks already: full marks cannot be less.") % {"marks": number(highest)}
    return ""


def students_of(test: Test) -> UserQuerySet:
    """Who was in one of its batches while it was written, and who has marks in it; in no order."""
    opens_at, closes_at = test.window
    stays = Enrolment.objects.filter(batch__test_batches__test=test, student=OuterRef("pk"))
    stays = stays.on_roll(starts_at=opens_at, ends_at=closes_at)
    marked = SectionMark.objects.filter(section__test=test, student=OuterRef("pk"))
    found: UserQuerySet = User.objects.filter(Q(Exists(stays.order_by())) | Q(Exists(marked.order_by())))
    return found
