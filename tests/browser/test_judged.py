"""A teacher looks at the judge, marks over it, and applies a judging again, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import conftest
from tests.browser import site as sites
from tests.browser.looking import look
from tests.browser.seed_exams import number_of
from tests.browser.seed_judged import NAMES, TITLE
from tests.browser.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    conftest._chromium()
    data_dir = tmp_path_factory.mktemp("judged")
    sites.seed(data_dir, "tests.browser.seed_judged")
    site = sites.Site(data_dir)
    yield site
    site.close()


def test_the_judge_is_looked_at_marked_over_and_judges_again(page: Page, institute: Site) -> None:
    conftest.through_the_door(page, institute, "teacher")
    page.goto(f"{institute.url}/exams/judge/")
    expect(page.get_by_text("Could not be judged").first).to_be_visible()
    look(page, "judge")
    page.get_by_role("link", name="Mark by hand").first.click()
    page.get_by_role("link", name="Add two numbers").first.click()
    expect(page.get_by_text("It could not be judged, so it waits for you.")).to_have_count(0)
    page.get_by_role("link", name="Submission 2").click()
    expect(page.get_by_text("The helper was killed three times")).to_be_visible()
    look(page, "judge-marking")
    page.goto(f"{institute.url}/exams/tests/{number_of(TITLE)}/results/questions/2/judge/")
    expect(page.get_by_text("nothing is changed yet")).to_be_visible()
    expect(page.get_by_text(NAMES[2]).first).to_be_visible()
    look(page, "judge-again")
    page.get_by_role("button", name="Apply the new judgements").click()
    expect(page.get_by_text("The new judgements hold: version 2")).to_be_visible()
    page.goto(f"{institute.url}/exams/tests/{number_of(TITLE)}/results/questions/2/")
    look(page, "judge-question")
