"""Who sees results: by the rule, for one batch, for all; what is refused, and two who change it at once."""

from datetime import timedelta
from functools import partial
from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from coaching.lib.clock import moment_text
from exams import release_page, releases
from exams.models import Attempt, Result, ResultVersion, Test, TestBatch
from exams.models.attempts import State
from exams.models.tests import Release, Shown
from exams.releases import MARKS, SOLUTIONS, ReleaseChangedMeanwhile, ReleaseRefused, Said
from tests import people
from tests.batches import timetables
from tests.exams import marked, papers
from tests.racing import outcomes

pytestmark = pytest.mark.django_db


def in_hours(hours: float):
    return timezone.now() + timedelta(hours=hours)


def by_hand(**fields) -> Test:
    """Reckoned; nothing is shown until somebody says so."""
    rules = {"results_release": Release.BY_HAND, "solutions_release": Release.BY_HAND}
    return marked.exam(students=2, questions=2, **(rules | fields))


def the_row(test: Test) -> TestBatch:
    return TestBatch.objects.get(test=test)


def say(test: Test, *, seen: str | None = None, **said) -> bool:
    row = the_row(test)
    mark = releases.said_of(row).mark if seen is None else seen
    given = {"actor": people.teacher(), "now": timezone.now()}
    return releases.say_for_batch(test, row.batch, to=Said(**said), seen=mark, **given)


def sees(test: Test) -> tuple[bool, bool]:
    """Whether Ananya sees marks, and solutions, as the rows have it."""
    mine, now = Result.objects.filter(student=people.student(), version__test=test), timezone.now()
    return mine.shown(now).exists(), mine.with_solutions(now).exists()


# --- What is shown ----------------------------------------------------------------------------------------------------


def test_rows_batches_and_the_page_agree_in_every_case():
    test = marked.exam(students=1, questions=1)
    whole, provisional = (
        test.newest_results,
        ResultVersion.objects.create(
            test=test, number=9, cause="BY_HAND", waiting_count=1, outline=test.newest_results.outline
        ),
    )
    score = {"total": 1, "most": 4, "rank": 1, "percentile": 100, "batch": the_row(test).batch}
    Result.objects.create(version=provisional, student=people.student(), **score)
    now, times = timezone.now(), (in_hours(-1), in_hours(1))
    said = [(one, None) for one in (Shown.BY_RULE, Shown.YES, Shown.NO)] + [(Shown.FROM, at) for at in times]
    rules = [(one, None) for one in (Release.AT_CLOSE, Release.BY_HAND, Release.NEVER)]
    rules += [(Release.ON_DATE, at) for at in times]
    cases = [*product([whole], rules, said), *product([provisional], rules[:1], said)]
    for version, (rule, rule_at), (shown, shown_at) in cases:
        Test.objects.filter(pk=test.pk).update(newest_results=version, results_release=rule, results_at=rule_at)
        TestBatch.objects.filter(test=test).update(results=shown, results_from=shown_at)
        found = Test.objects.select_related("newest_results").get(pk=test.pk)
        case = (version.number, rule, rule_at, shown, shown_at)
        said_now = releases.said_of(the_row(test))
        is_out = releases.is_out(found, said_now, MARKS, now=now)
        assert sees(test) == (is_out, releases.is_out(found, said_now, SOLUTIONS, now=now)), case
        assert releases.released(now=now).exists() == is_out, case


def test_nothing_is_shown_while_a_test_is_open_again():
    test = marked.exam(students=1, questions=1)
    assert say(test, results=Shown.YES, solutions=Shown.YES)
    closes_at = in_hours(1)
    Test.objects.filter(pk=test.pk).update(closes_at=closes_at)
    test.refresh_from_db()
    assert sees(test) == (False, False)
    assert not releases.released(now=timezone.now()).exists()
    assert {one.marks.tone for one in release_page.rows_of(test, now=timezone.now())} == {"run"}
    page = people.signed_in(people.student()).get(reverse("own_result", args=[test.uuid])).content.decode()
    assert f"Marks are shown from {moment_text(closes_at)}." in page
    Test.objects.filter(pk=test.pk).update(is_on_paper=True)
    assert sees(test) == (True, True)


def test_batch_is_shown_marks_and_loses_them_again_at_once():
    test = by_hand()
    assert sees(test) == (False, False)
    assert say(test, results=Shown.YES)
    assert sees(test) == (True, False)
    assert say(test, results=Shown.YES, solutions=Shown.YES)
    assert sees(test) == (True, True)
    assert say(test, results=Shown.NO, solutions=Shown.YES)
    assert sees(test) == (False, False)
    assert the_row(test).solutions == Shown.NO
    assert not say(test, results=Shown.NO, solutions=Shown.NO)
    assert Activity.objects.filter(event="test.release").count() == 3


def test_all_batches_see_marks_in_one_click_and_none_after_another():
    test = by_hand()
    second = timetables.batch("JEE 2027 B")
    test.test_batches.create(batch=second, solutions=Shown.NO)
    browser, page = people.signed_in(people.teacher()), reverse("test_release", args=[test.uuid])
    seen = browser.get(page).context["seen"]
    for _twice in range(2):
        browser.post(page, {"do": "show_all", "seen": seen})
    assert set(test.test_batches.values_list("results", "solutions")) == {("YES", "RULE"), ("YES", "NO")}
    for _twice in range(2):
        browser.post(page, {"do": "hold_all"})
    assert set(test.test_batches.values_list("results", "solutions")) == {("NO", "NO")}
    assert Activity.objects.filter(event="test.release").count() == 2


# --- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"solutions": Shown.YES}, "Show the marks first"),
        ({"results": Shown.NO, "solutions": Shown.BY_RULE}, ""),
        ({"results": Shown.FROM}, "Say from when."),
        ({"results": Shown.FROM, "results_from": 5, "solutions": Shown.YES}, "Solutions cannot come before them"),
        (
            {"results": Shown.FROM, "results_from": 5, "solutions": Shown.FROM, "solutions_from": 4},
            "cannot come before",
        ),
        ({"results": Shown.FROM, "results_from": 5, "solutions": Shown.FROM, "solutions_from": 5}, ""),
    ],
)
def test_solutions_never_come_before_marks(said, words):
    test, soon = by_hand(), in_hours(0)
    said = {name: soon + timedelta(hours=one) if isinstance(one, int) else one for name, one in said.items()}
    if words:
        with pytest.raises(ReleaseRefused, match=words):
            say(test, **said)
        assert releases.said_of(the_row(test)) == Said()
    else:
        assert say(test, **said)


def test_nothing_is_shown_before_it_is_reckoned_or_while_somebody_writes():
    unwritten = papers.paper(title="Open", results_release=Release.BY_HAND)
    with pytest.raises(ReleaseRefused, match="Nothing is reckoned yet"):
        say(unwritten, results=Shown.YES)
    assert say(unwritten, results=Shown.NO)
    test = by_hand()
    Attempt.objects.filter(test=test, student=people.other_student()).update(
        state=State.WRITING, submitted_at=None, ended_by=""
    )
    with pytest.raises(ReleaseRefused, match="1 student still writes"):
        say(test, results=Shown.FROM, results_from=in_hours(2))
    page = people.signed_in(people.teacher()).get(reverse("test_release", args=[test.uuid])).content.decode()
    assert "1 student still writes." in page
    assert 'value="show_all"' not in page


def test_who_saves_a_stale_page_is_shown_what_is_there_now():
    test = by_hand()
    stale = releases.said_of(the_row(test)).mark
    say(test, results=Shown.YES)
    with pytest.raises(ReleaseChangedMeanwhile) as refused:
        say(test, seen=stale, results=Shown.NO)
    assert refused.value.now_is.results == Shown.YES
    with pytest.raises(ReleaseChangedMeanwhile):
        releases.show_marks_to_all(by_hand(title="Other"), seen="1:x", actor=people.teacher(), now=timezone.now())


def test_stale_form_keeps_what_was_chosen_and_saving_again_does_it():
    test = by_hand()
    row, browser, page = the_row(test), people.signed_in(people.teacher()), reverse("test_release", args=[test.uuid])
    posted = {"do": "batch", "batch": str(row.batch.uuid)}
    posted |= {f"b{row.pk}-{name}": value for name, value in (("results", "NO"), ("solutions", "RULE"), ("seen", "x"))}
    answer = browser.post(page, posted)
    assert answer.status_code == 409
    assert "Somebody else changed this in the meantime" in answer.content.decode()
    form = next(one.form for one in answer.context["rows"])
    assert browser.post(page, posted | {f"b{row.pk}-seen": form["seen"].value()}).status_code == 302
    assert the_row(test).results == Shown.NO


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told_to_look_again():
    test = by_hand()
    works = [partial(say, test, seen=Said().mark, results=one) for one in (Shown.YES, Shown.NO)]
    given = outcomes(works)
    assert sorted(type(one).__name__ for one in given) == ["ReleaseChangedMeanwhile", "bool"]
    assert the_row(test).results == (Shown.YES if given[0] is True else Shown.NO)
    assert Activity.objects.filter(event="test.release").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{}, {"do": "batch"}, {"batch": "x"}, {"do": "batch", "batch": "00000000-0000-0000-0000-000000000007"}],
)
def test_batch_that_is_not_of_the_test_is_not_there(wrong):
    page = reverse("test_release", args=[by_hand().uuid])
    assert people.signed_in(people.teacher()).post(page, wrong).status_code == 404


def test_page_costs_the_same_with_3_and_with_30_batches(same_queries):
    test = by_hand()
    browser = people.signed_in(people.admin())

    def add(count):
        for _n in range(count):
            batch = timetables.batch(f"लंबा नाम {'क' * 60} {test.test_batches.count()}")
            test.test_batches.create(batch=batch)

    same_queries(lambda: browser.get(reverse("test_release", args=[test.uuid])), add=add, at_most=14)
