"""A question bank as it is after a term: every kind, both languages, long names, one question in a test."""

from io import BytesIO

from PIL import Image, ImageDraw

from exams import bank, images, topics
from exams.content import Body, Choice, Content, Key, Kind, Picture, Text
from exams.models import Question
from tests import people
from tests.batches import timetables
from tests.browser import seed_exams
from tests.exams import papers

ROD = (
    "A uniform rod of mass $m$ and length $\\ell$ is hinged at one end and released from rest in the horizontal"
    " position. About the hinge\n\n$$I = \\frac{1}{3} m \\ell^2$$\n\nIts angular speed when it becomes vertical is"
)
ROD_HINDI = (
    "द्रव्यमान $m$ और लंबाई $\\ell$ की एकसमान छड़ का एक सिरा कब्ज़े से जुड़ा है। उसे क्षैतिज स्थिति से विराम से छोड़ा"
    " जाता है। ऊर्ध्वाधर होते समय उसकी कोणीय चाल है"
)
LONG_TOPIC = "विद्युत चुम्बकीय प्रेरण एवं प्रत्यावर्ती धारा (Electromagnetic induction and alternating current)"


def main() -> None:
    batch = seed_exams.people_and_batch()
    rod = write_rod()
    papers.place(papers.section(papers.exam("Full mock 5", batch=batch)), rod)
    for kind in Kind:
        papers.question(kind, f"A question of the kind {kind.value.lower()}: which unit has force?", difficulty="HARD")
    long = papers.question(Kind.LONG, "विद्युत धारा के चुम्बकीय प्रभाव को विस्तार से समझाइए। " * 12)
    long.topic = topics.topic_named(timetables.subject(), LONG_TOPIC)
    long.save()
    for number in range(20):
        papers.question(
            Kind.SINGLE, f"Question {number} about waves and light?", subject=timetables.subject("Chemistry")
        )


def write_rod() -> Question:
    image = images.take_image(drawing(), name="rod.png", actor=people.teacher())
    roots = (f"$\\sqrt{{\\frac{{{number}g}}{{\\ell}}}}$" for number in ("", "2", "3", "6"))
    options = tuple(Choice(letter, Text(root)) for letter, root in zip("abcd", roots, strict=True))
    shown = Picture(str(image.uuid), Text("A rod hinged at its left end, level and hanging", "कब्ज़े से जुड़ी छड़"))
    solution = Text("Lost height is $\\ell/2$, so $\\frac{1}{2}I\\omega^2 = mg\\frac{\\ell}{2}$.")
    content = Content(Kind.SINGLE, Body(Text(ROD, ROD_HINDI), shown, options), Key(right=("c",), solution=solution))
    subject = timetables.subject()
    rod = bank.write_question(
        content,
        subject=subject,
        topic=topics.topic_named(subject, "Rotational motion"),
        difficulty="MEDIUM",
        tags=["energy", "hinge", "hcv 10"],
        actor=people.teacher(),
    )
    newer = Content(Kind.SINGLE, content.body, Key(right=("c",), solution=Text(solution.en, "हल अंग्रेज़ी में देखें।")))
    bank.change_question(rod, content=newer, seen=1, note="Solution in Hindi", actor=people.other_teacher())
    rod.refresh_from_db()
    return rod


def drawing() -> bytes:
    """A rod level and hanging, as a PNG."""
    made, picture = BytesIO(), Image.new("RGB", (380, 260), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((70, 48, 260, 62), outline="black", width=3)
    pen.rectangle((63, 62, 77, 240), outline="grey", width=2)
    pen.ellipse((62, 46, 80, 64), fill="black")
    picture.save(made, "PNG")
    return made.getvalue()
