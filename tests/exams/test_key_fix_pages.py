"""Correcting a key on pages: ask, look at who is concerned, apply once, look again when results changed meanwhile."""

import re

import pytest
from django.urls import reverse

from exams.content import Kind
from exams.models import KeyFix, ResultVersion, Test
from exams.models.results import Cause
from tests import people
from tests.exams import marked

pytestmark = pytest.mark.django_db
WHY = "Option C is right as well"


@pytest.fixture
def exam() -> Test:
    return marked.exam(4, 3)


def send(exam: Test, *, number: int = 1, do: str = "look", who=None, **posted):
    client = people.signed_in(who or people.teacher())
    body = {"do": do, "action": "ACCEPT", "key-0": ["b", "c"], "reason": WHY} | posted
    return client.post(reverse("key_fix", args=[exam.uuid, number]), body)


def hidden(answer) -> dict[str, list[str]]:
    """What the preview's form sends again."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.content.decode()):
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(value)
    return found


def page(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_preview_says_who_is_concerned_and_changes_nothing(exam):
    """The second student answered C to the first question: −1 becomes +4."""
    answer = send(exam)
    text = page(answer)
    assert answer.status_code == 200
    assert "Marks change for 1 of 4 students" in text
    assert f"{people.other_student().name} Marks 7 → 12 Difference +5 Rank 2 → 1" in text
    assert "nothing is changed yet" in text
    assert ResultVersion.objects.filter(test=exam).count() == 1


def test_applied_once_however_often_it_is_sent(exam):
    sent = hidden(send(exam))
    first, second = send(exam, **sent, do="apply"), send(exam, **sent, do="apply")
    assert first["Location"] == second["Location"] == reverse("result_versions", args=[exam.uuid])
    assert marked.version(exam).number == 2
    assert marked.version(exam).cause == Cause.KEY_FIX
    fix = KeyFix.objects.get()
    assert (fix.action, fix.reason, [key["right"] for key in fix.keys]) == ("ACCEPT", WHY, [["b", "c"]])
    assert marked.totals(exam)[:2] == ["12 1", "12 1"]


def test_results_that_changed_meanwhile_are_looked_at_again(exam):
    sent = hidden(send(exam))
    send(exam, **hidden(send(exam, number=2, action="DROP")), number=2, do="apply")
    answer = send(exam, **sent, do="apply")
    assert answer.status_code == 409
    assert "Other results have come meanwhile" in page(answer)
    assert hidden(answer)["seen"] == ["2"]
    assert marked.version(exam).number == 2
    assert send(exam, **hidden(answer), do="apply").status_code == 302
    assert marked.version(exam).number == 3


@pytest.mark.parametrize("nonsense", [{}, {"seen": "x", "token": "y"}, {"seen": "1" * 9, "token": "0" * 32}])
def test_nobody_applies_what_he_did_not_look_at(exam, nonsense):
    assert send(exam, do="apply", **nonsense).status_code == 400
    assert marked.version(exam).number == 1


PART = {
    Kind.MULTIPLE: ({"action": "ACCEPT", "key-0": ["a", "c"], "key-1": ["a", "b"], "key-2": []}, 2),
    Kind.TRUE_FALSE: ({"action": "CHANGE", "key-0": ["false"]}, 1),
    Kind.NUMERICAL: (
        {"action": "ACCEPT", "number-0-value": "5.2", "number-1-value": "−7", "number-1-tolerance": "0.5"},
        1,
    ),
    Kind.SHORT: ({"action": "ACCEPT", "accepted": "Newton\nPascal\n\nNewton"}, 1),
    Kind.MATCH: ({"action": "CHANGE", "pair-0-p": ["b"], "pair-0-q": ["c"], "pair-0-r": ["a"]}, 1),
    Kind.LONG: ({"action": "BONUS_TRIED"}, 0),
}


def test_every_kind_has_a_form_of_its_own():
    exam = marked.exam(3, parts={"All": list(PART)})
    client = people.signed_in(people.teacher())
    for number, (kind, (posted, count)) in enumerate(PART.items(), start=1):
        form = client.get(reverse("key_fix", args=[exam.uuid, number])).content.decode()
        assert ("Another key" in form) is (kind is not Kind.LONG), kind
        answer = send(exam, number=number, **({"key-0": []} | posted))
        assert "nothing is changed yet" in page(answer), (kind, page(answer)[-900:])
        assert send(exam, **hidden(answer), number=number, do="apply").status_code == 302, kind
        assert len(KeyFix.objects.latest("pk").keys) == count, kind
        again = client.get(reverse("key_fix", args=[exam.uuid, number])).content.decode()
        assert WHY in again


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"action": "CHANGE"}, "Another key is one"),
        ({"key-0": ["b"]}, "at least two answers"),
        ({"key-0": []}, "Say which answer is right"),
        ({"key-0": ["b", "zz"]}, ""),
        ({"reason": "  "}, ""),
        ({"reason": "x" * 201}, "at most 200"),
        ({"action": "NONSENSE"}, ""),
        ({"action": ""}, ""),
    ],
)
def test_what_does_not_fit_is_said_at_the_form(exam, posted, said):
    answer = send(exam, **posted)
    assert answer.status_code in (200, 422)
    assert said in page(answer)
    assert "nothing is changed yet" not in page(answer)
    assert "error-text" in answer.content.decode() or 'role="alert"' in answer.content.decode()
    assert 'name="do" value="look"' in answer.content.decode()


def test_back_to_the_form_keeps_what_was_said(exam):
    answer = send(exam, **hidden(send(exam)), do="edit").content.decode()
    assert WHY in answer
    assert answer.count("checked") == 3  # the action and two options


def test_only_questions_of_the_paper_and_tests_of_ones_own(exam):
    for number in (0, 4):
        assert send(exam, number=number).status_code == 404
    assert send(exam, who=people.other_teacher()).status_code == 404
    assert send(exam, who=people.student()).status_code == 403
    assert send(marked.written(1, 1)).status_code == 404  # no results yet


def test_what_was_taken_out_of_what_people_mark_can_be_taken_back():
    row = marked.exam(2, parts={"Physics": [Kind.LONG, Kind.SINGLE]})
    browser = people.signed_in(people.teacher())
    form = reverse("key_fix", args=[row.uuid, 1])
    assert "Marked by people again" not in page(browser.get(form))
    for action in ("DROP", "CHANGE"):
        seen = send(row, action=action, reason="Sorry")
        assert send(row, do="apply", **hidden(seen)).status_code == 302
    assert marked.version(row).waiting_count == 2
    for name, more in (("key_fix", [1]), ("test_item", [1]), ("result_versions", [])):
        html = page(browser.get(reverse(name, args=[row.uuid, *more])))
        assert "Marked by people again" in html, name
        assert "Another key" not in html, name


def test_preview_says_that_marks_by_hand_stay():
    row = marked.written(2, parts={"Physics": [Kind.SHORT, Kind.SINGLE]})
    marked.mark(row.attempts.get(student=people.other_student()), 0, "1")
    marked.reckoned(row)
    said = "1 answer has marks by hand, which stay as they are"
    assert said in page(send(row, action="CHANGE", accepted="Pascal"))
    for posted in ({"action": "DROP"}, {"action": "CHANGE", "number": 2}):
        assert said not in page(send(row, **posted))
