"""The frame around every page, walked with eyes and keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import MAX_PAGE_BYTES, assert_fits, look, page_bytes
from tests.browser.site import Site

pytestmark = pytest.mark.browser

SignIn = Callable[[str], Page]


def test_the_sign_in_page_looks_right(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/accounts/login/")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    look(page, "sign-in")


def test_a_wrong_password_is_told_in_plain_words(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_label("E-mail address or admission number").fill("nobody@pragati.test")
    page.get_by_label("Password", exact=True).fill("wrong-password-1")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    look(page, "sign-in-refused")


def test_the_password_can_be_shown_while_typing(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/accounts/login/")
    field = page.get_by_label("Password", exact=True)
    field.fill("open-sesame-now")
    page.get_by_role("button", name="Show").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide").click()
    expect(field).to_have_attribute("type", "password")


def test_password_pages_are_in_our_look(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/accounts/password/reset/")
    look(page, "password-reset")
    page.get_by_label("E-mail address").fill("nobody@pragati.test")
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    page.goto(f"{site.url}/accounts/password/reset/key/1-none-at-all/")
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")


def test_an_admin_sees_the_store_at_home(sign_in: SignIn, site: Site) -> None:
    page = sign_in("admin")
    expect(page.get_by_role("region", name="System").get_by_text("Healthy Drives:")).to_be_visible()
    page.goto(f"{site.url}/todo/")  # the home shows the first ones, and other walks on this site add some
    expect(page.get_by_text("Dr. Venkataraghavan Subramaniam: Not answering").first).to_be_visible()


def test_a_student_starts_with_an_empty_home_that_says_what_to_do(sign_in: SignIn) -> None:
    page = sign_in("student")
    look(page, "dashboard-student")


def test_a_name_of_200_hindi_letters_fits_everywhere(sign_in: SignIn, site: Site) -> None:
    page = sign_in("long name")
    look(page, "dashboard-long-name")
    page.goto(f"{site.url}/more/")
    look(page, "more-long-name")


def test_the_more_page_has_what_the_tabs_have_no_room_for(sign_in: SignIn, site: Site) -> None:
    page = sign_in("admin")
    page.get_by_role("navigation", name="Main, phone").get_by_role("link", name="More").click()
    expect(page.get_by_role("button", name="Sign out").last).to_be_visible()
    look(page, "more-admin")


def test_the_navigation_marks_where_one_is(sign_in: SignIn) -> None:
    page = sign_in("admin")
    page.set_viewport_size({"width": 1280, "height": 800})
    rail = page.get_by_role("navigation", name="Main", exact=True)
    expect(rail.locator("[aria-current=page]")).to_have_text("Home")


def test_the_keyboard_skips_to_the_content(sign_in: SignIn) -> None:
    page = sign_in("admin")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_chosen_look_comes_at_once_and_stays(sign_in: SignIn) -> None:
    page = sign_in("teacher")
    page.set_viewport_size({"width": 1280, "height": 800})
    with page.expect_response("**/accounts/theme/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    with page.expect_response("**/accounts/theme/"):
        page.get_by_role("button", name="Light").click()
    expect(page.locator("html")).not_to_have_css("background-color", background)


def test_the_look_changes_without_script(browser_without_script: Page, site: Site) -> None:
    page = browser_without_script
    page.get_by_role("button", name="Dark").click()
    page.wait_for_url("**/dashboard/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_hindi_is_chosen_and_stays(sign_in: SignIn, site: Site) -> None:
    page = sign_in("guardian")
    page.goto(f"{site.url}/more/")
    page.get_by_role("main").get_by_role("button", name="हिंदी").click()
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    look(page, "more-hindi")
    page.goto(f"{site.url}/dashboard/")
    look(page, "dashboard-hindi")
    page.goto(f"{site.url}/more/")
    page.get_by_role("main").get_by_role("button", name="English").click()  # other tests know him in English
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_every_component_is_in_the_style_guide(page: Page, debug_site: Site) -> None:
    page.goto(f"{debug_site.url}/styleguide/")
    look(page, "styleguide")


def test_a_toast_can_be_closed(page: Page, debug_site: Site) -> None:
    page.goto(f"{debug_site.url}/styleguide/")
    toast = page.get_by_role("status").locator(".toast")
    expect(toast).to_have_count(1)
    toast.get_by_role("link", name="Close").click()
    expect(toast).to_have_count(0)


def test_a_page_that_is_not_there_says_what_to_do(page: Page, site: Site, expected_faults: list[str]) -> None:
    expected_faults.append("status of 404")
    page.goto(f"{site.url}/no/such/page/")
    expect(page.get_by_role("link", name="Go home")).to_be_visible()
    look(page, "error-404")


def test_a_page_for_others_gives_the_reason(sign_in: SignIn, site: Site, expected_faults: list[str]) -> None:
    expected_faults.append("status of 403")
    page = sign_in("student")
    page.goto(f"{site.url}/accounts/activity/")
    expect(page.get_by_text("You are signed in as: Student")).to_be_visible()
    look(page, "error-403")


def test_a_first_visit_is_light(sign_in: SignIn, site: Site, page: Page) -> None:
    door = page_bytes(page, f"{site.url}/accounts/login/")
    sign_in("admin")
    home = page_bytes(page, f"{site.url}/dashboard/")
    assert max(door, home) <= MAX_PAGE_BYTES, (door, home)
    assert_fits(page, "dashboard")


def test_a_live_part_shows_what_is_new_and_keeps_the_focus(sign_in: SignIn, site: Site) -> None:
    page = sign_in("student")
    page.goto(f"{site.url}/dfs/files/")
    part = page.locator("#files-list")
    news = ['<p>Fresh from the server</p><button id="kept" type="button">Here</button>']
    page.route("**/dfs/files/", lambda route: route.fulfill(body="".join(news), content_type="text/html"))
    part.dispatch_event("live:look")
    expect(part).to_contain_text("Fresh from the server")
    page.locator("#kept").focus()
    news.append("<p>More</p>")  # in the same route: without it the part would look at the real server meanwhile
    part.dispatch_event("live:look")
    expect(part).to_contain_text("More")
    expect(page.locator("#kept")).to_be_focused()


def test_a_live_part_waits_until_what_is_pressed_is_let_go(sign_in: SignIn, site: Site) -> None:
    page = sign_in("student")
    page.goto(f"{site.url}/dfs/files/")
    part = page.locator("#files-list")
    news = ["<a href='#pressed'>Press me</a>"]
    page.route("**/dfs/files/", lambda route: route.fulfill(body="".join(news), content_type="text/html"))
    part.dispatch_event("live:look")
    part.get_by_role("link", name="Press me").hover()
    page.mouse.down()
    news.append("<p>More</p>")
    for _look in range(2):
        with page.expect_response("**/dfs/files/"):
            part.dispatch_event("live:look")
    expect(part).not_to_contain_text("More")
    page.mouse.up()
    page.wait_for_url("**#pressed")
    expect(part).to_contain_text("More")


def test_a_live_part_says_that_it_is_old_while_the_server_is_away(
    sign_in: SignIn, site: Site, expected_faults: list[str]
) -> None:
    expected_faults.append("ERR_FAILED")
    page = sign_in("student")
    page.goto(f"{site.url}/dfs/files/")
    part = page.locator("#files-list")
    page.route("**/dfs/files/", lambda route: route.abort())
    part.dispatch_event("live:look")
    expect(part).to_have_attribute("data-stale", "")
    page.unroute("**/dfs/files/")
    part.dispatch_event("live:look")
    expect(part).not_to_have_attribute("data-stale", "")


def test_a_form_is_sent_once_however_often_it_is_pressed(sign_in: SignIn, site: Site) -> None:
    page = sign_in("student")
    page.goto(f"{site.url}/accounts/profile/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    button = page.get_by_role("main").get_by_role("button", name="Save")
    with page.expect_navigation(wait_until="networkidle"):
        button.evaluate("(button) => { button.click(); button.click(); button.click(); }")
    assert sent == [f"{site.url}/accounts/profile/"]


def test_the_django_admin_works_under_the_strict_policy(sign_in: SignIn, site: Site) -> None:
    page = sign_in("admin")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site.url}/admin/accounts/user/")
    page.get_by_role("link", name="Meera Joshi").click()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
