"""A bank and tests in every state, for the walk of who makes a test."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from exams.content import Body, Choice, Content, Key, Kind, Text
from exams.models import Difficulty, Question, Topic
from tests import people
from tests.batches import timetables
from tests.browser.seed_exams import exam_of, people_and_batch
from tests.exams import making, papers

LONG = (
    "A uniform rod of mass $m$ and length $\\ell$ is hinged at one end and released from rest. How fast does it turn "
)
TEXTS = (
    LONG + "when it becomes vertical?",
    "Which unit has force?",
    "किस राशि का मात्रक न्यूटन है, और क्यों?",
    "Light passes from glass into air. At which angle is it reflected totally, if $n = 1.5$?",
    "A lens of focal length 20 cm forms an image at 60 cm. Where is the object?",
)
TOPICS = {"Physics": ("Rotational motion", "Optics"), "Chemistry": ("Electrochemistry", "Chemical bonding")}


def main() -> None:
    batch = people_and_batch()
    timetables.enrol(people.other_student(), timetables.batch("विज्ञान, सायंकालीन कक्षा २०२७ (हिन्दी माध्यम)"))
    make_bank()
    now = timezone.now()
    exam_of("Full mock 4", batch=batch)
    week: dict[str, Any] = {"opens_at": now - timedelta(days=7), "closes_at": now - timedelta(days=7, hours=-3)}
    exam_of("Weekly test 13", batch=batch, **week)
    soon: dict[str, Any] = {"opens_at": now + timedelta(days=2), "closes_at": now + timedelta(days=2, hours=3)}
    exam_of("अर्धवार्षिक परीक्षा: भौतिकी, रसायन विज्ञान एवं गणित (हिन्दी माध्यम), दूसरा भाग", batch=batch, **soon)
    making.ready("Optics, a first look", batch=batch)


def make_bank() -> None:
    for subject, topics in TOPICS.items():
        held = timetables.subject(subject)
        for place, name in enumerate(topics):
            topic = Topic.objects.create(subject=held, name=name)
            for number, text in enumerate(TEXTS):
                level = Difficulty.HARD if number == place else Difficulty.MEDIUM
                in_bank(text, subject=held, topic=topic, difficulty=level)
            papers.question(Kind.NUMERICAL, f"Reckon it, {name}", subject=held, topic=topic)
    above = papers.question_of(
        Content(Kind.PASSAGE, Body(Text("Read about the galvanic cell: two half cells and a salt bridge."))),
        subject=timetables.subject("Chemistry"),
    )
    for number in (1, 2):
        papers.question(
            text=f"Of the cell, {number}: which half gives electrons?", passage=above, subject=above.subject
        )


def in_bank(text: str, **fields: Any) -> Question:
    four = tuple(
        Choice(letter, Text(f"$\\sqrt{{\\frac{{{n}g}}{{\\ell}}}}$"))
        for letter, n in zip("abcd", (1, 2, 3, 6), strict=True)
    )
    solution = Text("Lost height of the centre is $\\ell / 2$.")
    return papers.question_of(
        Content(Kind.SINGLE, Body(Text(text), options=four), Key(("c",), solution=solution)), **fields
    )
