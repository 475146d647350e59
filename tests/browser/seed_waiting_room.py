"""Tests to wait for: one that opens within a minute or so, others that open later, one under way."""

from datetime import timedelta

from django.utils import timezone

from exams.content import Kind
from exams.models import Attempt
from tests import people
from tests.browser.seed_exams import exam_of, people_and_batch
from tests.exams import papers

LONG_TITLE = "पूर्ण मॉक परीक्षा 7: यांत्रिकी, ऊष्मागतिकी तथा कार्बनिक रसायन के सभी अध्याय (संशोधित पाठ्यक्रम के अनुसार)"
INSTRUCTIONS = "Read every question twice.\n\nCalculators and phones of others stay in the bag."
HINDI = "हर प्रश्न दो बार पढ़ें।\n\nकैलकुलेटर बैग में रहे।"


def main() -> None:
    batch = people_and_batch()
    said = {"instructions": INSTRUCTIONS, "instructions_hi": HINDI}
    exam_of("Full mock 5", batch=batch, opens_in_s=14 * 60, **said)
    exam_of("Opens by itself", batch=batch, opens_in_s=14 * 60)
    exam_of("Changed while waiting", batch=batch, opens_in_s=14 * 60)
    exam_of("Stopped at the hour", batch=batch, opens_in_s=14 * 60)
    exam_of("Without script", batch=batch, opens_in_s=14 * 60)
    exam_of(LONG_TITLE, batch=batch, opens_in_s=5 * 24 * 3600, focus_limit=5, asks_fullscreen=True)
    exam_of("With a code", batch=batch, opens_in_s=-600, access_code="Tiger7", kinds=[Kind.SINGLE] * 3)
    begun = exam_of("On another phone", batch=batch, opens_in_s=-1800)
    papers.attempt(begun, people.student())
    over = exam_of("Unit test 3", batch=batch, opens_in_s=-30 * 3600)
    now = timezone.now()
    handed_in = {"state": "SUBMITTED", "ended_by": "STUDENT", "submitted_at": now - timedelta(hours=28)}
    papers.attempt(over, people.student(), now=now - timedelta(hours=30), **handed_in)
    exam_of("Unit test 2", batch=batch, opens_in_s=-60 * 3600)
    assert Attempt.objects.count() == 2
