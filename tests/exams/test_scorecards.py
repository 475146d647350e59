"""Scorecards: what stands on them, who gets them, the same bytes again, and what their code tells anybody."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from accounts.limits import RESULT_LOST, SCORECARD_MAKING
from accounts.models import Institute, User
from exams import result_codes, scorecards, verifying
from exams.content import Kind
from exams.models import Attempt, Result, Test, TestBatch
from exams.models.results import Cause
from exams.models.tests import Release, Shown
from tests import people
from tests.exams import marked

pytestmark = pytest.mark.django_db
PARTS = {"Physics": [Kind.SINGLE] * 2, "रसायन विज्ञान": [Kind.SINGLE]}
LONG_TITLE = "विद्युत चुम्बकीय प्रेरण " * 5
HINDI = "प्रियंका क्षत्रिय"


@pytest.fixture
def exam() -> Test:
    return marked.exam(3, parts=PARTS, title="Weekly test 12")


def said(answer) -> str:
    content = answer if isinstance(answer, bytes) else answer.content
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def get(name: str, *args, who: User | None = None, **query):
    client = people.signed_in(who) if who else Client()
    return client.get(reverse(name, args=args), query)


def test_card_says_who_what_and_how_well(exam):
    User.objects.filter(pk=people.student().pk).update(name=HINDI)
    row = marked.result(exam)
    answer = get("scorecard", row.code, who=people.student())
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    text = said(answer)
    assert "Why it was made" not in text
    told = (HINDI, "Weekly test 12", "12 of 12", "Rank 1 of 3", "percentile 100", "Physics 8 of 8 2 0 0 0")
    told += ("Scan the code, or type it at 127.0.0.1:8000/exams/verify/",)
    for words in (*told, "रसायन विज्ञान 4 of 4", "Version 1", result_codes.printed(row.code), "Page 1 of 1"):
        assert words in text


def test_same_row_gives_the_same_bytes_after_a_newer_version(exam):
    row = marked.result(exam)
    before = get("scorecard", row.code, who=people.teacher()).content
    marked.answers(exam, people.student(), {})
    marked.reckoned(exam, Cause.BY_HAND, force=True, reason="Counted again")
    assert marked.result(exam).code != row.code
    assert get("scorecard", row.code, who=people.teacher()).content == before
    again = said(get("scorecard", marked.result(exam).code, who=people.student()))
    assert "Reckoned again by staff" in again
    assert "Counted again" not in again  # somebody typed it, and it may tell a key
    assert get("scorecard", row.code, who=people.student()).status_code == 404  # he sees the newest


def test_all_cards_are_in_the_order_of_ranks(exam, monkeypatch):
    answer = get("test_scorecards", exam.uuid, who=people.teacher())
    pages = [page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages]
    assert [f"Rank {n} of 3" in page for n, page in enumerate(pages, start=1)] == [True] * 3
    assert get("test_scorecards", exam.uuid, who=people.teacher(), batch=exam.batches.get().uuid).status_code == 200
    for wrong in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        assert get("test_scorecards", exam.uuid, who=people.teacher(), batch=wrong).status_code == 404
    monkeypatch.setattr(scorecards, "MOST_CARDS", 2)
    assert get("test_scorecards", exam.uuid, who=people.teacher()).status_code == 409


def test_other_attempt_has_a_card_without_rank(exam):
    Test.objects.filter(pk=exam.pk).update(most_attempts=2)
    marked.answers(exam, people.student(), {0: "c"}, number=2)
    marked.reckoned(exam, Cause.LATE)
    other = Result.objects.get(version=marked.version(exam), student=people.student(), is_counted=False)
    assert "Another attempt of this student counts" in said(get("scorecard", other.code, who=people.teacher()))


def test_test_on_paper_has_marks_alone():
    paper = marked.closed(parts={"Theory": [], "Practical": []}, is_on_paper=True)
    paper.sections.update(full_marks=50)
    for place, marks in enumerate(("41.5", "38")):
        marked.paper_mark(paper, people.student(), place, marks)
    text = said(scorecards.card(marked.result(marked.reckoned(paper))))
    assert "79.5 of 100" in text
    assert "Theory 41.5 of 50" in text
    assert "Wrong" not in text


def test_logo_and_address_of_the_institute_are_on_it(exam):
    drawn = BytesIO()
    Image.new("RGBA", (90, 30), (40, 60, 200, 255)).save(drawn, "WEBP")
    Institute.objects.create(pk=1, name="Pragati Study Circle", address="College Road\nNashik", logo=drawn.getvalue())
    row = marked.result(exam)
    card = scorecards.card(row)
    assert "Pragati Study Circle College Road · Nashik Scorecard" in said(card)
    assert [one.image.size for one in PdfReader(BytesIO(card)).pages[0].images] == [(90, 30)]
    assert scorecards.card(row) == card


def test_long_names_stay_on_one_page():
    exam = marked.exam(1, parts={LONG_TITLE: [Kind.SINGLE]}, title="Full mock " * 16)
    User.objects.filter(pk=people.student().pk).update(name="श्रीप्रियंकाक्षत्रिय" * 10)
    card = scorecards.card(marked.result(exam))
    assert len(PdfReader(BytesIO(card)).pages) == 1
    assert result_codes.printed(marked.result(exam).code) in said(card)


def test_card_of_nobody_known_to_one_is_not_there(exam):
    row = marked.result(exam, people.other_student())
    for who in (people.student(), people.guardian(), people.other_teacher()):
        assert get("scorecard", row.code, who=who).status_code == 404
    assert get("scorecard", "X" * 16, who=people.admin()).status_code == 404


def test_one_person_makes_so_many_cards_in_a_while(exam):
    code, browser = marked.result(exam).code, people.signed_in(people.student())
    for _card in range(SCORECARD_MAKING.tries):
        SCORECARD_MAKING.take(str(people.student().pk))
    assert browser.get(reverse("scorecard", args=[code])).status_code == 429
    assert get("scorecard", code, who=people.teacher()).status_code == 200


# --- Verification -----------------------------------------------------------------------------------------------------


def test_code_tells_anybody_what_the_card_says(exam):
    row = marked.result(exam)
    answer = get("result_verify", row.code)
    page = answer.content.decode()
    for words in ("This scorecard is genuine", row.student.name, "Weekly test 12", "12 of 12", "Rank 1 of 3"):
        assert words in page
    assert row.student.admission_number not in page  # he signs in with it
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]


def test_older_card_names_the_newer_without_its_marks(exam):
    row = marked.result(exam)
    marked.answers(exam, people.student(), {0: "b"})
    marked.reckoned(exam, Cause.BY_HAND)
    page = get("result_verify", row.code).content.decode()
    assert "A newer result exists: version 2" in page
    assert "12 of 12" in page
    assert "4 of 12" not in page


def _by_hand(exam):
    Test.objects.filter(pk=exam.pk).update(results_release=Release.BY_HAND)


def _of_batch(exam):
    TestBatch.objects.filter(test=exam).update(results=Shown.NO)


def _writes_again(exam):
    Attempt.objects.filter(test=exam, student=people.student()).update(state="WRITING")


@pytest.mark.parametrize("hold", [_by_hand, _of_batch, _writes_again])
def test_result_held_back_says_so_without_numbers(exam, hold):
    row = marked.result(exam)
    hold(exam)
    page = get("result_verify", row.code).content.decode()
    assert "held back" in page
    assert "12 of 12" not in page
    assert "Rank" not in page
    assert get("scorecard", row.code, who=people.student()).status_code == 404


def test_unknown_code_says_what_to_check_and_guessing_is_counted(exam):
    for _try in range(RESULT_LOST.tries - 1):
        RESULT_LOST.take("127.0.0.1")
    answers = [get("result_verify", "ABCDEFGHJKMNPQRS") for _try in range(2)]
    assert answers[0].status_code == 404
    assert "never O, 0, I, 1 or L" in answers[0].content.decode()
    assert answers[-1].status_code == 429
    assert get("result_verify", marked.result(exam).code).status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        "abcd-efgh-jkmn-pqr5",
        " ABCD EFGH JKMN PQR5 ",
        "ＡＢＣＤ–EFGH—JKMN.PQR५",
        "АBCD\u200bEFGHJKМNPQR5",
        "a b c d efghjkmnpqr5",
    ],
)
def test_codes_are_read_however_they_are_typed(typed):
    assert result_codes.read(typed) == "ABCDEFGHJKMNPQR5"


def test_form_leads_to_the_code_or_says_what_is_wrong(exam):
    code, form = marked.result(exam).code, reverse("result_verify_form")
    answer = Client().post(form, {"code": result_codes.printed(code).lower()})
    assert answer["Location"] == reverse("result_verify", args=[code])
    assert "these are 4" in Client().post(form, {"code": "ABCD"}).content.decode()
    assert "No code has these signs: O, 0" in Client().post(form, {"code": "ABCO-EFG0-JKMN-PQRS"}).content.decode()


def test_verifying_costs_the_same_for_many(exam, django_assert_num_queries):
    row = marked.result(exam)
    with django_assert_num_queries(2):
        assert verifying.verify(row.code, now=timezone.now() + timedelta(days=1))
