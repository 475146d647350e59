"""Long answers that wait to be marked, and a test on paper, for the walk of who marks."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from exams.content import Body, Content, Key, Kind, Text
from exams.models import Rubric, Test
from tests import people
from tests.browser.seed_exams import number_of, people_and_batch, writers
from tests.exams import marked, papers

ESSAY, PAPER = "Physics in words", "Half-yearly, on paper"
RULES = {"kinds": {"LONG": {"right": "5"}, "SHORT": {"right": "2"}}, "others": {"right": "4", "wrong": "-1"}}
SAID = (
    "A body at rest stays at rest, and one that moves goes on, unless something pushes it.\n\nIn the bus we lean "
    "forward when it brakes, because our body goes on with the old velocity. <b>Inertia</b> is this, and mass is its "
    "measure: F = ma says how hard it is to change it.",
    "जड़त्व वह गुण है जिसके कारण वस्तु अपनी विराम अवस्था या एकसमान गति की अवस्था में बनी रहती है।\n"
    "बस के अचानक रुकने पर यात्री आगे झुक जाते हैं।",
    "It is when heavy things are lazy.",
)
GUIDE = "First law named; an example of a body that goes on; **mass** as the measure of inertia."


def main() -> None:
    batch = people_and_batch()
    now = timezone.now()
    over: dict[str, Any] = {"opens_at": now - timedelta(hours=5), "closes_at": now - timedelta(hours=2)}
    essay = papers.exam(ESSAY, batch=batch, uuid=number_of(ESSAY), scheme=papers.scheme_version(RULES), **over)
    asked = Content(
        Kind.LONG,
        Body(Text("Why do we lean forward when a bus brakes? Say what inertia is, with $F = ma$.")),
        Key(guide=Text(GUIDE), solution=Text("By the first law the body goes on.")),
    )
    code = Content(Kind.CODING, Body(Text("Print the first ten primes."), languages=("py",)), Key())
    papers.place(papers.section(essay, "In words"), *map(papers.question_of, (asked, code)))
    papers.place(papers.section(essay, "In a word"), papers.question(Kind.SHORT, "Which unit has force?"))
    program = {
        "language": "py",
        "source": "for n in range(2, 30):\n    if all(n % d for d in range(2, n)):\n        print(n)",
    }
    for student, said in zip(writers(), SAID, strict=False):
        marked.answers(essay, student, {0: said, 1: program, 2: "Neuton"})
    lines = [("Names the law", "2"), ("An example that fits", "1.5"), ("Mass as the measure", "1.5")]
    rows = [{"id": letter, "text": text, "most": most} for letter, (text, most) in zip("abc", lines, strict=True)]
    Rubric.objects.create(question=marked.asked(essay)[0], lines=rows, changed_by=people.teacher())
    on_paper(batch, over)


def on_paper(batch: Any, over: dict[str, Any]) -> Test:
    row = papers.exam(PAPER, batch=batch, uuid=number_of(PAPER), is_on_paper=True, **over)
    for title, full in (("Physics", 40), ("Chemistry", 40), ("Mathematics, with the practical part", 20)):
        papers.section(row, title, full_marks=full)
    return row
