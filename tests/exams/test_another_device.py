"""A phone dies in the middle of a test: real sign-ins, two browsers, and what each of them is told."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from exams import takeovers
from exams.models import Attempt, Response, TakeoverRequest
from tests import people
from tests.exams import papers

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile"
TABLET = "Mozilla/5.0 (iPad; CPU OS 17_0) Version/17.0 Safari/605"
JSON = {"accept": "application/json"}


def signed_in(agent: str) -> Client:
    """A browser in which Ananya signs in through the door; the policy of students lets one be signed in."""
    browser = Client(headers={"user-agent": agent})
    sent = {"login": people.student().admission_number, "password": people.PASSWORD}
    assert browser.post("/accounts/login/", sent).status_code == 302
    return browser


class Sitting:
    """An attempt as one browser writes it."""

    def __init__(self, browser: Client, attempt: Attempt) -> None:
        self.browser, self.attempt = browser, attempt
        self.base = f"/exams/attempts/{attempt.uuid}/"
        self.questions = list(attempt.test.questions.order_by("pk"))

    def start(self):
        return self.browser.post(f"{self.base}start/", headers=JSON)

    def save(self, place: int, answer: str, *, seq: int, epoch: int):
        sent = {"question": str(self.questions[place].uuid), "seq": seq, "answer": answer, "marked": False}
        body = json.dumps({"epoch": epoch, "responses": [sent]})
        return self.browser.post(f"{self.base}responses/", body, "application/json")

    def take_over(self, do: str = "here"):
        return self.browser.post(f"{self.base}takeover/", {"do": do}, headers=JSON)


def begun() -> Sitting:
    people.student()
    test = papers.paper()
    phone = signed_in(PHONE)
    phone.post(f"/exams/tests/{test.uuid}/room/", {"alone": "on"})
    return Sitting(phone, Attempt.objects.get())


def silent(seconds: int = 60) -> None:
    Attempt.objects.update(last_beat_at=timezone.now() - timedelta(seconds=seconds))


def answers() -> list[str]:
    return list(Response.objects.order_by("question").values_list("answer", flat=True))


def test_guessed_epoch_lets_no_other_session_write_or_hand_in():
    phone = begun()
    assert phone.save(0, "a", seq=1, epoch=1).status_code == 200
    tablet = Sitting(signed_in(TABLET), phone.attempt)
    refused = tablet.save(1, "b", seq=2, epoch=1)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "attempt_moved")
    refused = tablet.browser.post(f"{tablet.base}finish/", '{"epoch": 1}', "application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "attempt_moved")
    assert answers() == ["a"]
    silent()
    tablet.take_over()
    assert tablet.save(1, "b", seq=2, epoch=2).status_code == 200


def test_phone_dies_and_the_tablet_goes_on_with_every_saved_answer_and_no_more_time():
    phone = begun()
    deadline = phone.start().json()["deadline"]
    assert phone.save(0, "a", seq=1, epoch=1).status_code == 200
    tablet = Sitting(signed_in(TABLET), phone.attempt)

    gone = phone.save(1, "b", seq=2, epoch=1)  # unsaved: the new sign-in ended the phone's session
    assert (gone.status_code, gone.json()["error"]["code"]) == (401, "session_replaced")
    shut = tablet.start()
    assert (shut.status_code, shut.json()["error"]["code"]) == (409, "open_elsewhere")
    assert "key" not in shut.json()
    assert tablet.browser.get(tablet.base)["Location"] == f"{tablet.base}takeover/"
    page = tablet.browser.get(f"{tablet.base}takeover/").content.decode()
    assert "Chrome, Android" in page
    assert "Go on here" not in page
    assert tablet.take_over().status_code == 409

    silent()
    assert "Go on here" in tablet.browser.get(f"{tablet.base}takeover/").content.decode()
    assert tablet.take_over()["Location"] == tablet.base
    told = tablet.start().json()
    assert (told["epoch"], told["deadline"]) == (2, deadline)
    assert answers() == ["a"]
    assert [one.kind for one in phone.attempt.events.order_by("pk")] == ["ADMITTED", "MOVED"]

    moved = tablet.save(1, "b", seq=2, epoch=1)  # what the phone sent late, under its own epoch
    assert (moved.status_code, moved.json()["error"]["code"]) == (409, "attempt_moved")
    assert answers() == ["a"]
    assert tablet.save(1, "b", seq=2, epoch=2).status_code == 200  # the same student sends it again
    assert answers() == ["a", "b"]


def test_old_phone_that_signs_in_again_has_lost_the_attempt():
    phone = begun()
    phone.start()
    tablet = Sitting(signed_in(TABLET), phone.attempt)
    silent()
    tablet.take_over()
    again = phone.browser
    again.post("/accounts/login/", {"login": "2026-0188", "password": people.PASSWORD})
    assert phone.start().json()["error"]["code"] == "open_elsewhere"
    assert phone.save(0, "c", seq=99, epoch=1).json()["error"]["code"] == "attempt_moved"
    assert answers() == []


def test_same_phone_signs_in_again_and_just_goes_on():
    phone = begun()
    assert phone.start().json()["epoch"] == 1
    phone.browser.post("/accounts/logout/")  # the browser keeps its own id
    phone.browser.post("/accounts/login/", {"login": "2026-0188", "password": people.PASSWORD})
    assert phone.start().json()["epoch"] == 2
    attempt = Attempt.objects.get()
    assert attempt.takeovers == 0
    assert attempt.events.filter(kind="RESUMED").count() == 1


def test_invigilator_is_asked_once_and_the_page_goes_on_when_he_allows_it():
    phone = begun()
    phone.start()
    tablet = Sitting(signed_in(TABLET), phone.attempt)
    for _ in range(2):
        tablet.take_over("ask")
    asked = TakeoverRequest.objects.get()
    page = f"{tablet.base}takeover/"
    assert "The invigilator sees your request" in tablet.browser.get(page).content.decode()
    takeovers.refuse(asked, actor=people.teacher(), now=timezone.now())
    assert "did not allow it" in tablet.browser.get(page, headers={"x-live": "1"}).content.decode()
    tablet.take_over("ask")
    takeovers.approve(TakeoverRequest.objects.get(state="ASKED"), actor=people.teacher(), now=timezone.now())
    assert "lets you go on here" in tablet.browser.get(page, headers={"x-live": "1"}).content.decode()
    assert tablet.take_over()["Location"] == tablet.base
    assert tablet.start().json()["epoch"] == 2
    assert "nothing to decide" in tablet.browser.get(page, headers={"x-live": "1"}).content.decode()
    assert tablet.browser.get(page)["Location"] == tablet.base


def test_fourth_device_is_told_that_there_is_no_more_moving():
    phone = begun()
    phone.start()
    Attempt.objects.update(takeovers=3)
    silent()
    tablet = Sitting(signed_in(TABLET), phone.attempt)
    assert "as often as it may" in tablet.browser.get(f"{tablet.base}takeover/").content.decode()
    for do in ("here", "ask"):
        refused = tablet.take_over(do)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "no_more_takeovers")
    assert "key" not in tablet.start().json()


def test_anothers_attempt_is_not_there(browser_of):
    attempt = papers.attempt()
    for who in ("other student", "guardian", "teacher", "admin"):
        browser = browser_of(who)
        for end in ("start", "takeover"):
            assert browser.post(f"/exams/attempts/{attempt.uuid}/{end}/", {"do": "here"}).status_code == 404
    attempt.refresh_from_db()
    assert attempt.epoch == 1


def test_page_of_another_device_asks_little(browser_of, django_assert_max_num_queries):
    attempt = papers.attempt()
    browser = browser_of("student")
    page = f"/exams/attempts/{attempt.uuid}/takeover/"
    browser.get(page)
    with django_assert_max_num_queries(8):
        browser.get(page, headers={"x-live": "1"})
