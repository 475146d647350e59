"""Who may open what: every URL of the project × everybody. A URL that is missing here fails the test."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.access import policy_of
from accounts.models import Role, User
from tests import people
from tests.access_table import ANONYMOUS, KINDS, TABLE, a_file_of_the_student

pytestmark = pytest.mark.django_db


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every route as `namespace:name`."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
            else:
                yield f"{prefix}{pattern.name or pattern.pattern}", pattern

    return walk(get_resolver().url_patterns, "")


ROUTES = dict(routes())
OURS = [name for name in ROUTES if not name.startswith("admin:")]


@pytest.fixture
def browsers(browser_of: Callable[[str], Client]) -> dict[str, Client]:
    return {kind: browser_of(kind) for kind in KINDS}


def test_every_url_is_in_the_table_and_every_row_has_a_url():
    assert set(TABLE) == set(OURS)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_d12_url_answers_each_person_as_the_table_says(name, browsers):
    row = TABLE[name]
    got = {}
    for kind, browser in browsers.items():
        url = reverse(name, kwargs=row.kwargs())
        got[kind] = getattr(browser, row.method)(url, row.body).status_code
    assert got == row.statuses


def test_every_view_carries_a_policy():
    bare = [name for name, route in ROUTES.items() if policy_of(route.callback) is None]
    assert bare == []


def test_public_views_are_these_and_no_others():
    """A view that becomes public must be written down here by somebody who thought about it."""
    public = {name for name, route in ROUTES.items() if policy_of(route.callback).is_public}
    assert public == {
        "set_language",
        "healthz",
        "readyz",
        "styleguide",
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_email",
        "account_email_verification_sent",
        "account_confirm_email",
        "google_login",
        "google_callback",
        "invitation_accept",
        "invitation_open",
        "guardian_link",
        "guardian_link_bare",
        "calendar_feed",
        "calendar_feed_slashed",
        "fee_verify",
        "fee_verify_form",
        "result_verify",
        "result_verify_form",
        "institute_logo",
        "session_choose",
        "session_choose_cancel",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "admin:login",
    }


def _admin_path(route: URLPattern, name: str) -> str:
    """The route's address with 1 for every argument it asks."""
    wanted = re.findall(r"\(\?P<(\w+)>", route.pattern.regex.pattern)
    arguments = {one: "accounts" if one == "app_label" else "1" for one in wanted}
    if not route.name:  # Django's own old addresses
        return f"/{settings.ADMIN_PATH}" + "1/"
    return reverse(name, kwargs=arguments)


def test_django_admin_is_for_admins_and_has_no_door_of_its_own(browsers):
    read_only = ("autocomplete", "_add", "_delete")  # history is neither typed in nor deleted, by nobody
    for name, route in ROUTES.items():
        if not name.startswith("admin:") or name == "admin:login":
            continue
        path = _admin_path(route, name)
        got = {kind: browser.get(path).status_code for kind, browser in browsers.items()}
        allowed = {200, 301, 302, 404, 405, 403 if name.endswith(read_only) else 200}
        assert got.pop("admin") in allowed, path
        assert got.pop(ANONYMOUS) == 302, path
        assert set(got.values()) == {403}, path
    to_login = browsers[ANONYMOUS].get(reverse("admin:login"), {"next": "/admin/"})
    assert to_login["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    assert browsers[ANONYMOUS].post(reverse("admin:login"), {"username": "a", "password": "b"}).status_code == 302


def test_wrong_role_is_told_why(browsers):
    answer = browsers["teacher"].get(reverse("activity"))
    assert answer.status_code == 403
    assert "This page is for: Admin. You are signed in as: Teacher." in answer.content.decode()


def test_role_taken_away_counts_with_the_next_request(browsers):
    assert browsers["admin"].get(reverse("activity")).status_code == 200
    User.objects.filter(pk=people.admin().pk).update(role=Role.STAFF)
    assert browsers["admin"].get(reverse("activity")).status_code == 403


@pytest.mark.parametrize("name", ["dfs:console_file", "dfs:console_file_erase"])
def test_admin_does_not_open_a_persons_own_file_from_the_console(name, browsers):
    assert browsers["admin"].get(reverse(name, kwargs=a_file_of_the_student())).status_code == 404
