"""Tests that students write in the walks of the sitting page: every kind of question, formulas, a picture, Hindi."""

from io import BytesIO

from PIL import Image, ImageDraw

from accounts.models import User
from dfs.models import StoredFile
from exams.content import Body, Choice, Content, Key, Kind, Picture, Text
from exams.models import QuestionImage, Test, TestMessage
from tests import people
from tests.browser.seed_exams import login_of, number_of, people_and_batch
from tests.exams import papers

SPHERE = (
    "A uniform solid sphere of mass $m$ and radius $R$ rolls without slipping down an incline of angle $\\theta$, "
    "starting from rest at height $h$. Its moment of inertia about the centre is\n\n$$I_c = \\frac{2}{5}mR^2$$\n\n"
    "The speed of its centre at the bottom of the incline is"
)
SPHERE_HI = "द्रव्यमान $m$ और त्रिज्या $R$ का एक समान ठोस गोला बिना फिसले ढलान पर लुढ़कता है। तल पर इसके केंद्र की चाल है"
SPEEDS = ("\\sqrt{2gh}", "\\sqrt{\\frac{4}{3}gh}", "\\sqrt{\\frac{10}{7}gh}", "\\sqrt{\\frac{7}{10}gh}")
WIDE = "$$" + " + ".join(f"\\frac{{x_{{{n}}}^2}}{{{n}}}" for n in range(1, 25)) + "$$\n\n| a | b | c |\n|---|---|---|\n"
WIDE += "| " + " | ".join("a long word in a cell of a table " * 3 for _n in range(3)) + " |"
TITLES = (
    "All kinds",
    "Without connection",
    "Killed",
    "By keyboard",
    "Without script",
    "Looks",
    "Time is over",
    "Handed in offline",
    "Moved",
    "In turn",
)


def main() -> None:
    batch = people_and_batch()
    image = _image()
    for number, title in enumerate(TITLES):
        test = papers.exam(title, batch=batch, uuid=number_of(title), shuffles_questions=False, shuffles_options=False)
        if title == "In turn":
            _timed(test)
        else:
            _paper(test, image, long=title == "Looks")
        papers.attempt(test, _writer(number), device_id=None, uuid=number_of(f"attempt {title}"))


def _writer(number: int) -> User:
    return User.objects.get(admission_number=login_of(number))


def _paper(test: Test, image: QuestionImage, *, long: bool) -> None:
    physics = papers.section(test, "Physics", title_hi="भौतिकी")
    papers.place(physics, papers.question_of(_sphere(image)))
    kinds = [Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.NUMERICAL, Kind.SHORT]
    papers.place(physics, *(papers.question(kind, f"{kind.title()} of physics?") for kind in kinds))
    chemistry = papers.section(test, "Chemistry")
    papers.place(
        chemistry, *(papers.question(kind, f"{kind.title()}?") for kind in (Kind.LONG, Kind.MATCH, Kind.CODING))
    )
    papers.place(chemistry, papers.question(Kind.SINGLE, WIDE))
    if long:
        mathematics = papers.section(test, "Mathematics")
        papers.place(mathematics, *(papers.question(text=f"Question {n} of mathematics?") for n in range(66)))


def _timed(test: Test) -> None:
    """Two sections with times of their own, and a word of the invigilator."""
    for title in ("Physics", "Chemistry"):
        part = papers.section(test, title, duration_min=60)
        papers.place(part, *(papers.question(text=f"Question {n} of {title}?") for n in (1, 2)))
    TestMessage.objects.create(test=test, text="Use <b>blue</b> ink", by=people.teacher())


def _sphere(image: QuestionImage) -> Content:
    options = tuple(Choice(letter, Text(f"${speed}$")) for letter, speed in zip("abcd", SPEEDS, strict=True))
    shown = Picture(str(image.uuid), Text("A sphere of radius R at height h on an incline of angle theta"))
    return Content(Kind.SINGLE, Body(Text(SPHERE, SPHERE_HI), shown, options), Key(right=("c",)))


def _image() -> QuestionImage:
    drawn = Image.new("RGB", (310, 132), "white")
    pen = ImageDraw.Draw(drawn)
    pen.polygon([(46, 122), (296, 122), (46, 36)], fill="#e8e7e3", outline="#20243a")
    pen.ellipse([(73, 11), (113, 51)], outline="#20243a")
    kept = BytesIO()
    drawn.save(kept, "WEBP")
    owner = people.teacher()
    file = StoredFile.objects.create(
        name="slope.webp", size_bytes=kept.tell(), crc32=0, purpose="exams", owner=owner, chunk_bytes=1, segment_bytes=1
    )
    return QuestionImage.objects.create(
        file=file, content_type="image/webp", width=310, height=132, bytes_small=kept.getvalue(), sha256="0" * 64
    )
