"""Sitting a test without JavaScript: every question is a page, every button saves, and nothing of a key is shown."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exams.content import Kind
from exams.models import Attempt, Response
from exams.models.attempts import EndedBy, State
from tests import people
from tests.exams import papers

pytestmark = pytest.mark.django_db
ALL = [kind for kind in Kind if kind is not Kind.PASSAGE]


@pytest.fixture
def browser():
    return people.signed_in(people.student())


def writing(kinds=None, **fields) -> Attempt:
    """Ananya writes, on the browser that asks; questions in the order they were placed."""
    given = {name: fields.pop(name) for name in ("device_id", "state", "now") if name in fields}
    test = papers.paper(kinds, shuffles_questions=False, shuffles_options=False, **fields)
    return papers.attempt(test, **({"device_id": None} | given))


def page(browser, attempt, place=1, name="attempt_question"):
    args = [attempt.uuid, place] if name == "attempt_question" else [attempt.uuid]
    return browser.get(reverse(name, args=args))


def hidden(answer, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode()).group(1)


def send(browser, attempt, place=1, do="next", *, form=None, **sent):
    """The form of that question as its page made it, with these fields and this button."""
    made = form or page(browser, attempt, place)
    body = {"epoch": hidden(made, "epoch"), "seq": hidden(made, "seq"), "in": "en", "do": do}
    return browser.post(reverse("attempt_question", args=[attempt.uuid, place]), body | sent)


def kept(attempt) -> dict[int, tuple]:
    rows = Response.objects.filter(attempt=attempt).select_related("question")
    return {row.question.position: (row.answer, row.is_marked) for row in rows}


def test_every_kind_is_answered_by_its_form(browser):
    attempt = writing(ALL)
    sent = {
        Kind.SINGLE: {"answer": "b"},
        Kind.MULTIPLE: {"answer": ["a", "c"]},
        Kind.TRUE_FALSE: {"answer": "true"},
        Kind.NUMERICAL: {"answer": "5.237"},
        Kind.SHORT: {"answer": "Newton"},
        Kind.LONG: {"answer": "Two\r\nlines"},
        Kind.MATCH: {"row-p": ["a", "b"], "row-q": "c"},
        Kind.CODING: {"language": "py", "answer": "print(1)\r\n"},
    }
    for place, kind in enumerate(ALL, start=1):
        answer = send(browser, attempt, place, **sent[kind])
        wanted = ["attempt_question", attempt.uuid, place + 1] if place < len(ALL) else ["attempt_review", attempt.uuid]
        assert answer.status_code == 302
        assert answer.url.split("?")[0] == reverse(wanted[0], args=wanted[1:])
    assert [answer for _place, (answer, _marked) in sorted(kept(attempt).items())] == [
        "b",
        ["a", "c"],
        "true",
        "5.237",
        "Newton",
        "Two\nlines",
        {"p": ["a", "b"], "q": ["c"]},
        {"language": "py", "source": "print(1)\n"},
    ]


def test_what_was_answered_stands_in_the_form_again(browser):
    attempt = writing([Kind.SINGLE, Kind.NUMERICAL, Kind.MATCH])
    send(browser, attempt, 1, answer="b")
    send(browser, attempt, 2, answer="5.237")
    send(browser, attempt, 3, **{"row-q": "c"})
    assert 'value="b" checked' in page(browser, attempt, 1).content.decode()
    assert 'value="5.237"' in page(browser, attempt, 2).content.decode()
    assert 'name="row-q" value="c" checked' in page(browser, attempt, 3).content.decode()


def test_form_sent_twice_is_kept_once(browser):
    attempt = writing()
    form = page(browser, attempt)
    for _time in range(2):
        assert send(browser, attempt, form=form, answer="b").status_code == 302
    assert kept(attempt) == {1: ("b", False)}


def test_old_form_changes_nothing_says_so_and_is_kept_when_saved_again(browser):
    attempt = writing()
    form = page(browser, attempt)  # open in two tabs, or shown again by the browser's history
    send(browser, attempt, form=form, answer="b")
    again = send(browser, attempt, form=form, answer="c")
    assert again.status_code == 409
    assert "answered in the meantime" in again.content.decode()
    assert 'value="c" checked' in again.content.decode()
    assert "no answer to this question" not in again.content.decode()
    assert kept(attempt) == {1: ("b", False)}
    assert send(browser, attempt, form=again, answer="c").status_code == 302
    assert kept(attempt) == {1: ("c", False)}


def test_second_device_is_not_here_once_the_first_opened_what_staff_gave_back(browser):
    attempt = writing(device_id=None)
    other = people.signed_in(people.student())
    first, second = page(browser, attempt, name="attempt"), page(other, attempt, name="attempt")
    assert (first.status_code, hidden(first, "epoch")) == (200, "2")
    assert (second.status_code, second.url) == (302, reverse("attempt_takeover", args=[attempt.uuid]))
    assert hidden(page(browser, attempt), "epoch") == "2"


def test_signed_in_again_on_the_same_device_writes_under_the_next_epoch(browser):
    attempt = writing(device_id=None)
    before = page(browser, attempt)
    Attempt.objects.update(slot=None)  # the session is gone, the browser's own cookie stayed
    assert hidden(page(browser, attempt), "epoch") == "3"
    assert send(browser, attempt, form=before, answer="b").url == reverse("attempt", args=[attempt.uuid])
    assert kept(attempt) == {}


def test_marking_clearing_and_going_back(browser):
    attempt = writing()
    assert "/q/3/" in send(browser, attempt, 2, "mark", answer="b").url
    assert kept(attempt)[2] == ("b", True)
    assert "/q/2/" in send(browser, attempt, 2, "clear", marked="1").url
    assert kept(attempt)[2] == (None, True)
    assert "/q/2/" in send(browser, attempt, 2, "unmark").url
    assert kept(attempt)[2] == (None, False)
    assert "/q/1/" in send(browser, attempt, 2, "previous", answer="a").url
    assert kept(attempt)[2] == ("a", False)


def test_palette_says_the_five_states_in_words(browser):
    attempt = writing([Kind.SINGLE] * 5)
    send(browser, attempt, 1, answer="b")
    send(browser, attempt, 2)
    send(browser, attempt, 3, "mark")
    send(browser, attempt, 4, "mark", answer="a")
    shown = page(browser, attempt, 1).content.decode()
    states = {1: "answered", 2: "not answered", 3: "marked", 4: "answered and marked", 5: "not visited"}
    for place, state in states.items():
        assert f'aria-label="Question {place}, {state}"' in shown


def test_number_that_is_none_is_shown_again_with_the_reason(browser):
    attempt = writing([Kind.NUMERICAL])
    answer = send(browser, attempt, 1, answer="5,237")
    assert answer.status_code == 422
    assert "decimal point" in answer.content.decode()
    assert 'value="5,237"' in answer.content.decode()
    assert kept(attempt) == {}


def test_form_of_the_device_that_lost_the_attempt_is_refused(browser):
    attempt = writing()
    form = page(browser, attempt)
    Attempt.objects.update(epoch=3)
    answer = send(browser, attempt, form=form, answer="b")
    assert answer.status_code == 302
    assert kept(attempt) == {}
    assert "another device" in browser.get(reverse("attempt", args=[attempt.uuid])).content.decode()


@pytest.mark.parametrize("sent", [{"seq": "x"}, {"epoch": ""}, {"seq": "9" * 30}, {"epoch": "-1"}])
def test_form_without_its_numbers_is_no_form_of_ours(browser, sent):
    attempt = writing()
    assert send(browser, attempt, answer="b", **sent).status_code == 400
    assert kept(attempt) == {}


def test_after_the_grace_the_test_is_handed_in_and_says_what_was_kept(browser):
    attempt = writing()
    send(browser, attempt, 1, answer="b")
    form = page(browser, attempt, 2)
    past = timezone.now() - timedelta(hours=1)
    Attempt.objects.update(started_at=past - timedelta(hours=1), deadline_at=past)
    assert send(browser, attempt, 2, form=form, answer="a").url == reverse("attempt", args=[attempt.uuid])
    shown = page(browser, attempt, name="attempt").content.decode()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.ended_by) == (State.SUBMITTED, EndedBy.DEADLINE)
    assert "1 of 3" in shown
    assert kept(attempt) == {1: ("b", False)}


def test_handing_in_twice_is_once(browser):
    attempt = writing()
    send(browser, attempt, 1, answer="b")
    review = reverse("attempt_review", args=[attempt.uuid])
    assert "not visited" in browser.get(review).content.decode()
    first = browser.post(review)
    attempt.refresh_from_db()
    handed_in_at = attempt.submitted_at
    assert browser.post(review).url == first.url == reverse("attempt", args=[attempt.uuid])
    attempt.refresh_from_db()
    assert (attempt.state, attempt.ended_by) == (State.SUBMITTED, EndedBy.STUDENT)
    assert attempt.submitted_at == handed_in_at
    receipt = browser.get(first.url).content.decode()
    assert "Handed in at" in receipt
    assert "1 of 3" in receipt


def test_who_waits_goes_to_the_room_and_another_device_to_its_page(browser):
    test = papers.paper()
    ready = papers.attempt(test, state=State.READY, started_at=None, deadline_at=None)
    assert page(browser, ready, name="attempt").url == reverse("test_room", args=[test.uuid])
    ready.delete()
    elsewhere = writing(device_id="6f1e7a52-0000-4000-8000-000000000001")
    for name in ("attempt", "attempt_question", "attempt_review"):
        assert page(browser, elsewhere, name=name).url == reverse("attempt_takeover", args=[elsewhere.uuid])
    assert page(browser, elsewhere, name="attempt_paper").status_code == 409


def test_section_that_is_not_open_is_not_shown(browser):
    test = papers.exam(shuffles_questions=False)
    for title in ("Physics", "Chemistry"):
        papers.place(papers.section(test, title, duration_min=30), papers.question(text=f"About {title}?"))
    attempt = papers.attempt(test, device_id=None)
    assert "About Physics" in page(browser, attempt, 1).content.decode()
    assert page(browser, attempt, 2).url == reverse("attempt_question", args=[attempt.uuid, 1])
    assert page(browser, attempt, 3).status_code == 404


def test_languages_are_shown_one_or_both(browser):
    attempt = writing()
    address = reverse("attempt_question", args=[attempt.uuid, 1])
    assert "हिन्दी: Question 1" not in browser.get(address + "?in=en").content.decode()
    hindi = browser.get(address + "?in=hi").content.decode()
    assert '<div class="said" lang="hi"><p>हिन्दी: Question 1' in hindi
    both = browser.get(address + "?in=both").content.decode()
    assert 'lang="en"><p>Question 1' in both
    assert 'lang="hi"><p>हिन्दी' in both


def test_page_and_paper_hold_nothing_of_a_key_nor_of_others(browser):
    attempt = writing(ALL)
    other = papers.attempt(attempt.test, people.other_student(), device_id=None)
    asked = attempt.test.questions.get(position=5)
    now = timezone.now()
    Response.objects.create(
        attempt=other, question=asked, seq=1, answer="Of Ritika", is_answered=True, saved_at=now, answered_at=now
    )
    names = ("attempt", "attempt_question", "attempt_review", "attempt_paper")
    for answer in (page(browser, attempt, 5, name) for name in names):
        assert answer.status_code == 200
        said = answer.content.decode() + str(dict(answer.headers))
        for secret in ("F = ma", "Three points", "tolerance", "0.001", '"right"', '"accepted"', "Of Ritika", "रितिका"):
            assert secret not in said, answer.request["PATH_INFO"]


def test_paper_is_not_kept_by_caches_and_only_while_it_is_written(browser):
    attempt = writing()
    answer = page(browser, attempt, name="attempt_paper")
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.json()["test"] == str(attempt.test.uuid)
    browser.post(reverse("attempt_review", args=[attempt.uuid]))
    assert page(browser, attempt, name="attempt_paper").status_code == 409


def test_page_of_ninety_questions_is_cheap(browser, django_assert_max_num_queries):
    """In a process that has not met the paper, on a device that comes first, and in one that has."""
    attempt = writing([Kind.SINGLE] * 90)
    with django_assert_max_num_queries(17):
        assert page(browser, attempt, name="attempt").status_code == 200
    with django_assert_max_num_queries(7):
        assert page(browser, attempt, 90).status_code == 200
