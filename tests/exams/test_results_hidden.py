"""Nothing of a result that is not shown reaches a student, a guardian or a stranger, by no address there is.

Distinctive values are planted, then every address of the access table that a student or guardian may open is asked, as
it stands there and with the numbers of this test, its attempt and its result. What new areas add is asked by itself.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Guardianship, Institute
from exams import analysis, result_news, topics
from exams.content import Kind, Text
from exams.models import Analysis, Attempt, Result, ResultVersion, Test, TestBatch
from exams.models.results import Cause, new_code
from exams.models.tests import Shown
from tests import people
from tests.access_batches import the_batch
from tests.access_exams import EXAMS
from tests.access_table import ANONYMOUS, TABLE
from tests.batches import timetables
from tests.exams import marked, papers

pytestmark = pytest.mark.django_db

RULES = {
    "kinds": {
        "SINGLE": {"right": "23.45", "wrong": "-1.55", "blank": "0"},
        "LONG": {"right": "13", "wrong": "0", "blank": "0"},
    }
}
PLANTED = (
    "72.15",
    "66.66",
    "66.67",
    "rank 2",
    "Rank 2",
    "Zwickycomment",
    "Zwickytopic",
    "Zwickysolution",
    "Zwickyreason",
)
OF_KEYS = {"Zwickysolution", "Zwickyreason"}
"""Her marks, percentile and rank, what was said of her answer, her weak topic; the solutions, why keys were mended."""
COMPOSED = ("dashboard", "todo", "calendar", "child", "person", "batch", "notification_list", "notification_bell")
FAMILY = ("student", "guardian")
STRANGERS = ("other student", "other teacher", ANONYMOUS)


def planted() -> Test:
    """Ananya is the second of three: of four questions one is wrong, and 3.35 marks by hand have a comment."""
    Institute.objects.update_or_create(pk=1, defaults={"leaderboards": True})
    Institute.forget()
    Guardianship.objects.get_or_create(student=people.student(), guardian=people.guardian())
    now = timezone.now()
    window = {"opens_at": now - timedelta(hours=4), "closes_at": now - timedelta(hours=1)}
    rules = {"scheme": papers.scheme_version(RULES, "Planted"), "leaderboard_size": 5, "most_attempts": 2}
    test = papers.exam("Marked", batch=the_batch(), **window, **rules)
    for title, kinds in (("Physics", [Kind.SINGLE] * 4), ("Essay", [Kind.LONG])):
        papers.place(papers.section(test, title), *(_question(kind) for kind in kinds))
    third = people.person("Student 0003", "STUDENT", admission_number="S-0003")
    for who, nth, marks in ((people.student(), 1, "3.35"), (people.other_student(), 0, "9"), (third, 4, "1")):
        attempt = marked.answers(test, who, marked.pattern(test, nth) | {4: "At length."})
        marked.mark(attempt, 4, marks, comment="Zwickycomment" if who == people.student() else "")
    marked.reckoned(test, reason="Zwickyreason")
    analysis.make(marked.version(test))
    result_news.tell_due(now=now)
    return test


def _question(kind: Kind) -> Any:
    made = papers.content(kind)
    topic = topics.topic_named(timetables.subject(), "Zwickytopic")
    return papers.question_of(replace(made, key=replace(made.key, solution=Text("Zwickysolution"))), topic=topic)


def addresses(test: Test) -> Iterator[str]:
    """Those a student or guardian may open, with the numbers of this test, else as in the table."""
    attempt, code = Attempt.objects.get(test=test, student=people.student(), number=1), marked.result(test).code
    given = {"code": code, "student": people.student().pk, "number": 1, "place": 1}
    for name in sorted({*EXAMS, *COMPOSED}):
        row = TABLE[name]
        if row.method == "get" and {row.statuses[kind] for kind in FAMILY} - {403}:
            known = row.kwargs()
            if name in COMPOSED or not set(known) & {"public_id", "code"}:
                yield reverse(name, kwargs=known)
                continue
            for number in (test.uuid, attempt.uuid):
                yield reverse(name, kwargs={key: given.get(key, number) for key in known})
    for name in ("own_result", "student_result"):  # questions are opened one by one
        own = {"student": people.student().pk} if name == "student_result" else {}
        page = reverse(name, kwargs={"public_id": test.uuid, **own})
        yield f"{page}?show=all&question=5"


def is_document(url: str) -> bool:
    """What cannot be searched: while results are hidden it must not be there."""
    return url.endswith((".pdf", ".xlsx"))


def browsers(*kinds: str) -> dict[str, Client]:
    return {kind: people.signed_in(people.EVERYBODY[kind]() if kind in people.EVERYBODY else None) for kind in kinds}


def text_of(answer: Any) -> str:
    """All that can be read in an answer, headers too."""
    body = b"".join(answer) if answer.streaming else answer.content
    return f"{answer.headers} {body.decode(errors='replace')}"


def told(browser: Client, url: str) -> set[str]:
    """What of the planted an address tells; if anything, no cache may keep it."""
    answer = browser.get(url)
    said = text_of(answer)
    found = {one for one in PLANTED if one in said}
    assert not found or "no-store" in answer["Cache-Control"], url
    return found


def copy_of(browser: Client, **sent: str) -> str:
    cache.clear()  # it may be taken so often in ten minutes
    answer = browser.post(reverse("data_export"), sent)
    assert answer.status_code == 200
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer)))  # type: ignore[arg-type]
    return " ".join(packed.read(name).decode(errors="replace") for name in packed.namelist())


# --- How it comes to be hidden ----------------------------------------------------------------------------------------


def not_released(test: Test) -> None:
    Test.objects.filter(pk=test.pk).update(results_release="BY_HAND", solutions_release="AT_CLOSE")
    TestBatch.objects.filter(test=test).update(results=Shown.BY_RULE, solutions=Shown.YES)


def held_back(test: Test) -> None:
    TestBatch.objects.filter(test=test).update(results=Shown.NO, solutions=Shown.YES)


def provisional(test: Test) -> None:
    """The same marks again, but an answer of somebody waits."""
    old = marked.version(test)
    values = {"outline": old.outline, "ranked_count": 3, "waiting_count": 1, "cause": Cause.LATE, "digest": "x"}
    version = ResultVersion.objects.create(test=test, number=old.number + 1, reason="Zwickyreason", **values)
    for row in Result.objects.filter(version=old):
        row.pk, row.version, row.code = None, version, new_code()
        row.save(force_insert=True)
    Analysis.objects.create(version=version, document=Analysis.objects.get(version=old).document)
    Test.objects.filter(pk=test.pk).update(newest_results=version)


def writes_again(test: Test) -> None:
    """All is out, but Ananya writes it a second time."""
    TestBatch.objects.filter(test=test).update(results=Shown.YES, solutions=Shown.YES)
    papers.attempt(test, people.student(), number=2, deadline_at=timezone.now() + timedelta(hours=1))


# --- The walk ---------------------------------------------------------------------------------------------------------


def test_no_address_tells_of_results_that_are_not_shown():
    test = planted()
    family, urls = browsers(*FAMILY), dict.fromkeys(addresses(test))
    pages = [url for url in urls if not is_document(url)]
    telling = {(kind, url): said for kind in FAMILY for url in pages if (said := told(family[kind], url))}
    # The walk is worth something: released, all of it is there for her and her guardian.
    for kind in FAMILY:
        found = set().union(*(said for (one, _url), said in telling.items() if one == kind))
        assert found >= {"72.15", "rank 2", "Zwickysolution", "Zwickycomment", "Zwickytopic"}, kind
    for kind, browser in browsers(*STRANGERS).items():
        open_to_all = reverse("result_verify", kwargs={"code": marked.result(test).code})
        seen = {url for _kind, url in telling if url != open_to_all and {"72.15", "Zwickycomment"} & told(browser, url)}
        assert seen == set(), kind
    copied = copy_of(family["student"])
    assert [one for one in ("72.15", "66.66", "Zwickycomment", "partly right") if one not in copied] == []
    TestBatch.objects.filter(test=test).update(solutions=Shown.NO)
    keys = {(kind, url): said for kind, url in telling if (said := told(family[kind], url) & OF_KEYS)}
    assert keys == {}
    for hide in (not_released, held_back, provisional, writes_again):
        as_it_was(test)
        hide(test)
        seen = {(kind, url): said for kind, url in telling if (said := told(family[kind], url))}
        assert seen == {}, hide.__name__
        assert {family[kind].get(url).status_code for kind in FAMILY for url in urls if is_document(url)} == {404}
        if hide in (not_released, writes_again):
            assert not [one for one in PLANTED if one in copy_of(family["student"])], hide.__name__


def as_it_was(test: Test) -> None:
    TestBatch.objects.filter(test=test).update(results=Shown.BY_RULE, solutions=Shown.BY_RULE)
    Test.objects.filter(pk=test.pk).update(results_release="AT_CLOSE", newest_results=test.newest_results)


def test_pages_with_results_are_not_kept_and_what_is_taken_back_is_gone_at_the_next_request():
    test, browser = planted(), people.signed_in(people.student())
    page = reverse("own_result", kwargs={"public_id": test.uuid})
    answer = browser.get(page)
    assert "72.15" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    held_back(test)
    asked_again = {"If-None-Match": answer.get("ETag", '"x"'), "If-Modified-Since": "Sun, 22 Nov 2037 06:30:00 GMT"}
    again = browser.get(page, headers=asked_again)
    assert (again.status_code, told(browser, page)) == (200, set())
