"""Staff's pages of results: what they show before there are any, what they say, what files hold, and what they cost."""

import csv
import io
import uuid
from datetime import timedelta
from types import SimpleNamespace

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Role
from coaching.lib.exports import BOM
from exams import analysis, result_topics
from exams.analysis_doc import TopicStats
from exams.content import Kind
from exams.models import Analysis, Attempt, KeyFix, Result, ResultVersion, TestBatch
from exams.models.attempts import State
from exams.models.results import Cause
from tests import people
from tests.batches import timetables
from tests.exams import marked, papers

pytestmark = pytest.mark.django_db
PAGES = ("test_results", "test_ranks", "test_items", "result_versions")
LONG = "=अर्धवार्षिक परीक्षा की तैयारी करने वाला विद्यार्थी " * 3


@pytest.fixture
def teacher(db):
    return people.signed_in(people.teacher())


def url(name, row, *more):
    return reverse(name, args=[row.uuid, *more])


def two_batches(**fields):
    """Four of one batch, then two of another, as `marked.exam` answers: 16, 11, 7, 3, -1, 0 marks."""
    row = marked.written(4, **fields)
    other = timetables.batch("JEE 2027 B")
    TestBatch.objects.create(test=row, batch=other)
    for nth, name in ((4, LONG[:150]), (5, "Aarav Patil")):
        who = people.person(name, Role.STUDENT, admission_number=f"B-{nth}")
        timetables.enrol(who, other)
        marked.answers(row, who, marked.pattern(row, nth))
    return marked.reckoned(row)


def ranks(page):
    return [(row.result.rank, row.place, row.total) for row in page.context["rows"]]


def table(answer):
    text = b"".join(answer.streaming_content).decode().removeprefix(BOM)
    return list(csv.reader(io.StringIO(text)))


# --- Before there are results -----------------------------------------------------------------------------------------


def test_page_says_what_is_waited_for(teacher):
    now = timezone.now()
    said = {
        "The test is a draft": papers.exam("A", published_at=None),
        "The test has not begun": papers.exam(
            "B", opens_at=now + timedelta(hours=1), closes_at=now + timedelta(hours=2)
        ),
        "The test is still running": papers.exam("C"),
        "Nobody wrote this test": marked.closed(1, title="D"),
        "No marks are entered yet": marked.closed(0, title="E", is_on_paper=True),
        "The results are being reckoned": marked.written(1, 1, title="F"),
    }
    for words, row in said.items():
        assert words in teacher.get(url("test_results", row)).text
    for name in PAGES[1:]:
        assert teacher.get(url(name, row)).status_code == 404


def test_who_writes_on_is_waited_for_and_cannot_be_reckoned_away(teacher):
    row = marked.written(2, 1)
    Attempt.objects.filter(student=people.student()).update(state=State.WRITING, submitted_at=None, ended_by="")
    assert "1 student still writes" in teacher.get(url("test_results", row)).text
    teacher.post(url("test_reckon", row))
    assert not ResultVersion.objects.exists()


def test_results_are_reckoned_by_hand_once(teacher):
    row = marked.written(2, 1)
    for _ in range(2):
        answer = teacher.post(url("test_reckon", row), {"reason": " No  patience\0 " + "x" * 300})
        assert answer.url == url("test_results", row)
    version = ResultVersion.objects.get()
    assert version.cause == Cause.BY_HAND
    assert version.reason.startswith("No patience x")
    assert "comes to the same" in teacher.get(answer.url).text


# --- The overview -----------------------------------------------------------------------------------------------------


def test_of_many_batches_all_come_first():
    batches = [SimpleNamespace(id=n, name=f"NEET {n}") for n in range(12)]
    topic = TopicStats(1, "Optics", "Physics", (0,), (6, 12), {str(n): (n % 2, 1) for n in range(11)})
    for count, place in ((1, 0), (5, 5), (12, 0)):
        found = result_topics.heat_of(SimpleNamespace(topics=[topic], batches=batches[:count]))
        ((_name, cells),) = found.rows
        assert [one for one, _whole in found.batches].index("All") == place
        assert (cells[place].percent, len(cells)) == (50, count + (count > 1))


def test_overview_says_who_wrote_the_mean_and_the_best(teacher):
    marked.exam(1, 1, title="Weekly test 12", opens_at=timezone.now() - timedelta(days=7))
    row = two_batches()
    page = teacher.get(url("test_results", row))
    figures = page.context["figures"]
    assert [one.value for one in figures[:3]] == ["6", "6", "16"]
    assert figures[0].small == "of 6"
    assert figures[1].note == "Weekly test 12: 4 of 4"
    assert figures[2].note == "Ananya Kulkarni"
    assert [one.name for one in page.context["batches"]] == ["JEE 2027 A", "JEE 2027 B"]
    assert [one for one, _name in page.context["heat"].batches] == ["A", "B", "All"]
    assert sum(one.count for one in page.context["marks"].chart.bars) == 6
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_key_that_is_probably_wrong_is_said_first(teacher):
    row = marked.exam(12, 3)
    document = analysis.of(marked.version(row)).to_json()
    document["questions"][1] |= {"flags": ["KEY"], "suspect": {"answer": "c", "count": 7, "best": 4}}
    Analysis.objects.update(document=document)
    page = teacher.get(url("test_results", row)).text
    assert "Question 2: the key is probably wrong." in page
    assert "58 % chose C, among them 4 of the best" in page
    assert 'class="is-bad"' in page
    assert "in doubt" in teacher.get(url("test_item", row, 2)).text


def test_what_waits_to_be_marked_makes_it_provisional(teacher):
    row = marked.exam(2, parts={"Essay": [Kind.LONG]})
    page = teacher.get(url("test_results", row)).text
    assert "2 answers wait to be marked." in page
    assert f'href="{url("test_marking", row)}"' in page


def test_test_on_paper_has_marks_and_no_questions(teacher):
    row = marked.closed(0, is_on_paper=True, parts={"Physics": []})
    row.sections.update(full_marks=50)
    for nth, who in enumerate(marked.several(3)):
        marked.paper_mark(row, who, 0, str(40 - nth))
    marked.reckoned(row)
    page = teacher.get(url("test_results", row))
    assert page.context["outline"].questions == ()
    assert "Median" in page.text
    assert "Point-biserial" not in page.text
    assert "has no questions here" in teacher.get(url("test_items", row)).text
    assert teacher.get(url("test_item", row, 1)).status_code == 404


# --- Ranks and their files --------------------------------------------------------------------------------------------


def test_in_a_batch_each_has_his_place_there_and_in_all(teacher):
    row = two_batches()
    other = timetables.batch("JEE 2027 B")
    assert ranks(teacher.get(url("test_ranks", row)))[:2] == [(1, None, "16"), (2, None, "11")]
    page = teacher.get(url("test_ranks", row), {"batch": other.uuid})
    assert ranks(page) == [(5, 1, "0"), (6, 2, "−1")]
    page = teacher.get(url("test_ranks", row), {"batch": other.uuid, "q": "परीक्षा"})
    assert ranks(page) == [(6, 2, "−1")]
    for nonsense in ({"batch": "x"}, {"page": "999"}, {"page": "-1"}, {"batch": uuid.uuid4()}):
        assert len(ranks(teacher.get(url("test_ranks", row), nonsense))) == 6
    assert "Nobody fits" in teacher.get(url("test_ranks", row), {"q": "\0nobody"}).text


def test_old_version_is_read_as_it_stood(teacher):
    row = marked.exam(2, 2)
    marked.answers(row, people.student(), {})
    marked.reckoned(row, Cause.LATE)
    assert ranks(teacher.get(url("test_ranks", row)))[0][2] == "3"
    page = teacher.get(url("test_ranks", row), {"version": "1"})
    assert ranks(page)[0][2] == "8"
    assert "as it stood once" in page.text
    rows = table(teacher.post(url("test_ranks_csv", row), {"version": "1"}))
    assert rows[1][3] == "Ananya Kulkarni"
    for number in ("3", "0", "x", "9" * 30):
        assert teacher.get(url("test_ranks", row), {"version": number}).status_code == 404


def test_versions_say_why_and_how_many_marks_changed(teacher):
    row = marked.exam(3, 2)
    marked.answers(row, people.student(), {0: "b"})
    row = marked.reckoned(row, Cause.LATE, actor=people.teacher(), reason="Handed in again")
    lines = teacher.get(url("result_versions", row)).context["lines"]
    assert [one.changed for one in lines] == ["marks of 1 student changed, up for 0", ""]
    page = teacher.get(url("result_versions", row)).text
    assert "Handed in again" in page
    assert "Meera Joshi" in page


def test_csv_has_every_column_and_no_formula(teacher):
    row = two_batches()
    rows = table(teacher.post(url("test_ranks_csv", row), {"questions": "1"}))
    assert rows[0][:8] == [
        "Rank",
        "Rank in the batch",
        "Admission number",
        "Name",
        "Batch",
        "Physics",
        "Marks",
        "Out of",
    ]
    assert rows[0][-1] == "Question 4"
    assert rows[1][:3] == ["1", "1", "2026-0188"]
    assert rows[1][-4:] == ["4", "4", "4", "4"]
    assert rows[6][:3] == ["6", "2", "B-4"]
    assert rows[6][3].startswith("'=अर्ध")
    assert rows[6][-4:] == ["0", "0", "0", "-1"]
    assert len(rows) == 7
    other = timetables.batch("JEE 2027 B")
    assert len(table(teacher.post(url("test_ranks_csv", row), {"batch": other.uuid}))) == 3
    assert Activity.objects.filter(event="results.exported", actor=people.teacher()).count() == 2


def test_workbook_has_the_same_rows(teacher):
    row = two_batches(title="Mock: 5/7 [A]*?")
    answer = teacher.post(url("test_ranks_xlsx", row), {"questions": "1"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = [list(one) for one in book.active.iter_rows(values_only=True)]
    assert rows[1][6] == 16
    assert rows[6][3].startswith("'=")
    texts = table(teacher.post(url("test_ranks_csv", row), {"questions": "1"}))
    assert [["" if cell is None else str(cell) for cell in one] for one in rows] == texts


def test_files_are_made_of_chunks(teacher, monkeypatch):
    monkeypatch.setattr("exams.result_ranks.CHUNK_ROWS", 2)
    row = two_batches()
    assert [one[0] for one in table(teacher.post(url("test_ranks_csv", row)))[1:]] == list("123456")


# --- Questions --------------------------------------------------------------------------------------------------------


def test_every_kind_of_question_has_a_page(teacher):
    kinds = [one for one in Kind if one not in (Kind.PASSAGE, Kind.CODING)]
    row = marked.exam(3, parts={"All": kinds})
    assert len(teacher.get(url("test_items", row)).context["rows"]) == len(kinds)
    for number in range(1, len(kinds) + 1):
        page = teacher.get(url("test_item", row, number))
        assert page.status_code == 200
        assert "Key and solution" in page.text
    assert teacher.get(url("test_item", row, len(kinds) + 1)).status_code == 404
    assert teacher.get(url("test_item", row, 0)).status_code == 404


def test_correction_of_a_key_stands_on_its_question_and_its_version(teacher):
    row = marked.exam(3, 2)
    fix = KeyFix(question=marked.asked(row)[1], action=KeyFix.Action.DROP, reason="Misprinted", by=people.teacher())
    marked.reckoned(row, Cause.KEY_FIX, fixes=[fix], reason="Misprinted", actor=people.teacher())
    page = teacher.get(url("test_item", row, 2)).text
    assert "The key was corrected." in page
    assert "Misprinted" in page
    lines = teacher.get(url("result_versions", row)).context["lines"]
    assert [[number for number, _fix in one.fixes] for one in lines] == [[2], []]
    assert "Misprinted" not in teacher.get(url("test_item", row, 1)).text


def test_questions_are_sorted_and_narrowed(teacher):
    row = marked.exam(5)
    for sort, first in (("", 1), ("right", 1), ("time", 4), ("nonsense", 1)):
        rows = teacher.get(url("test_items", row), {"sort": sort}).context["rows"]
        assert rows[0].number == first
    assert teacher.get(url("test_items", row), {"show": "look"}).context["rows"] == []


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["JEE 27 A", "JEE 27 B"], ["A", "B"]),
        (["JEE 27", "JEE 27 B"], ["27", "27 B"]),
        (["NEET", "JEE"], ["NEET", "JEE"]),
        (["One"], ["One"]),
        ([], []),
    ],
)
def test_names_of_batches_are_cut_where_they_are_alike(names, short):
    assert result_topics.short_names(names) == short


# --- What they cost ---------------------------------------------------------------------------------------------------


def test_pages_cost_the_same_for_few_and_many(teacher, same_queries):
    row = marked.closed(3)

    def add(count):
        have, count = Attempt.objects.count(), max(count, 10)  # of fewer nothing is said of a question
        for nth, who in enumerate(marked.several(have + count)[have:], start=have):
            marked.answers(row, who, marked.pattern(row, min(nth, 3)))
        analysis.make(marked.version(marked.reckoned(row)))

    def visit():
        for name in PAGES:
            teacher.get(url(name, row))
        teacher.get(url("test_item", row, 1))
        teacher.get(url("test_ranks", row), {"batch": timetables.batch().uuid})

    same_queries(visit, add=add, at_most=6 * 14)
    assert Result.objects.filter(version=marked.version(row)).count() == 37
